import KubeModel
import Manifest
import Testing

/// Objects changed in recorded conversations are stored with the same fields, or refused in the same words.
@Suite struct RecordedUpdateTests {
    struct Change: Sendable, CustomTestStringConvertible {
        let step: Recording.Step
        /// The object before the change, as recorded.
        let old: Value

        var testDescription: String { step.testDescription }
    }

    private static let files = [
        "generation-and-status", "finalizers-and-deletion", "leases-and-events", "strategic-merge-patch",
        "crud-configmap", "merge-and-json-patch", "generate-name-and-dry-run",
    ]

    /// The writes to objects that were created in the same conversation.
    private static func changes(_ status: Int64) -> [Change] {
        files.flatMap { file -> [Change] in
            var stored: [String: Value] = [:]
            var changes: [Change] = []
            for step in Recording.steps(file) {
                let path = String(step.path.split(separator: "?").first ?? "")
                let isStatus = path.hasSuffix("/status")
                let place = isStatus ? String(path.dropLast("/status".count)) : path
                if ["PATCH", "PUT"].contains(step.method), step.status == status, let old = stored[place] {
                    changes.append(Change(step: step, old: Recorded.unmasked(old)))
                }
                guard step.status < 300, !step.path.contains("dryRun") else { continue }
                switch step.method {
                case "POST": stored["\(path)/\(step.response.metadata.name)"] = step.response
                case "PATCH", "PUT", "DELETE": stored[place] = step.response
                default: break
                }
            }
            return changes
        }
    }

    /// Patches that cannot be applied at all are refused before.
    private static func isRefusedByRules(_ change: Change) -> Bool {
        let causes = Recorded.causes(change.step)
        return !causes.isEmpty && !causes.contains { $0.hasPrefix("patch: ") }
    }

    /// The document a write asks for; nil where it is refused before it comes to the kind's rules.
    private static func document(_ change: Change) throws -> Value? {
        switch change.step.contentType {
        case "application/merge-patch+json": return try MergePatch.apply(change.step.request, to: change.old)
        case "application/json-patch+json":
            return try? JSONPatch(change.step.request).apply(to: change.old)
        case "application/strategic-merge-patch+json":
            let kind = try #require(GroupVersionKind(change.old))
            let schema = try #require(SchemaCatalog.builtin.schema(for: kind))
            return try? StrategicMergePatch.apply(
                change.step.request, to: change.old, schema: schema)
        default: return change.step.method == "PUT" ? change.step.request : nil
        }
    }

    private static func update(_ change: Change) throws -> (object: Value, errors: [FieldError])? {
        guard let document = try document(change) else { return nil }
        let kind = try #require(GroupVersionKind(change.old))
        let strategy = try #require(BuiltinKinds.strategy(for: kind))
        var object = try strategy.normalized(document)
        object.metadata.namespace = change.old.metadata.namespace
        if change.step.path.hasSuffix("/status") {
            strategy.prepareForStatusUpdate(&object, old: change.old)
            return (object, strategy.validateStatusUpdate(object, old: change.old))
        }
        strategy.prepareForUpdate(&object, old: change.old, context: MaskedServer.context)
        return (object, strategy.validateUpdate(object, old: change.old))
    }

    @Test(arguments: changes(200))
    func `a changed object has the recorded fields`(_ change: Change) throws {
        let result = try #require(try Self.update(change))
        let step = change.step
        #expect(result.errors == [])
        #expect(Recorded.text(result.object, step) == Recorded.text(step.response, step))
    }

    @Test(arguments: changes(422).filter(isRefusedByRules))
    func `a refused change has the recorded causes`(_ change: Change) throws {
        let result = try #require(try Self.update(change))
        #expect(result.errors.map(\.description).sorted() == Recorded.causes(change.step))
    }
}
