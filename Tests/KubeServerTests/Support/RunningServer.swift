import KubeServer

/// A server in memory whose background work runs for as long as `body` does.
func withServer<Result: Sendable>(
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

extension APIServer.Configuration {
    /// In memory, with ``adminToken`` for an administrator.
    static var testing: APIServer.Configuration {
        var configuration = APIServer.Configuration(store: .memory)
        configuration.tokens.add(adminToken, User(name: "admin", groups: [User.mastersGroup]))
        return configuration
    }
}

/// The token of the administrator of test servers.
let adminToken = "admin-token"
