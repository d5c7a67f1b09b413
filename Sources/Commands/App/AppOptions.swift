import ArgumentParser
import Foundation
import KubeClient
import KubeModel
import Manifest

/// Which cluster, and the namespace of its applications.
struct AppOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The kubeconfig to use instead of kubectl's.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The context of the kubeconfig.", valueName: "name"))
    var context: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The namespace of the applications.", valueName: "name"))
    var namespace = "argocd"

    /// Runs a body with a client; failures of the cluster become those of the command.
    @discardableResult
    func withClient<Answer>(_ body: (KubeClient) async throws -> Answer) async throws -> Answer {
        do {
            var overrides = ClientConfiguration.Overrides()
            overrides.kubeconfig = kubeconfig
            overrides.context = context
            let configuration = try await ClientConfiguration.load(
                environment: ProcessInfo.processInfo.environment, overrides: overrides)
            return try await HTTPTransport.withTransport(configuration) { try await body(KubeClient($0)) }
        } catch let error as APIError {
            throw CommandFailure(error.isNotFound ? .notFound : .refused, error.description)
        } catch let error as KubeClientError {
            throw CommandFailure(.refused, error.description)
        }
    }

    /// An application by its name.
    func application(_ name: String, _ client: KubeClient) async throws -> Value {
        try await client.get(Application.resource, name, namespace: namespace)
    }

    /// Changes an application by a merge patch.
    func patch(_ name: String, _ change: Value, _ client: KubeClient) async throws {
        try await client.patch(Application.resource, name, namespace: namespace, .merge(change))
    }

    /// Who is asking, for the record.
    var user: String { ProcessInfo.processInfo.environment["USER"] ?? "slipway" }
}

extension AsyncParsableCommand {
    /// Runs a command's body; a failure goes to standard error and its outcome becomes the exit code.
    func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let failure as CommandFailure {
            StandardStreams.writeError("Error: \(failure)\n")
            throw ExitCode(failure.outcome.rawValue)
        } catch let error as ManifestError {
            StandardStreams.writeError("Error: \(error)\n")
            throw ExitCode(CommandFailure(error).outcome.rawValue)
        }
    }
}
