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
            Recorded.text(result.object, step) == Recorded.text(step.response, step)
        )
    }

    @Test(arguments: creations(422))
    func `a refused object has the recorded causes`(_ step: Recording.Step) throws {
        let result = try MaskedServer.create(
            step.request, namespace: MaskedServer.namespace(in: step.path))
        #expect(result.errors.map(\.description).sorted() == Recorded.causes(step))
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
}
