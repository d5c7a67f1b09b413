import ArgumentParser

/// `slipway pr approve`: says that a pull request may land.
struct PullRequestApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve what a pull request stands at.",
        discussion:
            "Its author and whoever pushed its last commit cannot. A new push takes the approval back.")

    @OptionGroup var connection: KubeConnection
    @OptionGroup var reference: PullRequestReference

    @Option(name: [.short, .long], help: ArgumentHelp("Why.", valueName: "text"))
    var message: String?

    @Option(
        help: ArgumentHelp("The commit that was looked at; others are not approved.", valueName: "commit"))
    var head: String?

    func run() async throws {
        var body = ["state": "Approved"]
        body["body"] = message
        body["head"] = head
        try await reference.act("review", body, connection: connection)
    }
}

/// `slipway pr request-changes`: says that a pull request may not land as it is.
struct PullRequestRequestChanges: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request-changes", abstract: "Ask for changes; the pull request waits until you approve."
    )

    @OptionGroup var connection: KubeConnection
    @OptionGroup var reference: PullRequestReference

    @Option(name: [.short, .long], help: ArgumentHelp("What should change.", valueName: "text"))
    var message: String

    func run() async throws {
        try await reference.act(
            "review", ["state": "ChangesRequested", "body": message], connection: connection)
    }
}
