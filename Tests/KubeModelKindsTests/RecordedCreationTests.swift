import KubeModel
import Manifest
import Testing

/// Objects created in recorded conversations are stored with the same fields, or refused in the same words.
@Suite struct RecordedCreationTests {
    static let files = [
        "defaults", "create-errors", "generation-and-status", "finalizers-and-deletion",
        "selectors-and-pages",
        "leases-and-events", "strategic-merge-patch", "apply-deployment", "crud-configmap",
        "custom-resources",
    ]

    private static func creations(_ status: Int64) -> [Recording.Step] {
        files.flatMap(Recording.steps).filter { step in
            step.method == "POST" && step.status == status
                && GroupVersionKind(step.request).flatMap(BuiltinKinds.strategy(for:)) != nil
        }
    }

    @Test(arguments: creations(201))
    func `a created object has the recorded fields`(_ step: Recording.Step) throws {
        let result = try MaskedServer.create(
            step.request, namespace: MaskedServer.namespace(in: step.path))
        #expect(result.errors == [])
        #expect(
            Self.text(Self.comparable(result.object, step)) == Self.text(Self.comparable(step.response, step))
        )
    }

    @Test(arguments: creations(422))
    func `a refused object has the recorded causes`(_ step: Recording.Step) throws {
        let result = try MaskedServer.create(
            step.request, namespace: MaskedServer.namespace(in: step.path))
        let causes = Set(
            (step.response["details"]?["causes"]?.arrayValue ?? []).map { cause in
                "\(cause["field"]?.stringValue ?? ""): \(cause["message"]?.stringValue ?? "")"
            })
        #expect(Set(result.errors.map(\.description)) == causes)
    }

    @Test func `binary data must be well-formed`() throws {
        let step = try #require(
            Self.files.flatMap(Recording.steps).first {
                $0.status == 400 && $0.request["kind"] == "Secret" && $0.name.hasPrefix("defaults")
            })
        let strategy = try #require(
            BuiltinKinds.strategy(for: GroupVersionKind(apiVersion: "v1", kind: "Secret")))
        let error = #expect(throws: APIError.self) { try strategy.normalized(step.request) }
        #expect(error?.message == step.response["message"]?.stringValue)
    }

    /// Sorted JSON in which the values a server makes up stand masked, as they do in recordings.
    private static func text(_ object: Value) -> [String] {
        JSON.string(object, options: .init(indentation: 1, sortsKeys: true))
            .replacing(MaskedServer.uid, with: "<uid>").replacing(MaskedServer.address, with: "<ip>")
            .replacing(MaskedServer.time, with: "<time>")
            .split(separator: "\n").map(String.init)
    }

    /// The object without what the store and field management add, times masked as in the recording.
    private static func comparable(_ object: Value, _ step: Recording.Step) -> Value {
        var object = object
        for field in ["resourceVersion", "managedFields"] { object.metadata.fields[field] = nil }
        if object["spec"]?["renewTime"] != nil { object["spec", "renewTime"] = "<time>" }
        return without(step.ignored, object)
    }

    private static func without(_ keys: Set<String>, _ value: Value) -> Value {
        switch value {
        case .array(let items): return .array(items.map { without(keys, $0) })
        case .object(var object):
            object.removeAll { keys.contains($0.key) }
            return .object(object.mapValues { without(keys, $0) })
        default: return value
        }
    }
}
