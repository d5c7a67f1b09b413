public import ArgumentParser

/// The command line: `slipway NOUN VERB`.
public struct SlipwayCommand: AsyncParsableCommand {
    /// How the command is called and what it is for.
    public static let configuration = CommandConfiguration(
        commandName: "slipway", abstract: "Continuous delivery from git push to a production canary.",
        // A noun a line, in the order of the alphabet.
        subcommands: [
            App.self,
            Approve.self,
            CI.self,
            Cluster.self,
            Config.self,
            ControllerCommand.self,
            DashboardCommand.self,
            DeliveryCommand.self,
            DemoCommand.self,
            Down.self,
            ForgeCommand.self,
            ImageCommand.self,
            Kube.self,
            KustomizeCommand.self,
            PlanCommand.self,
            PromotionCommand.self,
            PullRequestCommand.self,
            RegistryCommand.self,
            Reject.self,
            Release.self,
            Repo.self,
            RollbackCommand.self,
            RolloutCommand.self,
            SBOM.self,
            Sign.self,
            SigstoreCommand.self,
            Status.self,
            Up.self,
            Verify.self,
            VersionCommand.self,
            YAMLCommand.self,
        ])

    /// The command without arguments.
    public init() {}
}
