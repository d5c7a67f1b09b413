import ArgumentParser

/// `slipway pr merge`: asks for a merge.
struct PullRequestMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Put a pull request into the merge queue, as soon as it may.",
        discussion: """
            The queue tests the commit that the branch would become, and moves the branch to that very commit. There \
            is no way around it. A pull request that was turned away comes back when it is asked for again.
            """)

    @OptionGroup var connection: KubeConnection
    @OptionGroup var reference: PullRequestReference

    @Option(help: ArgumentHelp("Only if the pull request stands at this commit.", valueName: "commit"))
    var head: String?

    func run() async throws {
        try await reference.act("merge", head.map { ["head": $0] } ?? [:], connection: connection)
    }
}
