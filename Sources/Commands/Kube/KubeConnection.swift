import ArgumentParser
import AsyncHTTPClient
import Foundation
import KubeClient
import KubeModel
import Manifest

/// How a command reaches the API server: as kubectl does.
struct KubeConnection: ParsableArguments {
    @Option(help: ArgumentHelp("The kubeconfig; KUBECONFIG or ~/.kube/config by default.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The context of the kubeconfig.", valueName: "name"))
    var context: String?

    @Option(name: [.short, .long], help: ArgumentHelp("The namespace.", valueName: "name"))
    var namespace: String?

    /// What a command works with.
    struct Session: Sendable {
        let client: KubeClient
        let namespace: String
        /// The token of the user; nil where something else proves who they are.
        let token: String?
        /// Reaches what is served beside the API, the forge and logs.
        let http: HTTPClient
    }

    /// Runs a body with a client, and throws what it throws.
    ///
    /// - Throws: `KubeClientError` where there is no server to be reached.
    func connect<Answer>(_ body: (Session) async throws -> Answer) async throws -> Answer {
        var overrides = ClientConfiguration.Overrides()
        overrides.kubeconfig = kubeconfig
        overrides.context = context
        overrides.namespace = namespace
        let configuration = try await ClientConfiguration.load(
            environment: ProcessInfo.processInfo.environment, overrides: overrides)
        let token: String? = if case .token(let token) = configuration.credential { token } else { nil }
        let http = try configuration.companionClient()
        let answer: Answer
        do {
            answer = try await HTTPTransport.withTransport(configuration) { transport in
                try await body(
                    Session(
                        client: KubeClient(transport), namespace: configuration.namespace, token: token,
                        http: http))
            }
        } catch {
            try? await http.shutdown()
            throw error
        }
        try? await http.shutdown()
        return answer
    }

    /// Runs a body with a client; failures become sentences without a usage text.
    func run<Answer: Sendable>(_ body: @Sendable (Session) async throws -> Answer) async throws -> Answer {
        do {
            return try await connect(body)
        } catch let error as KubeClientError {
            throw ValidationFailure(error.description)
        } catch let error as APIError {
            throw ValidationFailure(error.message)
        } catch let error as ManifestError {
            throw ValidationFailure(error.description)
        }
    }
}
