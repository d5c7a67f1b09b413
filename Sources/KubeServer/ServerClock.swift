public import KubeModel

/// Where the server takes the time from; tests put their own in its place.
public struct ServerClock: Sendable {
    /// The time of day, for time stamps in objects.
    public let now: @Sendable () -> Timestamp
    /// The time since some fixed moment, for measuring spans; it never goes backwards.
    public let elapsed: @Sendable () -> Duration
    /// Suspends for a span, or throws `CancellationError` where the task is cancelled.
    public let sleep: @Sendable (Duration) async throws -> Void

    public init(
        now: @escaping @Sendable () -> Timestamp, elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.elapsed = elapsed
        self.sleep = sleep
    }

    /// The clocks of the machine.
    public static var system: ServerClock {
        let start = ContinuousClock.now
        return ServerClock(
            now: { SystemTime.now }, elapsed: { ContinuousClock.now - start },
            sleep: { try await Task.sleep(for: $0) })
    }
}
