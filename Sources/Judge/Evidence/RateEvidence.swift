/// Evidence about the ratio of the canary's rate of bad events to the baseline's.
///
/// Of all bad events of an interval, the canary's share is θ(ρ) = ρn / (ρn + m) if its rate is ρ times the
/// baseline's, with n and m requests to the two. Each alternative ρₖ is tested against ρ₀ by c
/// ln(θ(ρₖ)/θ(ρ₀)) + b ln((1 - θ(ρₖ))/(1 - θ(ρ₀))). That is valid whatever the rates are and however they
/// change, since (1 + p(a - 1))ⁿ ≤ exp(np(a - 1)): outages that hit both arms cancel. The two-arm case of M.
/// Lindon and A. Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022.
public struct RateEvidence: Sendable, Hashable {
    private let null: Double
    private let alternatives: [Double]
    /// The likelihood ratios of all alternatives.
    public internal(set) var mixture: LikelihoodMixture

    /// Evidence that the ratio is more than `ratio`.
    public static func above(_ ratio: Double, alternatives count: Int = 24) -> RateEvidence {
        RateEvidence(ratio, Grid.factors(count, up: true))
    }

    /// Evidence that the ratio is less than `ratio`.
    public static func below(_ ratio: Double, alternatives count: Int = 24) -> RateEvidence {
        RateEvidence(ratio, Grid.factors(count, up: false))
    }

    private init(_ ratio: Double, _ factors: [Double]) {
        null = ratio
        alternatives = factors.map { ratio * $0 }
        mixture = LikelihoodMixture(count: factors.count)
    }

    /// Takes in the counts of an interval. An interval without requests to either arm says nothing.
    public mutating func add(_ counts: ArmCounts) {
        guard counts.canary > 0, counts.baseline > 0 else { return }
        let canary = Double(counts.canary)
        let denominator = null * canary + Double(counts.baseline)
        let bad = Double(counts.canaryBad)
        let allBad = bad + Double(counts.baselineBad)
        let null = null
        let alternatives = alternatives
        // The formula above with the common denominator taken out, so that close ratios do not cancel.
        mixture.add { place in
            bad * log(alternatives[place] / null)
                - allBad * log1p((alternatives[place] - null) * canary / denominator)
        }
    }
}
