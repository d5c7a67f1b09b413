import KubeClient
import KubeModel
import Logging
import Manifest

/// Carries one run from its beginning to its end: feeds the reducer with what happens and does what it says.
struct RunSession: Sendable {
    let run: RunContext
    let cell: PodCell
    let services: RunServices
    let secrets: RunSecrets
    let records: RunRecords
    let state: RunState
    /// What the base has, for the findings that a change brings in.
    let baseCommit: String?

    private var timeline: Timeline { services.timeline }
    private var files: RunFiles { services.files }

    /// Runs to the end and removes the cell.
    ///
    /// - Parameters:
    ///   - cancellations: yields a fault when the run is not wanted any more.
    ///   - observe: is told every new state; must not wait long.
    func perform(
        cancellations: AsyncStream<StepFault>, observe: @escaping @Sendable (RunSnapshot) -> Void
    ) async -> RunState {
        let (events, continuation) = AsyncStream.makeStream(of: RunState.Event.self)
        let work = StepWork(
            session: self, copies: Feed([:]), source: Feed(nil), base: Feed(nil),
            emit: { continuation.yield($0) })
        var state = state
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await fault in cancellations { continuation.yield(.cancel(fault)) }
            }
            if state.phase == .running {
                // Taken up again after a restart: the cell may still be there, and steps may still run in it.
                group.addTask { await work.startCell() }
                for (id, step) in state.steps where step.phase == .running {
                    group.addTask { await work.run(id, attempt: step.attempt) }
                }
            } else {
                continuation.yield(.begin)
            }
            for await event in events {
                for action in state.apply(event, at: timeline.date) {
                    switch action {
                    case .startCell: group.addTask { await work.startCell() }
                    case .startStep(let id, let attempt):
                        group.addTask { await work.run(id, attempt: attempt) }
                    // The program's own `timeout` ends it, or the end of the cell does.
                    case .stopStep, .stopCell: break
                    }
                }
                observe(RunSnapshot(name: run.name, state: state, records: records))
                if state.phase.isFinal { break }
            }
            group.cancelAll()
            // A controller that is only ended leaves the cell to the next one, steps that run in it included.
            if state.phase.isFinal { await cell.delete() }
        }
        continuation.finish()
        return state
    }
}

/// What all runs of a controller share.
struct RunServices: Sendable {
    var client: KubeClient
    var files: RunFiles
    var logs: LogStore
    var sources: any SourceProvider
    var secrets: any SecretSource
    var images: any ImageBuilder
    var tools: ToolPaths
    var policy: OrganizationPolicy
    var timeline: Timeline
    var logger: Logger
    var work = FileWork()
}

extension RunServices {
    /// Runs work that blocks and cannot fail.
    func run<Answer: Sendable>(_ body: @escaping @Sendable () -> Answer) async -> Answer {
        await work.perform(body)
    }
}
