/// All that is known of one metric at one time.
struct MetricState: Sendable {
    let metric: Metric
    private let weight: Double
    private let minimumPods: Int
    private let podEffects: PodEffects
    /// One for a ratio, one for each boundary of a latency.
    private var ratios: [RatioEvidence] = []
    /// Differences from the tolerated and from the harmful multiple of the baseline's mean, and the plain
    /// ones.
    private var toleratedMeans: MeanEvidence
    private var harmfulMeans: MeanEvidence
    private var differences: MeanEvidence
    private let alpha: Double
    private var pods = PodLedger()
    private var observedTicks = 0
    private var missingTicks = 0
    private(set) var missingInARow = 0
    private var absence: Absence?

    init(_ metric: Metric, weight: Double, policy: Policy) {
        self.metric = metric
        self.weight = weight
        minimumPods = policy.minimumCanaryPods
        podEffects = policy.podEffects
        alpha = policy.falseRollback
        let means = MeanEvidence(alpha: policy.falseRollback, optimalCount: policy.maximumTicks)
        (toleratedMeans, harmfulMeans, differences) = (means, means, means)
        switch metric.kind {
        case .ratio(let bounds): ratios = [RatioEvidence(bounds)]
        case .latency(let boundaries, let bounds): ratios = boundaries.map { _ in RatioEvidence(bounds) }
        case .mean: break
        }
    }

    var hasSeenNothing: Bool {
        if case .mean = metric.kind { return observedTicks == 0 }
        return ratios.allSatisfy { $0.totals.canary == 0 }
    }

    // MARK: Remembering

    /// What all intervals so far have told.
    var memory: Memory {
        Memory(
            ratios: ratios.map(\.memory),
            means: [toleratedMeans, harmfulMeans, differences].filter { $0.count > 0 }.map(\.memory),
            pods: pods, observedTicks: observedTicks, missingTicks: missingTicks,
            missingInARow: missingInARow, absence: absence)
    }

    /// Goes on from what intervals have told of the same metric.
    mutating func recall(_ memory: Memory) {
        for (place, ratio) in zip(ratios.indices, memory.ratios) { ratios[place].recall(ratio) }
        if memory.means.count == 3 {
            toleratedMeans.recall(memory.means[0])
            harmfulMeans.recall(memory.means[1])
            differences.recall(memory.means[2])
        }
        pods = memory.pods
        (observedTicks, missingTicks) = (memory.observedTicks, memory.missingTicks)
        (missingInARow, absence) = (memory.missingInARow, memory.absence)
    }

    // MARK: Observing

    mutating func observe(_ observation: Observation?) {
        let absence = take(observation ?? .missing(reason: .noSeries))
        self.absence = absence
        missingInARow = absence == nil ? 0 : missingInARow + 1
        if absence == nil { observedTicks += 1 } else { missingTicks += 1 }
    }

    /// Takes in what was seen, or says why it cannot be.
    private mutating func take(_ observation: Observation) -> Absence? {
        switch (observation, metric.kind) {
        case (.missing(let absence), _): return absence
        case (.means(let canary, let baseline), .mean(let bounds)):
            guard canary.isFinite, baseline.isFinite else { return .notANumber }
            // Squares have to stay finite.
            guard abs(canary) < 1e100, abs(baseline) < 1e100 else { return .inconsistent }
            toleratedMeans.add(canary - bounds.tolerated * baseline)
            harmfulMeans.add(canary - bounds.harmful * baseline)
            differences.add(canary - baseline)
            return nil
        case (.counts(let canary, let baseline), .ratio), (.counts(let canary, let baseline), .latency):
            let all = canary + baseline
            guard all.allSatisfy({ $0.isConsistent(boundaries: ratios.count) }),
                Set(all.map(\.pod)).count == all.count
            else { return .inconsistent }
            guard canary.count >= minimumPods else { return .tooFewPods }
            guard !baseline.isEmpty else { return .noSeries }
            add(canary, baseline)
            return nil
        default: return .inconsistent
        }
    }

    private mutating func add(_ canary: [PodCounts], _ baseline: [PodCounts]) {
        let canaryRequests = canary.reduce(0) { $0 + $1.requests }
        let baselineRequests = baseline.reduce(0) { $0 + $1.requests }
        for place in ratios.indices {
            ratios[place].add(
                ArmCounts(
                    canaryBad: canary.reduce(0) { $0 + $1.bad[place] }, canary: canaryRequests,
                    baselineBad: baseline.reduce(0) { $0 + $1.bad[place] }, baseline: baselineRequests))
        }
        pods.add(canary: canary, stable: baseline)
    }

    // MARK: Judging

    /// What the metric says now. One that has no say yet adds nothing to harm and withholds safety.
    func verdict() -> MetricVerdict {
        var verdict = MetricVerdict(
            name: metric.name, weight: weight, logHarm: nil, logSafety: nil, counts: nil, boundaries: [],
            difference: nil, observedTicks: observedTicks, missingTicks: missingTicks,
            missingInARow: missingInARow, absence: absence, pods: nil)
        switch metric.kind {
        case .mean: judgeMean(&verdict)
        case .ratio: judgeRatios([], &verdict)
        case .latency(let boundaries, _): judgeRatios(boundaries, &verdict)
        }
        return verdict
    }

    private func judgeMean(_ verdict: inout MetricVerdict) {
        let isReady = differences.count >= MeanEvidence.minimumCount
        verdict.difference = MeanDifference(
            mean: differences.mean, radius: isReady ? differences.radius(alpha: alpha) : nil)
        guard isReady else { return }
        verdict.logHarm = toleratedMeans.logEvidence(above: 0)
        verdict.logSafety = harmfulMeans.logEvidence(below: 0)
    }

    private func judgeRatios(_ boundaries: [Double], _ verdict: inout MetricVerdict) {
        let treatment = pods.treatment(by: podEffects)
        let factors = pods.overdispersion(boundaries: ratios.count)
        let applied = treatment == .temper ? factors : factors.map { _ in 1 }
        let harms = zip(ratios, applied).map { $0.logHarm(temperedBy: $1) }
        let safeties = zip(ratios, applied).map { $0.logSafety(temperedBy: $1) }
        let loudest = harms.indices.max { harms[$0] < harms[$1] } ?? 0
        verdict.counts = ratios[loudest].totals
        verdict.boundaries = boundaries.indices.map {
            BoundaryVerdict(
                boundary: boundaries[$0], counts: ratios[$0].totals, logHarm: harms[$0],
                logSafety: safeties[$0])
        }
        // A mean of evidence against "not slower at any bound" is evidence; safety has to hold at each bound.
        let harm = LogSum.mean(harms)
        let pods = podVerdict(treatment, overdispersion: factors.max() ?? 1, harm: harm)
        verdict.pods = pods
        guard ratios[loudest].totals.canary >= metric.minimumRequests else { return }
        verdict.logHarm = pods.outcome == .held ? 0 : harm
        verdict.logSafety = safeties.min()
    }

    /// Whether the canary's pods are worse than chance makes a pick of pods, if anything speaks against them.
    private func podVerdict(
        _ treatment: PodEffects.Treatment, overdispersion: Double, harm: Double
    ) -> PodVerdict {
        var verdict = PodVerdict(
            outcome: .untreated, canaryPods: pods.canaryCount, stablePods: pods.stableCount, rank: nil,
            overdispersion: overdispersion)
        switch treatment {
        case .temper: verdict.outcome = .tempered
        case .gate where harm > 0:
            let rank = pods.rank
            verdict.rank = rank
            verdict.outcome = rank.probability <= podEffects.gate ? .passed : .held
        case .gate: verdict.outcome = .passed
        case .automatic, .off: break
        }
        return verdict
    }
}
