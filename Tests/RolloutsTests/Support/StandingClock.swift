import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Synchronization

/// A clock whose seconds pass only as a test lets them, while what is waited for within a second comes at once.
///
/// Controllers look again after a few milliseconds where time stamps are too coarse or somebody else was faster to
/// write. Such waits are no time of the story that a test tells, and the calendar does not move for them.
final class StandingClock: Clock {
    typealias Instant = ManualClock.Instant

    private struct State {
        var now = Instant(offset: .zero)
        var date = Timestamp(seconds: 1_767_225_600)
        var sleepers: [(number: Int, deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] =
            []
        var nextNumber = 0

        /// Those who are due, the earliest first.
        mutating func due() -> [CheckedContinuation<Void, any Error>] {
            let due = sleepers.filter { $0.deadline <= now }
                .sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
            sleepers.removeAll { $0.deadline <= now }
            return due.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }
    var date: Timestamp { state.withLock { $0.date } }
    var timeline: Timeline { Timeline(self, date: { self.date }) }

    /// The calendar for a server, whose own work goes by the clock of the machine.
    var serverClock: ServerClock {
        let system = ServerClock.system
        return ServerClock(now: { self.date }, elapsed: system.elapsed, sleep: system.sleep)
    }

    func pass(_ duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            state.date = state.date.advanced(by: duration)
            return state.due()
        }
        for sleeper in due { sleeper.resume() }
    }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                let (isOver, due) = state.withLock {
                    state -> (Bool?, [CheckedContinuation<Void, any Error>]) in
                    if Task.isCancelled { return (nil, []) }
                    if state.now.duration(to: deadline) < .seconds(1) {
                        state.now = max(state.now, deadline)
                        return (true, state.due())
                    }
                    state.sleepers.append((number, deadline, continuation))
                    return (false, [])
                }
                for sleeper in due { sleeper.resume() }
                switch isOver {
                case nil: continuation.resume(throwing: CancellationError())
                case true?: continuation.resume()
                case false?: break
                }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                state.sleepers.firstIndex { $0.number == number }.map {
                    state.sleepers.remove(at: $0).continuation
                }
            }
            continuation?.resume(throwing: CancellationError())
        }
        await Task.yield()
    }
}
