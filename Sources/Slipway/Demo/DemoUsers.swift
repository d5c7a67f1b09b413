import Foundation
import KubeClient
import KubeServer

/// Who takes part: alice writes and may approve what others write, bob approves.
struct DemoUsers: Sendable {
    let directory: String
    let alice = Self.token()
    let bob = Self.token()

    init(directory: String) { self.directory = directory }

    private static func token() -> String {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<32).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] })
    }

    /// Writes the file of users, for the installation to read.
    func write(to path: String) throws {
        let text = """
            \(alice),alice,alice,"slipway:developers,slipway:approvers"
            \(bob),bob,bob,"slipway:approvers"

            """
        try PrivateFile.write(Array(text.utf8), to: path)
    }

    /// Gives a body what the acts are played with.
    func withStage<Answer: Sendable>(
        server: String, web: String, demo: Demo, _ body: (DemoStage) async throws -> Answer
    ) async throws -> Answer {
        let token = try String(contentsOfFile: demo.data.token, encoding: .utf8).filter { !$0.isWhitespace }
        return try await withClient(server, token, "admin") { admin in
            try await withClient(server, alice, "alice") { alice in
                try await withClient(server, bob, "bob") { bob in
                    let settings = try Settings.read(
                        Array(Data(contentsOf: URL(filePath: "\(demo.data.path)/config.yaml"))),
                        file: "config.yaml")
                    let listen = try Ports.kept(settings.listen, in: demo.data)
                    return try await body(
                        DemoStage(
                            demo: demo, users: self, admin: admin, alice: alice, bob: bob, web: web,
                            listen: listen, logs: DemoLogs(web: web, token: token)))
                }
            }
        }
    }

    private func withClient<Answer: Sendable>(
        _ server: String, _ token: String, _ name: String, _ body: (DemoCluster) async throws -> Answer
    ) async throws -> Answer {
        let path = "\(directory)/\(name).kubeconfig"
        try Kubeconfig(server: server, authority: nil, token: token, namespace: "slipway").write(to: path)
        let configuration = try await ClientConfiguration.load(environment: ["KUBECONFIG": path])
        return try await HTTPTransport.withTransport(configuration) { transport in
            var settings = KubeClient.Settings()
            settings.requestTimeout = .seconds(15)
            settings.retry = .never
            return try await body(
                DemoCluster(client: KubeClient(transport, settings: settings), namespace: "slipway"))
        }
    }
}
