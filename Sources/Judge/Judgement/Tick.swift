/// What was seen in one interval: the judge's only input, and what a verdict is replayed from.
///
/// Intervals are aligned, of one length and do not overlap; counts are differences of raw counters, whole
/// numbers, with resets taken into account. Data that come late never change an interval that is closed.
public struct Tick: Sendable, Hashable, Codable {
    /// The end of the interval, in seconds since 1970.
    public var time: Int64
    /// What was seen of each metric, by its name. A metric that is not here is missing.
    public var observations: [String: Observation]
    /// What rolls back at once, outside of statistics: a crash loop, memory run out, a deadline passed.
    public var alarms: [String]

    /// Describes what was seen.
    public init(time: Int64, _ observations: [String: Observation], alarms: [String] = []) {
        self.time = time
        self.observations = observations
        self.alarms = alarms
    }
}

/// What was seen of one metric in one interval.
public enum Observation: Sendable, Hashable, Codable {
    /// Requests per pod, for ratios and latencies.
    case counts(canary: [PodCounts], baseline: [PodCounts])
    /// The mean of each arm.
    case means(canary: Double, baseline: Double)
    /// Nothing, and why. It is neither good nor bad news.
    case missing(reason: Absence)
}

/// Why there is nothing to see.
public enum Absence: String, Sendable, Hashable, Codable {
    /// The query had no answer.
    case noSeries
    /// The provider failed or took too long.
    case providerError
    /// The last scrape is too old.
    case stale
    /// The answer is not a number.
    case notANumber
    /// Both arms were not scraped at the same time.
    case unaligned
    /// The pods are too young.
    case warmingUp
    /// The canary has fewer pods than the policy asks for.
    case tooFewPods
    /// The counts contradict themselves, or are not of the metric's kind.
    case inconsistent
}

/// The requests to one pod in one interval.
public struct PodCounts: Sendable, Hashable, Codable {
    /// The pod's name.
    public var pod: String
    /// All requests in the interval.
    public var requests: Int
    /// The bad ones; for latencies, those slower than each boundary.
    public var bad: [Int]

    /// Describes what was seen.
    public init(_ pod: String, requests: Int, bad: [Int]) {
        self.pod = pod
        self.requests = requests
        self.bad = bad
    }

    func isConsistent(boundaries: Int) -> Bool {
        // More than 10¹² requests to a pod in an interval are a broken counter, and would overflow in the
        // end.
        (0...1_000_000_000_000).contains(requests) && bad.count == boundaries
            && bad.allSatisfy { $0 >= 0 && $0 <= requests }
    }
}
