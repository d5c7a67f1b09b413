import ArgumentParser
import KubeClient
import KubeModel
import Manifest

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

    /// Changes the rollout, or its status, and prints a sentence.
    ///
    /// - Parameters:
    ///   - done: what has become of the rollout, for the sentence.
    ///   - change: what is to be merged in, made from the rollout as it is; nil where there is nothing to do.
    func change(
        subresource: String? = nil, done: String, _ change: @Sendable (Value) throws -> Value?
    ) async throws {
        try await connection.run { session in
            let object = try await session.client.get(
                Rollout.resource, rollout, namespace: session.namespace)
            guard let patch = try change(object) else { return }
            try await session.client.patch(
                Rollout.resource, rollout, namespace: session.namespace, .merge(patch),
                subresource: subresource)
        }
        print("rollout '\(rollout)' \(done)")
    }
}
