/// How much has to be seen before the judge can decide, on average and at most.
public struct Forecast: Sendable, Hashable, Codable {
    /// What a bad event tells on average: the divergence of the canary's share of them.
    public var divergence: Double
    /// How many bad events are needed, if only the best alternative of the grid works.
    public var events: Double
    /// How long they take, in seconds.
    public var seconds: Double

    /// How soon a canary that errs `ratio` times as often is told from one of `reference` times.
    ///
    /// A. Wald, "Sequential Analysis", 1947: evidence grows by its divergence per event, up to log 1/α and
    /// what the mean over the grid costs.
    ///
    /// - Parameters:
    ///   - share: The canary's share of requests.
    ///   - baseRate: The baseline's rate of bad events.
    ///   - requestsPerSecond: Of both arms.
    ///   - error: α of a rollback, β of a promotion.
    /// - Throws: `invalidQuestion` where a number is out of its range.
    public init(
        ratio: Double, reference: Double = 1, share: Double, baseRate: Double, requestsPerSecond: Double,
        error: Double, alternatives: Int = 24
    ) throws(JudgeError) {
        func require(_ holds: Bool, _ field: String, _ message: String) throws(JudgeError) {
            if !holds { throw JudgeError(.invalidQuestion, field, message) }
        }
        try require(share > 0 && share < 1, "share", "must be between 0 and 1")
        try require(baseRate > 0 && baseRate <= 1, "baseRate", "must be above 0 and at most 1")
        try require(requestsPerSecond > 0, "requestsPerSecond", "must be positive")
        try require(
            ratio > 0 && reference > 0 && ratio != reference, "ratio", "must differ from the reference")
        try require(error > 0 && error < 1, "error", "must be between 0 and 1")
        try require(alternatives > 0, "alternatives", "must be positive")
        let actual = ratio * share / (ratio * share + 1 - share)
        let null = reference * share / (reference * share + 1 - share)
        divergence = actual * log(actual / null) + (1 - actual) * log((1 - actual) / (1 - null))
        events = (-log(error) + log(Double(alternatives))) / divergence
        seconds = events / (requestsPerSecond * baseRate * (ratio * share + 1 - share))
    }

    /// How many requests without a bad one show a rate below a level with error β.
    ///
    /// The evidence is half of the metric's (the other half compares with the baseline, and says nothing as
    /// long as nobody errs), so that it has to reach 2/β - 1.
    public static func cleanRequests(below level: Double, error: Double) -> Int {
        let needed = log(2 / error - 1)
        func suffices(_ requests: Int) -> Bool {
            var evidence = LevelEvidence.below(level)
            evidence.add(bad: 0, of: requests)
            return evidence.mixture.logEvidence >= needed
        }
        var upper = 1
        while !suffices(upper), upper < 1 << 60 { upper *= 2 }
        var lower = upper / 2
        while upper - lower > 1 {
            let middle = lower + (upper - lower) / 2
            if suffices(middle) { upper = middle } else { lower = middle }
        }
        return upper
    }
}
