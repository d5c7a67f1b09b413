import ClusterTestSupport
import KubeModel
import KubeServer
import Manifest
import Testing

@Suite struct ScaleTests {
    private static let path = "/apis/apps/v1/namespaces/default/deployments"

    private func server() async throws -> APIServer {
        let server = try await APIServer.open(.testing)
        _ = try await server.call(
            .post, Self.path,
            [
                "metadata": ["name": "web"],
                "spec": [
                    "replicas": 2, "selector": ["matchLabels": ["app": "web"]],
                    "template": [
                        "metadata": ["labels": ["app": "web"]],
                        "spec": ["containers": [["name": "c", "image": "nginx"]]],
                    ],
                ],
            ])
        return server
    }

    @Test func `a scale shows replicas and selector`() async throws {
        let server = try await server()
        let (status, scale) = try await server.call(.get, "\(Self.path)/web/scale")
        #expect(status == 200)
        #expect(scale.kind == "Scale")
        #expect(scale["spec", "replicas"] == 2)
        #expect(scale["status", "selector"] == "app=web")
        try server.close()
    }

    @Test func `scaling changes the deployment and its generation`() async throws {
        let server = try await server()
        let (status, scale) = try await server.call(
            .patch, "\(Self.path)/web/scale", type: "application/merge-patch+json", ["spec": ["replicas": 5]])
        #expect(status == 200)
        #expect(scale["spec", "replicas"] == 5)
        let (_, deployment) = try await server.call(.get, "\(Self.path)/web")
        #expect(deployment["spec", "replicas"] == 5)
        #expect(deployment.metadata.generation == 2)
        try server.close()
    }

    @Test func `a scale of another version is a conflict`() async throws {
        let server = try await server()
        let (status, _) = try await server.call(
            .put, "\(Self.path)/web/scale",
            [
                "kind": "Scale", "apiVersion": "autoscaling/v1",
                "metadata": ["name": "web", "resourceVersion": "1"], "spec": ["replicas": 3],
            ])
        #expect(status == 409)
        let (invalid, _) = try await server.call(
            .put, "\(Self.path)/web/scale",
            [
                "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": ["name": "web"],
                "spec": ["replicas": -1],
            ])
        #expect(invalid == 422)
        try server.close()
    }
}
