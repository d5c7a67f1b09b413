/// Evidence about the canary's own rate of bad events against a level, whatever the baseline does.
public struct LevelEvidence: Sendable, Hashable {
    private let logBad: [Double]
    private let logGood: [Double]
    /// The likelihood ratios of all alternatives.
    public internal(set) var mixture: LikelihoodMixture

    /// Evidence that the rate is more than `level`: harm that matters.
    public static func above(_ level: Double, alternatives count: Int = 24) -> LevelEvidence {
        LevelEvidence(level, Grid.factors(count, up: true))
    }

    /// Evidence that the rate is less than `level`: good enough, the only way to tell where nobody errs.
    public static func below(_ level: Double, alternatives count: Int = 24) -> LevelEvidence {
        LevelEvidence(level, Grid.factors(count, up: false))
    }

    private init(_ level: Double, _ factors: [Double]) {
        // Rates are below 1; a level near it leaves fewer alternatives above, in the worst case halfway to 1.
        var rates = factors.map { level * $0 }.filter { $0 < 1 }
        if rates.isEmpty { rates = [(1 + level) / 2] }
        logBad = rates.map { log($0 / level) }
        logGood = rates.map { log1p((level - $0) / (1 - level)) }
        mixture = LikelihoodMixture(count: rates.count)
    }

    /// Takes in the counts of an interval.
    public mutating func add(bad: Int, of requests: Int) {
        let logBad = logBad
        let logGood = logGood
        mixture.add { Double(bad) * logBad[$0] + Double(requests - bad) * logGood[$0] }
    }
}
