import ArgumentParser
import Foundation
import Git
import GitOps
import KubeClient
import KubeModel
import Manifest

/// Which cluster, and the namespace of its applications.
struct AppOptions: ParsableArguments {
    @OptionGroup var connection: KubeConnection

    /// Where applications are unless somebody says otherwise, whatever the kubeconfig's context says.
    var namespace: String { connection.namespace ?? "slipway" }

    /// Runs a body with a client; failures of the cluster become those of the command.
    @discardableResult
    func withClient<Answer>(_ body: (KubeClient) async throws -> Answer) async throws -> Answer {
        do {
            return try await connection.connect { try await body($0.client) }
        } catch let error as APIError {
            if error.isUnknownKind {
                throw CommandFailure(
                    .notFound,
                    "the cluster does not know the kind Application; run slipway controller --roles gitops against it"
                )
            }
            throw CommandFailure(error.isNotFound ? .notFound : .refused, error.description)
        } catch let error as KubeClientError {
            throw CommandFailure(.refused, error.description)
        }
    }

    /// An application by its name.
    func application(_ name: String, _ client: KubeClient) async throws -> Value {
        try await finding(name) {
            try await client.get(Application.resource, name, namespace: namespace)
        }
    }

    private func finding<Answer>(_ name: String, _ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as APIError where error.isNotFound && !error.isUnknownKind {
            throw CommandFailure(
                .notFound,
                "there is no application \(name) in namespace \(namespace); slipway app list -n \(namespace) shows "
                    + "which there are")
        }
    }

    /// Changes an application by a merge patch.
    func patch(_ name: String, _ change: Value, _ client: KubeClient) async throws {
        try await finding(name) {
            _ = try await client.patch(Application.resource, name, namespace: namespace, .merge(change))
        }
    }

    /// Who the server says is asking; where it does not tell, who this machine says.
    func user(_ client: KubeClient) async -> String {
        let review = try? await client.create(
            GroupVersionResource(
                group: "authentication.k8s.io", version: "v1", resource: "selfsubjectreviews"),
            ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"], namespace: nil)
        return review?["status", "userInfo", "username"]?.stringValue ?? user
    }

    /// Who is asking, for the record.
    var user: String { ProcessInfo.processInfo.environment["USER"] ?? "slipway" }
}

extension APIError {
    /// Whether the server does not serve the kind at all.
    fileprivate var isUnknownKind: Bool {
        isNotFound && message.contains("could not find the requested resource")
    }
}

extension AsyncParsableCommand {
    /// Runs a command's body; a failure goes to standard error and its outcome becomes the exit code.
    func reporting(_ body: () async throws -> Void) async throws {
        let failure: CommandFailure
        do {
            return try await body()
        } catch let error as CommandFailure {
            failure = error
        } catch let error as ManifestError {
            failure = CommandFailure(error)
        } catch let error as GitError {
            failure = CommandFailure(error.code == .notFound ? .notFound : .refused, error.description)
        } catch let error as GitOpsError {
            failure = CommandFailure(.refused, error.description)
        }
        StandardStreams.writeError("Error: \(failure)\n")
        throw ExitCode(failure.outcome.rawValue)
    }
}
