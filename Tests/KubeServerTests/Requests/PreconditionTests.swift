import ClusterTestSupport
import KubeModel
import KubeServer
import Manifest
import Testing

@Suite struct PreconditionTests {
    private static let path = "/api/v1/namespaces/default/configmaps"
    private static let merge = "application/merge-patch+json"

    private func server() async throws -> APIServer {
        let server = try await APIServer.open(.testing)
        _ = try await server.call(.post, Self.path, ["metadata": ["name": "a"], "data": ["x": "1"]])
        return server
    }

    @Test func `a replacement of another object is a conflict`() async throws {
        let server = try await server()
        let (status, refusal) = try await server.call(
            .put, "\(Self.path)/a", ["metadata": ["name": "a", "uid": "other"]])
        #expect(status == 409)
        #expect(
            refusal["message"]?.stringValue?.contains("Precondition failed: UID in precondition: other")
                == true)
        try server.close()
    }

    @Test func `a patch cannot change the uid`() async throws {
        let server = try await server()
        let (status, refusal) = try await server.call(
            .patch, "\(Self.path)/a", type: Self.merge, ["metadata": ["uid": "other"]])
        #expect(status == 422)
        #expect(refusal["message"]?.stringValue?.contains("metadata.uid: Invalid value: \"other\"") == true)
        try server.close()
    }

    @Test func `an update that changes nothing keeps the version`() async throws {
        let server = try await server()
        let before = try await server.call(.get, "\(Self.path)/a").body
        let patched = try await server.call(
            .patch, "\(Self.path)/a", type: Self.merge, ["data": ["x": "1"]])
        #expect(patched.body == before)
        let replaced = try await server.call(.put, "\(Self.path)/a", before)
        #expect(replaced.body.metadata.resourceVersion == before.metadata.resourceVersion)
        try server.close()
    }

    @Test func `a deletion of another version is a conflict`() async throws {
        let server = try await server()
        let (status, refusal) = try await server.call(
            .delete, "\(Self.path)/a", ["preconditions": ["resourceVersion": "1"]])
        #expect(status == 409)
        #expect(
            refusal["message"]?.stringValue?.contains("the ResourceVersion in the precondition (1)") == true)
        try server.close()
    }
}
