public import KubeModel

/// Carries requests to a server in the same process, without sockets, tokens or copies.
public struct InProcessTransport: APITransport {
    private let server: APIServer
    private let user: User?

    /// - Parameter user: who makes the requests; nil to let the server find out from their headers.
    public init(_ server: APIServer, as user: User? = .server) {
        self.server = server
        self.user = user
    }

    public func send(_ request: APIRequest) async -> APIResponse { await server.handle(request, as: user) }
}
