/// A limit on how often something happens: a steady rate with a burst before it bites.
///
/// A pure value: the caller says what time it is and does the waiting.
public struct TokenBucket: Sendable, Hashable {
    /// Tokens a second.
    public let rate: Double
    /// Tokens a full bucket holds.
    public let burst: Double
    /// The tokens at `stamp`; negative where takers have reserved ahead.
    private var tokens: Double
    private var stamp: Duration

    /// A full bucket.
    ///
    /// - Precondition: `rate` is above 0 and `burst` is at least 1.
    public init(rate: Double, burst: Int, now: Duration = .zero) {
        precondition(rate > 0 && burst >= 1, "a token bucket needs a rate above 0 and a burst of at least 1")
        self.rate = rate
        self.burst = Double(burst)
        tokens = Double(burst)
        stamp = now
    }

    /// Takes a token, if need be a future one, and answers how long its taker must wait.
    public mutating func reserve(now: Duration) -> Duration {
        refill(now)
        tokens -= 1
        return tokens >= 0 ? .zero : .seconds(-tokens / rate)
    }

    /// Takes a token if one is there.
    public mutating func take(now: Duration) -> Bool {
        refill(now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// Gives back a token that was reserved and not used.
    public mutating func giveBack() {
        tokens = min(burst, tokens + 1)
    }

    private mutating func refill(_ now: Duration) {
        guard now > stamp else { return }
        tokens = min(burst, tokens + (now - stamp) / .seconds(1) * rate)
        stamp = now
    }
}
