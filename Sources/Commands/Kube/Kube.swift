import ArgumentParser

/// `slipway kube`: the Kubernetes API that Slipway brings along.
struct Kube: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The embedded Kubernetes API.", subcommands: [KubeServe.self])
}
