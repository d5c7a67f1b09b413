public import KubeModel

/// Time as every waiting part of this module sees it, so that a test can drive it by hand.
///
/// Durations and deadlines follow a monotonic clock and are told as distances from its origin; time stamps
/// that are written into objects follow the calendar.
public struct Timeline: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let wait: @Sendable (Duration) async throws -> Void
    private let calendar: @Sendable () -> Timestamp

    /// A timeline whose origin is the clock's present moment.
    ///
    /// - Parameter date: answers the present calendar time.
    public init<C: Clock>(
        _ clock: C, date: @escaping @Sendable () -> Timestamp
    ) where C.Duration == Duration {
        let origin = clock.now
        elapsed = { origin.duration(to: clock.now) }
        wait = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
        calendar = date
    }

    /// Real time.
    public static let continuous = Timeline(ContinuousClock(), date: { .systemNow })

    /// The time passed since the origin.
    public var now: Duration { elapsed() }

    /// The calendar time, for what people read.
    public var date: Timestamp { calendar() }

    /// Waits until `now` reaches the deadline.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func sleep(until deadline: Duration) async throws {
        try await wait(deadline)
    }

    /// Waits for a while.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func sleep(for duration: Duration) async throws {
        try await wait(now + duration)
    }

    /// What `operation` answers, or nil where that takes longer than `limit`.
    ///
    /// The operation is cancelled at the limit, and its end is awaited.
    public func withTimeout<Answer: Sendable>(
        _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer? {
        let deadline = now + limit
        return try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                try await sleep(until: deadline)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
