import ArgumentParser

/// `slipway cluster`: a Kubernetes of one node on this machine.
struct Cluster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A cluster of one node on this machine: real pods, real traffic.",
        subcommands: [ClusterUp.self, ClusterStatus.self, ClusterDown.self])
}

/// Where a cluster keeps its things.
struct ClusterData: ParsableArguments {
    @Option(help: ArgumentHelp("The cluster's directory.", valueName: "dir"))
    var data = ".slipway"

    var path: String { KubeServeSetup.absolute(data) }
}
