public import ArgumentParser

/// The command line: `slipway NOUN VERB`.
public struct SlipwayCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "slipway", abstract: "Continuous delivery from git push to a production canary.",
        subcommands: [
            Cluster.self, Kube.self, Release.self, SBOM.self, Sign.self, SigstoreCommand.self, Verify.self,
            YAMLCommand.self, VersionCommand.self,
        ])

    public init() {}
}
