import ArgumentParser
import Foundation
import KubeClient
import KubeModel
import Manifest

/// `slipway release`: what was built, and what vouches for it.
struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Releases: images with their commit, signature and evidence.",
        subcommands: [ReleaseList.self, ReleaseShow.self, ReleaseLift.self])
}

/// Which cluster and namespace a command is about.
struct ReleaseScope: ParsableArguments {
    @Option(help: ArgumentHelp("The kubeconfig; as kubectl finds it by default.", valueName: "file"))
    var kubeconfig: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The namespace; that of the kubeconfig by default.", valueName: "name"))
    var namespace: String?

    /// Runs a body with a client and the namespace.
    func run(_ body: (KubeClient, String) async throws -> Void) async throws {
        var environment = ProcessInfo.processInfo.environment
        if let kubeconfig { environment["KUBECONFIG"] = kubeconfig }
        let configuration = try await ClientConfiguration.load(environment: environment)
        let namespace = namespace ?? configuration.namespace
        try await HTTPTransport.withTransport(configuration) { transport in
            try await body(KubeClient(transport), namespace)
        }
    }
}
