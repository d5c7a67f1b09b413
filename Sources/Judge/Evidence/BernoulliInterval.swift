/// An interval for a probability that holds at all times at once, however often it is looked at.
///
/// The beta-binomial mixture of S. R. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, "Time-uniform,
/// nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49, 2021.
public struct BernoulliInterval: Sendable, Hashable {
    /// From here.
    public let lower: Double
    /// To here.
    public let upper: Double

    /// - Parameters:
    ///   - hits: How often it happened.
    ///   - trials: Out of how many.
    ///   - alpha: The probability that the interval ever misses.
    ///   - optimalCount: After how many trials the interval is tightest.
    ///   - optimalAlpha: For which `alpha` it is then; as in the authors' program.
    public init(
        hits: Int, trials: Int, alpha: Double, optimalCount: Int, optimalAlpha: Double = 0.05
    ) {
        guard trials > 0 else {
            (lower, upper) = (0, 1)
            return
        }
        let hits = Double(hits)
        let misses = Double(trials) - hits
        let threshold = -log(alpha)
        let optimalThreshold = -log(optimalAlpha)
        /// The log evidence against p, less the threshold.
        func excess(_ p: Double) -> Double {
            let product = p * (1 - p)
            let variance = product * Double(optimalCount)
            let best = variance / (2 * optimalThreshold + log(1 + 2 * optimalThreshold))
            let r = max(best - product, 1e-3 * product)
            let a = r / (1 - p)
            let b = r / p
            return Gamma.logBeta(a + hits, b + misses) - Gamma.logBeta(a, b) - hits * log(p)
                - misses * log1p(-p) - threshold
        }
        let rate = hits / Double(trials)
        lower = hits == 0 ? 0 : Bisection.root(from: 0, to: rate) { excess($0) > 0 }
        upper = misses == 0 ? 1 : Bisection.root(from: rate, to: 1) { excess($0) <= 0 }
    }
}
