import Glibc

/// How often and after what delay a request to a registry is tried again.
///
/// Tried again are connections that were refused or cut and the answers 408, 429, 500, 502, 503 and 504. A registry's
/// `Retry-After` is honoured.
public struct RegistryRetry: Sendable {
    /// Attempts without progress, the first one included.
    public var attempts: Int
    /// The delay before the second attempt; each further one is twice as long.
    public var base: Duration
    /// No delay is longer, before it is shortened at random.
    public var maximum: Duration
    /// A registry that asks for more patience than this is not waited for.
    public var longestRetryAfter: Duration
    /// Waits; a test need not.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// The calendar time in seconds since 1970, for registries that name a date.
    public var date: @Sendable () -> Int64
    /// A number of 0 ..< 1, which shortens each delay by up to half so that clients do not come back together.
    public var random: @Sendable () -> Double

    /// How often and how patiently requests are repeated.
    public init(
        attempts: Int = 5, base: Duration = .milliseconds(200), maximum: Duration = .seconds(10),
        longestRetryAfter: Duration = .seconds(60),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        date: @escaping @Sendable () -> Int64 = Self.systemDate,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.attempts = attempts
        self.base = base
        self.maximum = maximum
        self.longestRetryAfter = longestRetryAfter
        self.sleep = sleep
        self.date = date
        self.random = random
    }

    /// The machine's calendar time in seconds since 1970.
    @Sendable public static func systemDate() -> Int64 { Int64(time(nil)) }

    static let statuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    /// The delay after the n-th failure in a row, from 1.
    func delay(failures: Int) -> Duration {
        var delay = base
        for _ in 1..<max(failures, 1) where delay < maximum { delay = delay * 2 }
        return min(delay, maximum) * (1 - 0.5 * random())
    }

    /// What a `Retry-After` header asks for: seconds, or a date (RFC 9110, section 10.2.3).
    static func retryAfter(_ header: String?, now: Int64) -> Duration? {
        guard let header else { return nil }
        if let seconds = Int(header) { return (0...86_400).contains(seconds) ? .seconds(seconds) : nil }
        return CivilTime.seconds(ofHTTPDate: header).map { .seconds(max(0, $0 - now)) }
    }
}
