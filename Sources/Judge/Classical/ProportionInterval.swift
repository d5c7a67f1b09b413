/// Intervals for a probability after a number of trials that was fixed beforehand. They do not hold while one
/// looks on.
public struct ProportionInterval: Sendable, Hashable {
    /// From here.
    public let lower: Double
    /// To here.
    public let upper: Double

    /// The score interval (E. B. Wilson, "Probable Inference", JASA 22, 1927).
    public static func wilson(hits: Int, trials: Int, confidence: Double) -> ProportionInterval {
        let z = NormalDistribution.quantile(0.5 + confidence / 2)
        let n = Double(trials)
        let rate = Double(hits) / n
        let center = rate + z * z / (2 * n)
        let half = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        return ProportionInterval(
            lower: hits == 0 ? 0 : (center - half) / scale,
            upper: hits == trials ? 1 : (center + half) / scale)
    }

    /// The exact interval (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934).
    public static func clopperPearson(hits: Int, trials: Int, confidence: Double) -> ProportionInterval {
        let tail = (1 - confidence) / 2
        let (hits, misses) = (Double(hits), Double(trials - hits))
        return ProportionInterval(
            lower: hits == 0 ? 0 : BetaDistribution(hits, misses + 1).quantile(tail),
            upper: misses == 0 ? 1 : BetaDistribution(hits + 1, misses).quantile(1 - tail))
    }
}
