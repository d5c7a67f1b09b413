public import KubeClient
import KubeModel
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: Clock {
    /// A moment on the clock, as the time since it was made.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public var offset: Duration
        /// The moment that far from when the clock was made.
        public init(offset: Duration) { self.offset = offset }
        /// The moment that much later.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        /// How far another moment lies ahead.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Whether a moment comes before another.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [(number: Int, deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] =
            []
        var nextNumber = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Makes a clock that stands at zero.
    public init() {}

    /// The moment at which the clock stands.
    public var now: Instant { state.withLock { $0.now } }
    /// The clock knows nanoseconds.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// A timeline on this clock; the calendar starts at 2026-01-01 and moves with it.
    public var timeline: Timeline {
        Timeline(
            self, date: { Timestamp(seconds: 1_767_225_600).advanced(by: self.now.offset) })
    }

    /// Waits until the clock has been moved to the deadline.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                enum Outcome { case wait, over, cancelled }
                let (outcome, ready) = state.withLock {
                    state -> (Outcome, [CheckedContinuation<Void, Never>]) in
                    if Task.isCancelled { return (.cancelled, []) }
                    if deadline <= state.now { return (.over, []) }
                    state.sleepers.append((number, deadline, continuation))
                    let count = state.sleepers.count
                    let ready = state.watchers.filter { $0.count <= count }.map(\.continuation)
                    state.watchers.removeAll { $0.count <= count }
                    return (.wait, ready)
                }
                for watcher in ready { watcher.resume() }
                switch outcome {
                case .wait: break
                case .over: continuation.resume()
                case .cancelled: continuation.resume(throwing: CancellationError())
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
    }

    /// Moves time on and wakes who is due, the earliest first.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let due = state.sleepers.filter { $0.deadline <= now }
            state.sleepers.removeAll { $0.deadline <= now }
            return due.sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Moves time on to the earliest deadline; answers how far that was, nil where nobody sleeps.
    @discardableResult
    public func advanceToNextSleeper() -> Duration? {
        let step = state.withLock { state in
            state.sleepers.map(\.deadline).min().map { state.now.duration(to: $0) }
        }
        if let step { advance(by: step) }
        return step
    }

    /// The tasks that sleep.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// The tasks that sleep no longer than the duration from now on.
    /// Waits until the clock has been moved to the deadline.
    public func sleeperCount(within duration: Duration) -> Int {
        state.withLock { state in
            state.sleepers.count { $0.deadline <= state.now.advanced(by: duration) }
        }
    }

    /// Waits until as many tasks sleep.
    public func waitForSleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Runs the body while time jumps to the next deadline whenever somebody waits for one.
    public func runFreely<Answer: Sendable>(
        _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    // Others come first, so that time passes only where it is waited for.
                    for _ in 0..<20 { await Task.yield() }
                    self.advanceToNextSleeper()
                }
                return nil
            }
            defer { group.cancelAll() }
            while let answer = try await group.next() {
                if let answer { return answer }
            }
            throw CancellationError()
        }
    }
}
