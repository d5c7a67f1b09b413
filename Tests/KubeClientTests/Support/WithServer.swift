import KubeServer
import Logging

/// The embedded API server in memory, in this process, for as long as the body runs.
func withServer<Answer: Sendable>(
    history: HistoryLimits = HistoryLimits(), _ body: @Sendable (APIServer) async throws -> Answer
) async throws -> Answer {
    var configuration = APIServer.Configuration(store: .memory)
    configuration.history = history
    configuration.tokens.add("secret", User(name: "admin", groups: [User.mastersGroup]))
    configuration.logger = .silent
    let server = try await APIServer.open(configuration)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let answer = try await body(server)
        group.cancelAll()
        try? await group.waitForAll()
        try server.close()
        return answer
    }
}
