import ClusterTestSupport
import KubeClient
import Testing

@Suite struct RateTests {
    @Test func `a bucket lets a burst through and then its rate`() {
        var bucket = TokenBucket(rate: 2, burst: 3)
        let delays = (0..<5).map { _ in bucket.reserve(now: .zero) }
        #expect(delays == [.zero, .zero, .zero, .milliseconds(500), .seconds(1)])
        #expect(bucket.reserve(now: .seconds(10)) == .zero)
    }

    @Test func `a bucket never holds more than its burst`() {
        var bucket = TokenBucket(rate: 100, burst: 2)
        #expect((0..<4).map { _ in bucket.take(now: .seconds(60)) } == [true, true, false, false])
    }

    @Test func `jitter only shortens a delay and never beyond its share`() {
        let backoff = Backoff(base: .seconds(1), maximum: .seconds(60), jitter: 0.2)
        #expect(backoff.delay(failures: 1, random: 0) == .seconds(1))
        #expect(backoff.delay(failures: 4, random: 0.5) == .seconds(8) * 0.9)
        #expect(backoff.delay(failures: 1_000_000, random: 0) == .seconds(60))
    }

    @Test func `takers of a limit wait for their turn`() async throws {
        let clock = ManualClock()
        let limiter = RateLimiter(rate: 1, burst: 1, timeline: clock.timeline)
        try await limiter.wait()
        async let second: Void = limiter.wait()
        await clock.waitForSleepers()
        clock.advance(by: .seconds(1))
        try await second
        #expect(clock.sleeperCount == 0)
    }

    @Test func `a timeout cancels what takes too long`() async throws {
        let clock = ManualClock()
        let timeline = clock.timeline
        async let answer = timeline.withTimeout(.seconds(5)) {
            try await timeline.sleep(for: .seconds(60))
            return true
        }
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(5))
        #expect(try await answer == nil)
        #expect(try await timeline.withTimeout(.seconds(5)) { 7 } == 7)
    }
}
