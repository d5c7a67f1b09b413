/// What intervals have told, without the intervals: a judge goes on from it as if it had seen them.
///
/// Kept in place of the oldest intervals where all of them are too much to keep. Every number of later verdicts comes out
/// the same, but one: how the evidence would be without one of the pods takes the intervals themselves.
public struct JudgeMemory: Sendable, Hashable, Codable {
    /// How many intervals of the present asking it stands for.
    public let count: Int
    /// How many intervals of earlier askings it stands for.
    public let earlierCount: Int
    /// Of each metric, what the present asking has told.
    let present: [MetricState.Memory]
    /// Of each metric, what all askings have told; nil where there were no earlier ones.
    let whole: [MetricState.Memory]?

    /// The memory of a later asking about the same release, to which all that is remembered is earlier.
    public var ofLaterAsking: JudgeMemory {
        JudgeMemory(
            count: 0, earlierCount: earlierCount + count, present: present.map { _ in .nothing },
            whole: whole ?? present)
    }

    /// - Throws: `invalidPolicy` where what is remembered is of other metrics.
    func require(_ policy: Policy) throws(JudgeError) {
        let counts = [count, earlierCount]
        let isPlausible = counts.allSatisfy { (0...Int(Int32.max)).contains($0) }
        let fits = [present, whole ?? present].allSatisfy { states in
            states.count == policy.metrics.count && zip(states, policy.metrics).allSatisfy { $0.fits($1) }
        }
        guard isPlausible, fits else {
            throw JudgeError(.invalidPolicy, "metrics", "must be those of the memory that is gone on from")
        }
    }
}

extension MetricState {
    /// All that changes of a metric's state as intervals are seen.
    struct Memory: Sendable, Hashable, Codable {
        /// One for each ratio; none where nothing has been seen.
        var ratios: [RatioEvidence.Memory]
        /// The differences from the tolerated and from the harmful multiple, and the plain ones.
        var means: [MeanEvidence.Memory]
        var pods: PodLedger
        var observedTicks: Int
        var missingTicks: Int
        var missingInARow: Int
        var absence: Absence?

        static let nothing = Memory(
            ratios: [], means: [], pods: PodLedger(), observedTicks: 0, missingTicks: 0, missingInARow: 0)

        /// Whether it is of such a metric, with counts that can be added to: it may be read from where others write.
        func fits(_ metric: Metric) -> Bool {
            let counts = [observedTicks, missingTicks, missingInARow] + means.map(\.count)
            guard counts.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else { return false }
            let boundaries = if case .latency(let boundaries, _) = metric.kind { boundaries.count } else { 1 }
            guard pods.fits(boundaries: boundaries) else { return false }
            let isMean = if case .mean = metric.kind { true } else { false }
            if !means.isEmpty, means.count != 3 || !isMean { return false }
            if ratios.isEmpty { return true }
            switch metric.kind {
            case .mean: return false
            case .ratio(let bounds): return ratios.count == 1 && ratios[0].fits(bounds)
            case .latency(let boundaries, let bounds):
                return ratios.count == boundaries.count && ratios.allSatisfy { $0.fits(bounds) }
            }
        }
    }
}

extension RatioEvidence {
    /// The log ratios of all alternatives, and the counts they come from.
    struct Memory: Sendable, Hashable, Codable {
        var harmRate: [Double]
        var harmLevel: [Double]?
        var safetyRate: [Double]
        var safetyLevel: [Double]?
        var totals: ArmCounts

        func fits(_ bounds: RatioBounds) -> Bool {
            let counts = [totals.canaryBad, totals.canary, totals.baselineBad, totals.baseline]
            guard counts.allSatisfy((0...(1 << 60)).contains) else { return false }
            let blank = RatioEvidence(bounds).memory
            return blank.harmRate.count == harmRate.count && blank.harmLevel?.count == harmLevel?.count
                && blank.safetyRate.count == safetyRate.count
                && blank.safetyLevel?.count == safetyLevel?.count
        }
    }
}

extension MeanEvidence {
    /// The values by their number, mean and squared deviations.
    struct Memory: Sendable, Hashable, Codable {
        var count: Int
        var mean: Double
        var squares: Double
    }
}
