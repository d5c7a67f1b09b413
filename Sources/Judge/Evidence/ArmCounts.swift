/// The requests of one interval to the canary and to the baseline, and how many of them were bad.
public struct ArmCounts: Sendable, Hashable, Codable {
    /// Bad requests to the canary.
    public var canaryBad: Int
    /// All requests to the canary.
    public var canary: Int
    /// Bad requests to the baseline.
    public var baselineBad: Int
    /// All requests to the baseline.
    public var baseline: Int

    /// Describes requests to both arms.
    public init(canaryBad: Int, canary: Int, baselineBad: Int, baseline: Int) {
        self.canaryBad = canaryBad
        self.canary = canary
        self.baselineBad = baselineBad
        self.baseline = baseline
    }

    static let zero = ArmCounts(canaryBad: 0, canary: 0, baselineBad: 0, baseline: 0)

    static func += (left: inout ArmCounts, right: ArmCounts) {
        left.canaryBad += right.canaryBad
        left.canary += right.canary
        left.baselineBad += right.baselineBad
        left.baseline += right.baseline
    }

    /// The canary's rate over the baseline's; nil where either has no requests or the baseline no bad ones.
    public var ratio: Double? {
        guard canary > 0, baseline > 0, baselineBad > 0 else { return nil }
        return Double(canaryBad) / Double(canary) / (Double(baselineBad) / Double(baseline))
    }
}
