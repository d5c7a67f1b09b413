/// How often something happens in a number of trials.
struct BinomialDistribution: Sendable {
    let trials: Int
    let probability: Double

    /// The probability of more than `count` (DLMF 8.17.5).
    func upper(_ count: Int) -> Double {
        if count < 0 { return 1 }
        if count >= trials { return 0 }
        return BetaDistribution(Double(count) + 1, Double(trials - count)).lower(probability)
    }
}
