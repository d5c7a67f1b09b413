/// Evidence that the canary's share of all bad events is more than its share of traffic.
///
/// In closed form, for a share of traffic that is constant.
public enum ShareEvidence {
    /// log E with a beta prior on the share, cut at `share` (H. Robbins, "Statistical methods related to the
    /// law of the iterated logarithm", 1970; two arms of Lindon and Malek, NeurIPS 2022).
    public static func logEvidence(
        canaryBad: Int, baselineBad: Int, share: Double, prior: (Double, Double) = (1, 1)
    ) -> Double {
        let before = BetaDistribution(prior.0, prior.1)
        let after = BetaDistribution(prior.0 + Double(canaryBad), prior.1 + Double(baselineBad))
        return Gamma.logBeta(after.a, after.b) + after.logUpper(share)
            - Gamma.logBeta(before.a, before.b) - before.logUpper(share)
            - Double(canaryBad) * log(share) - Double(baselineBad) * log1p(-share)
    }
}
