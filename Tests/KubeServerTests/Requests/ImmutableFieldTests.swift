import ClusterTestSupport
import KubeModel
import KubeServer
import Manifest
import Testing

@Suite struct ImmutableFieldTests {
    private static let path = "/apis/slipway.dev/v1alpha1/namespaces/default/releases"

    private func server() async throws -> APIServer {
        let server = try await APIServer.open(.testing)
        _ = try await server.call(
            .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            ResourceDefinition.releases.customResourceDefinition)
        for _ in 0..<1000 where try await server.call(.get, Self.path).status != 200 { await Task.yield() }
        return server
    }

    private static var release: Value {
        let commit = String(repeating: "a", count: 40)
        return [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Release", "metadata": ["name": "shop-1"],
            "spec": [
                "repository": "shop", "commit": .string(commit), "tree": .string(commit),
                "image": [
                    "repository": "registry.example/shop", "tag": .string(commit),
                    "digest": .string("sha256:" + String(repeating: "0", count: 64)),
                ],
            ],
        ]
    }

    @Test func `a release is kept as it was made, its labels and status are not`() async throws {
        let server = try await server()
        let (status, created) = try await server.call(.post, Self.path, Self.release)
        #expect(status == 201)
        var changed = created
        changed["spec", "repository"] = "other"
        let refusal = try await server.call(.put, "\(Self.path)/shop-1", changed)
        #expect(refusal.status == 422)
        #expect(
            refusal.body["message"]?.stringValue?.contains("a release never changes; make another one")
                == true)
        var labelled = created
        labelled["metadata", "labels"] = ["a": "b"]
        #expect(try await server.call(.put, "\(Self.path)/shop-1", labelled).status == 200)
        var quarantined = try await server.call(.get, "\(Self.path)/shop-1").body
        quarantined["status"] = ["phase": "Quarantined"]
        quarantined["spec", "repository"] = "other"
        let result = try await server.call(.put, "\(Self.path)/shop-1/status", quarantined)
        #expect(result.status == 200)
        #expect(result.body["spec", "repository"] == "shop")
        try server.close()
    }

    @Test func `a field that was not there may be set, and other rules are not evaluated`() {
        let fields = ImmutableField.all(in: [
            "properties": [
                "a": ["x-kubernetes-validations": [["rule": "self == oldSelf"], ["rule": "self > 0"]]],
                "b": [
                    "properties": [
                        "c": ["x-kubernetes-validations": [["rule": "self==oldSelf", "message": "no"]]]
                    ]
                ],
            ]
        ])
        #expect(fields.map(\.path) == [["a"], ["b", "c"]])
        #expect(fields[0].fault(of: ["a": 1], since: [:]) == nil)
        #expect(fields[0].fault(of: ["a": 1], since: ["a": 1]) == nil)
        #expect(fields[0].fault(of: ["a": 2], since: ["a": 1])?.field == "a")
        #expect(fields[1].fault(of: ["b": ["c": [1]]], since: ["b": ["c": [2]]])?.field == "b.c")
    }
}
