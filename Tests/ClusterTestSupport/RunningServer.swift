import KubeModel
public import KubeServer

/// The token of the administrator of test servers.
public let adminToken = "admin-token"

extension APIServer.Configuration {
    /// In memory, silent, with ``adminToken`` for an administrator.
    public static var testing: APIServer.Configuration {
        var configuration = APIServer.Configuration(store: .memory)
        configuration.tokens.add(adminToken, User(name: "admin", groups: [User.mastersGroup]))
        configuration.logger = .silent
        return configuration
    }
}

/// An embedded API server in this process whose background work runs for as long as the body does.
public func withServer<Result: Sendable>(
    _ configuration: APIServer.Configuration = .testing, _ body: @Sendable (APIServer) async throws -> Result
) async throws -> Result {
    let server = try await APIServer.open(configuration)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let result = try await body(server)
        group.cancelAll()
        try? await group.waitForAll()
        try server.close()
        return result
    }
}
