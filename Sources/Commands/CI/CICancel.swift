import ArgumentParser
import Foundation
import KubeClient
import KubeModel
import Manifest
import Pipeline

/// `slipway ci cancel`: ends a run that is not wanted any more.
struct CICancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a run.",
        discussion: "A run on this machine is told through its process, one on a server through its object.")

    @Argument(help: "The run.")
    var run: String

    @OptionGroup var server: CIServerOptions

    func run() async throws {
        let (name, options) = (run, server)
        let outcome: String? = try await options.withSession { session in
            guard let session else { return try await Self.cancelLocally(name) }
            do {
                try await session.client.patch(
                    .pipelineRuns, name, namespace: session.namespace,
                    .merge(["spec": ["cancel": true, "cancelReason": "cancelled with slipway ci cancel"]]))
                return nil
            } catch let error as APIError where error.isNotFound {
                return "there is no run \(name) in the namespace \(session.namespace)"
            }
        }
        if let outcome {
            StandardStreams.writeError("Error: \(outcome)\n")
            throw ExitCode(CommandFailure.Outcome.notFound.rawValue)
        }
        print("\(name) is being cancelled")
    }

    /// Why a run of this repository cannot be cancelled; nil where it is being.
    private static func cancelLocally(_ name: String) async throws -> String? {
        guard let record = RunRecordStore(try await CIServerOptions.localFiles()).read(name) else {
            return "there is no run \(name); see slipway ci list"
        }
        guard !(RunPhase(rawValue: record.status.phase)?.isFinal ?? false) else {
            return "\(name) has ended: \(record.status.phase)"
        }
        // The number could have gone to another program by now: only one of this name is told.
        guard let process = record.processID, isSlipway(process) else {
            return "the process of \(name) is gone"
        }
        return kill(process, SIGTERM) == 0
            ? nil : "the process of \(name) cannot be told: it is another user's"
    }

    private static func isSlipway(_ process: Int32) -> Bool {
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            let other = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
        else { return false }
        return own == other
    }
}
