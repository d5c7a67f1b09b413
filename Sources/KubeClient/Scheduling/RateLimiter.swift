import Synchronization

/// A shared rate limit whose takers wait for their turn, in the order they came.
public final class RateLimiter: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let timeline: Timeline

    /// A limit of `rate` takers a second, `burst` of them at once.
    public init(rate: Double, burst: Int, timeline: Timeline = .continuous) {
        bucket = Mutex(TokenBucket(rate: rate, burst: burst, now: timeline.now))
        self.timeline = timeline
    }

    /// Returns when it is the caller's turn.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first; its turn goes to others.
    public func wait() async throws {
        let now = timeline.now
        let delay = bucket.withLock { $0.reserve(now: now) }
        guard delay > .zero else { return }
        do {
            try await timeline.sleep(until: now + delay)
        } catch {
            bucket.withLock { $0.giveBack() }
            throw error
        }
    }
}
