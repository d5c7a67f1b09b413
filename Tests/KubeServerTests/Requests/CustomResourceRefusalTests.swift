import ClusterTestSupport
import KubeModel
import KubeServer
import Manifest
import Testing

@Suite struct CustomResourceRefusalTests {
    private static let things = "/apis/ex.com/v1/things"

    private func server() async throws -> APIServer {
        let server = try await APIServer.open(.testing)
        let names: Value = ["plural": "things", "kind": "Thing"]
        let version: Value = [
            "name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": ["type": "object"]],
        ]
        _ = try await server.call(
            .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            [
                "metadata": ["name": "things.ex.com"],
                "spec": ["group": "ex.com", "scope": "Cluster", "names": names, "versions": [version]],
            ])
        for _ in 0..<1000 where try await server.call(.get, Self.things).status != 200 { await Task.yield() }
        return server
    }

    private static func thing(_ metadata: Value, kind: Value = "Thing") -> Value {
        ["apiVersion": "ex.com/v1", "kind": kind, "metadata": metadata]
    }

    @Test func `another kind is refused and a namespace is dropped`() async throws {
        let server = try await server()
        let (status, refusal) = try await server.call(
            .post, Self.things, Self.thing(["name": "a"], kind: "Other"))
        #expect(status == 422)
        #expect(
            refusal["message"] == #"Other.ex.com "a" is invalid: kind: Invalid value: "Other": must be Thing"#
        )
        let created = try await server.call(.post, Self.things, Self.thing(["name": "a", "namespace": "n"]))
        #expect(created.status == 201)
        #expect(created.body.metadata.namespace.isEmpty)
        try server.close()
    }

    @Test func `a part that the definition does not have is not found`() async throws {
        let server = try await server()
        let (status, refusal) = try await server.call(.get, "\(Self.things)/a/status")
        #expect(status == 404)
        #expect(refusal["message"] == #"things.ex.com "a" not found"#)
        try server.close()
    }
}
