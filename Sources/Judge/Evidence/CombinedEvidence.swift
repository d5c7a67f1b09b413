/// Evidence of several tests as one: a weighted mean of evidence is evidence, whatever depends on what.
///
/// V. Vovk and R. Wang, "E-values: Calibration, combination and applications", Annals of Statistics 49, 2021.
public struct CombinedEvidence: Sendable, Hashable {
    /// The logarithm of the weighted mean.
    public let logEvidence: Double

    /// - Parameter weights: Of sum 1.
    public init(_ logs: [Double], weights: [Double]) {
        logEvidence = LogSum.weighted(logs, weights: weights)
    }

    /// Whether there is as much as rarely comes by chance: at most with probability `error`, at any time.
    public func exceeds(error: Double) -> Bool { logEvidence >= -log(error) }
}
