/// How long to wait after the n-th failure in a row: exponentially longer, up to a maximum.
public struct Backoff: Sendable, Hashable {
    /// The delay after the first failure.
    public var base: Duration
    /// What each wait is longer by than the one before.
    public var factor: Double
    /// No delay is longer, jitter included.
    public var maximum: Duration
    /// The share of a delay that is left to chance, 0...1: with 0.2, a delay of 10 s lies in 8 s ... 10 s.
    public var jitter: Double

    /// Waits from `base` on, each `factor` times as long as the last, up to `maximum`, give or take the part `jitter`.
    public init(base: Duration, factor: Double = 2, maximum: Duration, jitter: Double = 0.2) {
        self.base = base
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
    }

    /// For a key whose reconciliation failed: 5 ms doubling up to 16 min 40 s, as client-go has it.
    public static let workItem = Backoff(base: .milliseconds(5), maximum: .seconds(1000))
    /// For a connection that was lost or refused: 800 ms doubling up to 30 s.
    public static let connection = Backoff(base: .milliseconds(800), maximum: .seconds(30), jitter: 0.5)
    /// For a request that is repeated within a call: 100 ms doubling up to 10 s.
    public static let request = Backoff(base: .milliseconds(100), maximum: .seconds(10), jitter: 0.5)

    /// The delay before the next attempt.
    ///
    /// - Parameters:
    ///   - failures: the failures so far, from 1.
    ///   - random: a number of 0 ..< 1 that places the delay within its jitter.
    public func delay(failures: Int, random: Double) -> Duration {
        var delay = base
        for _ in 1..<max(failures, 1) {
            guard delay < maximum else { break }
            delay = delay * factor
        }
        return min(delay, maximum) * (1 - jitter * random)
    }
}
