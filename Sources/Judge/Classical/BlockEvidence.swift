/// Evidence that two probabilities differ, from blocks of trials of both.
///
/// R. J. Turner, A. Ly and P. D. Grünwald, "Generic E-variables for exact sequential k-sample tests that
/// allow for optional stopping", J. Statist. Plann. Inference 230, 2024. Exact, but only against equality: it
/// cannot tolerate a little harm.
public struct BlockEvidence: Sendable, Hashable {
    /// The logarithm of the evidence so far.
    public private(set) var logEvidence = 0.0
    /// Bad and good trials of each arm and a prior, from which the next block's probabilities are guessed.
    private var canaryBad: Double
    private var canaryGood: Double
    private var baselineBad: Double
    private var baselineGood: Double

    /// Begins with a prior: pseudo-counts of bad and good requests of each arm.
    public init(prior: [Double] = [0.18, 0.18, 0.18, 0.18]) {
        (canaryBad, canaryGood) = (prior[0], prior[1])
        (baselineBad, baselineGood) = (prior[2], prior[3])
    }

    /// Takes in a block of requests to both arms.
    public mutating func add(_ block: ArmCounts) {
        let (n, m) = (Double(block.canary), Double(block.baseline))
        let p = canaryBad / (canaryBad + canaryGood)
        let q = baselineBad / (baselineBad + baselineGood)
        let pooled = (n * p + m * q) / (n + m)
        let (c, b) = (Double(block.canaryBad), Double(block.baselineBad))
        logEvidence += c * log(p / pooled) + (n - c) * log((1 - p) / (1 - pooled))
        logEvidence += b * log(q / pooled) + (m - b) * log((1 - q) / (1 - pooled))
        canaryBad += c
        canaryGood += n - c
        baselineBad += b
        baselineGood += m - b
    }
}
