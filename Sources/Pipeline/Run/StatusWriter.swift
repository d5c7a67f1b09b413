import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

/// Writes the status of one run: always the newest, never one after the other where a later one waits already.
final class StatusWriter: Sendable {
    private static let fieldManager = "slipway-pipeline"

    private let client: KubeClient
    private let name: String
    private let namespace: String
    private let logger: Logger
    private let keep: @Sendable (PipelineRunStatus) async -> Void
    private let snapshots: AsyncStream<RunSnapshot>
    private let snapshot: AsyncStream<RunSnapshot>.Continuation

    /// - Parameter keep: keeps what is written beside the API too.
    init(
        client: KubeClient, name: String, namespace: String, logger: Logger,
        keep: @escaping @Sendable (PipelineRunStatus) async -> Void
    ) {
        self.keep = keep
        self.client = client
        self.name = name
        self.namespace = namespace
        self.logger = logger
        (snapshots, snapshot) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes over a new state.
    func note(_ state: RunSnapshot) { snapshot.yield(state) }

    /// No state follows.
    func close() { snapshot.finish() }

    /// Writes states until ``close()``. The last one is left to ``finish(_:verdict:)``.
    func run() async {
        for await state in snapshots where !state.state.phase.isFinal { await write(state.status()) }
    }

    /// Writes how the run ended.
    func finish(_ state: RunSnapshot, verdict: PipelineRunStatus.SignedVerdict?) async {
        var status = state.status()
        status.verdict = verdict
        await writeLast(status)
    }

    /// Writes that the run could not begin.
    func finish(failed phase: RunPhase, reason: String, _ message: String, at time: Timestamp) async {
        var status = PipelineRunStatus(phase: phase.rawValue)
        status.reason = reason
        status.message = message
        status.finishedAt = time.rfc3339Micro
        await writeLast(status)
    }

    /// Writes until it is written: others wait for how a run ended, and nothing after it would say so again.
    private func writeLast(_ status: PipelineRunStatus) async {
        var status = status
        var isWhole = true
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            switch await write(status) {
            case .done: return
            case .refused(let reason) where isWhole:
                // The whole is what the server does not take; that the run is over it must know.
                isWhole = false
                status = PipelineRunStatus(phase: RunPhase.error.rawValue)
                status.reason = StepFault.Code.infrastructure.rawValue
                status.message = "the status of the run could not be stored: \(reason)"
                status.finishedAt = client.timeline.date.rfc3339Micro
            case .refused: return
            case .failed:
                try? await client.timeline.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            }
        }
    }

    /// What came of writing a status.
    private enum Outcome {
        /// Nothing is left to do about it.
        case done
        /// The server does not take it, now or later.
        case refused(String)
        case failed
    }

    @discardableResult
    private func write(_ status: PipelineRunStatus) async -> Outcome {
        await keep(status)
        do {
            let value = try ValueEncoder().encode(status)
            var object: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "PipelineRun", "status": value,
            ]
            object.metadata.name = name
            object.metadata.namespace = namespace
            try await client.apply(
                .pipelineRuns, object, namespace: namespace, fieldManager: Self.fieldManager, force: true,
                subresource: "status")
            return .done
        } catch is CancellationError {
            return .done
        } catch let error as APIError where error.isNotFound {
            // Whoever deleted the run does not want to know.
            return .done
        } catch {
            logger.warning(
                "status not written", metadata: ["run": "\(namespace)/\(name)", "error": "\(error)"])
            guard let error = error as? APIError, [400, 413, 422].contains(error.status.code) else {
                return .failed
            }
            return .refused(error.message)
        }
    }
}
