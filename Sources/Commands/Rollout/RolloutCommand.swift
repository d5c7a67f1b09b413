import ArgumentParser
import KubeClient
import KubeModel
import Manifest
import Rollouts

/// `slipway rollout`: progressive delivery, with the words of `kubectl argo rollouts`.
struct RolloutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout", abstract: "Rollouts: see them, steer them, check them.",
        subcommands: [
            RolloutList.self, RolloutGet.self, RolloutPromote.self, RolloutAbort.self, RolloutRetry.self,
            RolloutUndo.self, RolloutRestart.self, RolloutPause.self, RolloutResume.self,
            RolloutSetImage.self, RolloutLint.self, RolloutPlanCommand.self,
        ])
}

/// Which rollout is meant.
struct RolloutReference: ParsableArguments {
    @Argument(help: "The rollout's name.")
    var rollout: String

    @OptionGroup var connection: KubeConnection

    /// Carries out an order and prints what has become of the rollout.
    func carryOut(_ order: RolloutOrder) async throws {
        let name = rollout
        try await connection.run { session in
            let object = try await session.rollout(name)
            let changes: [RolloutOrder.Change]
            do {
                changes = try order.changes(of: object)
            } catch let error as RolloutsError {
                throw ValidationFailure(error.message)
            }
            for change in changes {
                try await session.client.patch(
                    Rollout.resource, name, namespace: session.namespace, .merge(change.patch),
                    subresource: change.subresource)
            }
        }
        print("rollout '\(name)' \(order.done)")
    }
}

extension KubeConnection.Session {
    /// A rollout of the namespace.
    ///
    /// - Throws: ``ValidationFailure`` that says how to find the one that is meant, `APIError`, `KubeClientError`.
    func rollout(_ name: String) async throws -> Value {
        do {
            return try await client.get(Rollout.resource, name, namespace: namespace)
        } catch let error as APIError where error.isNotFound {
            throw ValidationFailure(
                "there is no rollout '\(name)' in namespace '\(namespace)': see those there are with "
                    + "slipway rollout list --all-namespaces")
        }
    }
}
