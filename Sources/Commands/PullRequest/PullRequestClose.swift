import ArgumentParser

/// `slipway pr close`: gives a pull request up.
struct PullRequestClose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close a pull request without merging it.")

    @OptionGroup var connection: KubeConnection
    @OptionGroup var reference: PullRequestReference

    func run() async throws { try await reference.act("close", connection: connection) }
}
