import ArgumentParser
import Forge
import KubeClient
import KubeModel

/// `slipway pr show`: one pull request.
struct PullRequestShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a pull request: where it is, and what it waits for.")

    @OptionGroup var connection: KubeConnection
    @OptionGroup var reference: PullRequestReference

    func run() async throws {
        let text = try await connection.run { session in
            let name = try await reference.name(session)
            let object = try await session.client.get(.pullRequests, name, namespace: session.namespace)
            return try PullRequestPage.text(of: object)
        }
        print(text, terminator: "")
    }
}
