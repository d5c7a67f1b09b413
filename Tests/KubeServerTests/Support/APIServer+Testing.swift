import KubeModel
import KubeServer
import Manifest

extension APIServer {
    /// Sends a request as the server's own user and reads the answer as JSON.
    func call(
        _ method: APIRequest.Method, _ path: String, query: [APIRequest.Parameter] = [], type: String? = nil,
        _ body: Value? = nil
    ) async throws -> (status: Int, body: Value) {
        let response = await handle(
            APIRequest(
                method, path, query: query, headers: ["Content-Type": type ?? "application/json"],
                body: body.map { JSON.write($0) } ?? []), as: .server)
        guard case .bytes(let bytes) = response.body else { return (response.status, .null) }
        return (response.status, (try? JSON.parse(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self)))
    }

    /// Creates a pod of one container on a node, running.
    func createRunningPod(_ name: String, labels: Value = ["app": "web"]) async throws {
        let path = "/api/v1/namespaces/default/pods"
        _ = try await call(
            .post, path,
            [
                "metadata": ["name": .string(name), "labels": labels],
                "spec": ["containers": [["name": "c", "image": "busybox"]]],
            ])
        _ = try await call(.post, "\(path)/\(name)/binding", ["target": ["name": "node"]])
        _ = try await call(
            .patch, "\(path)/\(name)/status", type: "application/merge-patch+json",
            ["status": ["phase": "Running"]])
    }
}
