import ArgumentParser

/// `slipway repo`: git repositories of the forge.
struct Repo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Git repositories of the forge.", subcommands: [RepoCreate.self, RepoList.self])
}
