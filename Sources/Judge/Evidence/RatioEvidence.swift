/// All that is gathered about one ratio of bad requests to all: whether the canary harms, and whether it does
/// not.
struct RatioEvidence: Sendable {
    private var harmRate: RateEvidence
    private var harmLevel: LevelEvidence?
    private var safetyRate: RateEvidence
    private var safetyLevel: LevelEvidence?
    private(set) var totals = ArmCounts.zero

    init(_ bounds: RatioBounds) {
        harmRate = .above(bounds.tolerated)
        harmLevel = bounds.ignoreBelow.map { .above($0) }
        safetyRate = .below(bounds.harmful)
        safetyLevel = bounds.goodEnough.map { .below($0) }
    }

    /// What all intervals so far have told.
    var memory: Memory {
        Memory(
            harmRate: harmRate.mixture.logRatios, harmLevel: harmLevel?.mixture.logRatios,
            safetyRate: safetyRate.mixture.logRatios, safetyLevel: safetyLevel?.mixture.logRatios,
            totals: totals)
    }

    /// Goes on from what intervals have told of a ratio within the same bounds.
    mutating func recall(_ memory: Memory) {
        harmRate.mixture.recall(memory.harmRate)
        safetyRate.mixture.recall(memory.safetyRate)
        if let level = memory.harmLevel { harmLevel?.mixture.recall(level) }
        if let level = memory.safetyLevel { safetyLevel?.mixture.recall(level) }
        totals = memory.totals
    }

    mutating func add(_ counts: ArmCounts) {
        totals += counts
        harmRate.add(counts)
        safetyRate.add(counts)
        harmLevel?.add(bad: counts.canaryBad, of: counts.canary)
        safetyLevel?.add(bad: counts.canaryBad, of: counts.canary)
    }

    /// log E against "no worse than tolerated, or below what matters": a union, for which the least evidence
    /// counts.
    func logHarm(temperedBy factor: Double) -> Double {
        let rate = harmRate.mixture.logEvidence(temperedBy: factor)
        guard let level = harmLevel?.mixture.logEvidence(temperedBy: factor) else { return rate }
        return min(rate, level)
    }

    /// log F against "harmful, and not good enough": an intersection, for which a mean of evidence counts.
    func logSafety(temperedBy factor: Double) -> Double {
        let rate = safetyRate.mixture.logEvidence(temperedBy: factor)
        guard let level = safetyLevel?.mixture.logEvidence(temperedBy: factor) else { return rate }
        return LogSum.mean([rate, level])
    }
}
