import KubeModel

/// Carries requests with a user's token, whatever the transport beneath would send.
struct TokenTransport: APITransport {
    let base: any APITransport
    let token: String

    func send(_ request: APIRequest) async throws -> APIResponse {
        var request = request
        request.headers["authorization"] = "Bearer \(token)"
        return try await base.send(request)
    }
}
