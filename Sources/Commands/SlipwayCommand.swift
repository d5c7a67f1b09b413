public import ArgumentParser

/// The command line: `slipway NOUN VERB`.
public struct SlipwayCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "slipway", abstract: "Continuous delivery from git push to a production canary.",
        subcommands: [Cluster.self, Kube.self, YAMLCommand.self, VersionCommand.self])
        subcommands: [Kube.self, KustomizeCommand.self, YAMLCommand.self, VersionCommand.self])
        subcommands: [
            Cluster.self, ForgeCommand.self, Kube.self, PullRequestCommand.self, Repo.self, YAMLCommand.self,
            VersionCommand.self,
        ])

    public init() {}
}
