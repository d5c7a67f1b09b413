/// The mixture sequential probability ratio test of two proportions by the normal distribution.
///
/// R. Johari, P. Koomen, L. Pekelis and D. Walsh, "Always Valid Inference", Operations Research 70, 2022.
/// Asymptotic: not for fewer than about ten bad events per arm, which is why the judge does not use it.
public struct MixtureRatioTest: Sendable, Hashable {
    /// The logarithm of the mixture likelihood ratio Λ.
    public let logRatio: Double
    /// An always valid p-value.
    public let probability: Double

    /// - Parameters:
    ///   - spread: The standard deviation of the prior on the difference.
    ///   - nullDifference: The difference of rates under the null.
    public init(_ counts: ArmCounts, spread: Double, nullDifference: Double = 0) {
        let (n, m) = (Double(counts.canary), Double(counts.baseline))
        let (p, q) = (Double(counts.canaryBad) / n, Double(counts.baselineBad) / m)
        let variance = p * (1 - p) / n + q * (1 - q) / m
        let prior = spread * spread
        let difference = p - q - nullDifference
        logRatio =
            0.5 * log(variance / (variance + prior))
            + prior * difference * difference / (2 * variance * (variance + prior))
        probability = min(1, exp(-logRatio))
    }
}
