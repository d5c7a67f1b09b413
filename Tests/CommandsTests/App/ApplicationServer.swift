import ClusterTestSupport
import Foundation
import Git
import GitOps
import KubeClient
import KubeModel
import KubeServer
import Logging
import ServiceLifecycle
import TestSupport
import Testing

/// An API server that listens, the application controller, and the program as somebody at a terminal runs it.
struct ApplicationServer: Sendable {
    let client: KubeClient
    let directory: String
    let repository: ClientGit
    private let program: String

    static let url = "https://git.example.com/team/config.git"

    /// Runs a body with everything running.
    ///
    /// - Parameter controls: whether the controller runs; without it the server does not know applications.
    static func run(
        controls: Bool = true, _ body: @Sendable (ApplicationServer) async throws -> Void
    ) async throws {
        let program = try #require(Program.built("slipway"))
        let git = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        try await withTemporaryDirectory { directory in
            try await withServer { server in
                let (ports, ready) = AsyncStream<Int>.makeStream()
                let listener = HTTPListener(server, logger: .silent) { ready.yield($0) }
                let services = ServiceGroup(services: [listener], logger: .silent)
                let client = KubeClient(InProcessTransport(server))
                let work = try ClientGit("\(directory)/config")
                var repositories = Repositories()
                repositories.enter(GitRepository(path: "\(directory)/config/.git", program: git), at: url)
                let controller = GitOpsController(client, repositories: repositories, logger: .silent)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await services.run() }
                    var iterator = ports.makeAsyncIterator()
                    let port = try #require(await iterator.next())
                    try writeKubeconfig(port, "\(directory)/kubeconfig")
                    try await work("init", "--quiet", "-b", "main")
                    if controls {
                        try await controller.install()
                        group.addTask { await git.run() }
                        group.addTask { await controller.run() }
                    }
                    try await body(
                        ApplicationServer(
                            client: client, directory: directory, repository: work, program: program))
                    group.cancelAll()
                }
            }
        }
    }

    private static func writeKubeconfig(_ port: Int, _ path: String) throws {
        let text = """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:\(port)"}}]
            users: [{name: u, user: {token: \(adminToken)}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// Runs `slipway`; the words are separated by spaces.
    func slipway(_ command: String) async throws -> Program.Outcome {
        try await Program.run(
            program, command.split(separator: " ").map(String.init), in: directory,
            environment: ["KUBECONFIG": "\(directory)/kubeconfig", "PATH": "/usr/bin:/bin", "USER": "ada"])
    }
}
