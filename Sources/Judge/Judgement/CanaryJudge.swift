/// The judge of one rollout: takes in what is seen and says after every interval what follows from it.
///
/// It only judges. What it is asked about and what is done with its answer are others' business, and the same
/// input always gives the same verdict. It may be asked at any time: its bounds hold however often one looks,
/// and evidence is kept from one weight of traffic to the next.
///
/// Where a rollout asks once at each of several weights, what was seen before (`earlier`) goes on counting for
/// harm, so that α bounds the false rollbacks of all the askings together. Safety is shown at each weight anew.
public struct CanaryJudge: Sendable {
    /// What the judge was asked for.
    public let policy: Policy
    /// What the intervals of this asking tell.
    private var states: [MetricState]
    /// What all intervals tell, earlier ones included; nil where there are none.
    private var whole: [MetricState]?
    private let earlier: [Tick]
    private var ticks: [Tick] = []
    /// What it goes on from, in place of the intervals before ``earlier`` and ``ticks``.
    private let remembered: JudgeMemory?
    /// The verdict so far. It does not change any more once it is a decision.
    public private(set) var verdict: Verdict

    /// A judge that has seen nothing of this asking yet.
    ///
    /// - Parameters:
    ///   - earlier: the intervals of earlier askings about the same release, by the same metrics.
    ///   - memory: what the intervals before those given have told.
    /// - Throws: `invalidPolicy` naming the part at fault, or where the memory is of other metrics.
    public init(
        _ policy: Policy, after earlier: [Tick] = [], remembering memory: JudgeMemory? = nil
    ) throws(JudgeError) {
        try policy.validate()
        try memory?.require(policy)
        self.init(valid: policy, after: earlier, remembering: memory)
    }

    private init(valid policy: Policy, after earlier: [Tick], remembering memory: JudgeMemory? = nil) {
        self.policy = policy
        self.earlier = earlier
        remembered = memory
        states = zip(policy.metrics, policy.weights).map { MetricState($0, weight: $1, policy: policy) }
        if !earlier.isEmpty || memory?.whole != nil {
            var whole = states
            whole.recall(memory?.whole)
            for tick in earlier { whole.observe(tick) }
            self.whole = whole
        }
        states.recall(memory?.present)
        verdict = Verdict(
            decision: .wait, reason: .gathering, fallback: nil, tick: memory?.count ?? 0, logHarm: nil,
            harmThreshold: -log(policy.falseRollback), logSafety: nil, safetyThreshold: -log(policy.missBad),
            mayAdvance: false, metrics: states.map { $0.verdict() }, alarms: [], logHarmWithoutPod: [:])
    }

    /// Takes in an interval. After a decision, further intervals are not looked at.
    @discardableResult
    public mutating func observe(_ tick: Tick) -> Verdict {
        guard verdict.decision == .wait else { return verdict }
        take(tick)
        if verdict.reason == .harm, remembered == nil {
            for pod in canaryPods { verdict.logHarmWithoutPod[pod] = logHarm(without: pod) ?? 0 }
        }
        return verdict
    }

    private mutating func take(_ tick: Tick) {
        ticks.append(tick)
        states.observe(tick)
        whole?.observe(tick)
        verdict.tick = (remembered?.count ?? 0) + ticks.count
        verdict.alarms = tick.alarms
        verdict.metrics = metricVerdicts
        weigh()
        decide()
    }

    /// What all intervals so far have told, earlier ones included.
    public var memory: JudgeMemory {
        JudgeMemory(
            count: (remembered?.count ?? 0) + ticks.count,
            earlierCount: (remembered?.earlierCount ?? 0) + earlier.count, present: states.map(\.memory),
            whole: whole?.map(\.memory))
    }

    /// What each metric says: of harm by all that was seen, of safety by what was seen at this asking.
    private var metricVerdicts: [MetricVerdict] {
        let present = states.map { $0.verdict() }
        guard let whole else { return present }
        return zip(whole, present).map { state, present in
            var verdict = present
            let all = state.verdict()
            verdict.logHarm = all.logHarm
            verdict.counts = all.counts
            verdict.pods = all.pods
            for place in verdict.boundaries.indices {
                verdict.boundaries[place].counts = all.boundaries[place].counts
                verdict.boundaries[place].logHarm = all.boundaries[place].logHarm
            }
            return verdict
        }
    }

    /// Joins the metrics' evidence: of harm by its weighted mean, of safety by its least.
    ///
    /// That all metrics are safe takes no correction for their number (R. L. Berger's intersection-union
    /// test, 1982).
    private mutating func weigh() {
        // A metric without a say counts as no evidence at all: leaving out a summand only lowers the sum.
        let heard = zip(verdict.metrics, policy.weights).filter { $0.0.logHarm != nil && $0.1 > 0 }
        verdict.logHarm =
            heard.isEmpty
            ? nil : CombinedEvidence(heard.compactMap(\.0.logHarm), weights: heard.map(\.1)).logEvidence
        let safeties = zip(policy.metrics, verdict.metrics).filter { $0.0.weight > 0 }.map(\.1.logSafety)
        verdict.logSafety = safeties.contains(nil) ? nil : safeties.compactMap(\.self).min()
        let isMissing = states.contains { $0.missingInARow > 0 && $0.metric.weight > 0 }
        verdict.mayAdvance = !isMissing && (verdict.logHarm ?? 0) < verdict.harmThreshold / 2
    }

    private mutating func decide() {
        let isSafe = verdict.logSafety.map { $0 >= verdict.safetyThreshold } ?? false
        if !verdict.alarms.isEmpty {
            conclude(.rollback, .alarm)
        } else if let harm = verdict.logHarm, harm >= verdict.harmThreshold {
            conclude(.rollback, .harm)
        } else if isSafe, verdict.tick >= policy.minimumTicks {
            conclude(.promote, .safety)
        } else if states.contains(where: {
            $0.missingInARow > policy.maximumMissingTicks && $0.metric.weight > 0
        }) {
            conclude(.inconclusive, .metricUnavailable, policy.onInsufficientData)
        } else if verdict.tick >= policy.maximumTicks {
            let isBlind = states.contains { $0.hasSeenNothing && $0.metric.weight > 0 }
            let fallback = isBlind ? policy.onInsufficientData : policy.onInconclusive
            conclude(.inconclusive, isBlind ? .insufficientData : .undecided, fallback)
        } else {
            let isHeld = verdict.metrics.contains { $0.pods?.outcome == .held && $0.weight > 0 }
            conclude(.wait, isSafe ? .baking : isHeld ? .heldByPods : .gathering)
        }
    }

    private mutating func conclude(
        _ decision: Verdict.Decision, _ reason: Verdict.Reason, _ fallback: Policy.Fallback? = nil
    ) {
        verdict.decision = decision
        verdict.reason = reason
        verdict.fallback = fallback
        if decision != .wait { verdict.mayAdvance = decision == .promote }
    }

    // MARK: Pods

    private var canaryPods: [String] {
        var pods: Set<String> = []
        for tick in earlier + ticks {
            for case .counts(let canary, _) in tick.observations.values { pods.formUnion(canary.map(\.pod)) }
        }
        return pods.count > 1 ? pods.sorted() : []
    }

    /// Evidence of harm as it were without one of the canary's pods, from the same intervals.
    private func logHarm(without pod: String) -> Double? {
        var policy = policy
        policy.minimumCanaryPods = 1
        // Which pods rank how is what this tells itself.
        policy.podEffects = PodEffects(.off)
        var judge = CanaryJudge(valid: policy, after: [])
        for var tick in earlier + ticks {
            tick.observations = tick.observations.mapValues { observation in
                guard case .counts(let canary, let baseline) = observation else { return observation }
                return .counts(canary: canary.filter { $0.pod != pod }, baseline: baseline)
            }
            judge.take(tick)
        }
        return judge.verdict.logHarm
    }
}

extension [MetricState] {
    fileprivate mutating func observe(_ tick: Tick) {
        for place in indices { self[place].observe(tick.observations[self[place].metric.name]) }
    }

    fileprivate mutating func recall(_ memory: [MetricState.Memory]?) {
        guard let memory else { return }
        for (place, metric) in zip(indices, memory) { self[place].recall(metric) }
    }
}

/// The verdict on what was seen: of the first interval that decides, or of the last.
///
/// - Parameters:
///   - earlier: the intervals of earlier askings about the same release, which count for harm.
///   - memory: what the intervals before those given have told.
/// - Throws: `invalidPolicy` naming the part at fault, or where the memory is of other metrics.
public func judge(
    _ ticks: some Sequence<Tick>, _ policy: Policy, after earlier: [Tick] = [],
    remembering memory: JudgeMemory? = nil
) throws(JudgeError) -> Verdict {
    var judge = try CanaryJudge(policy, after: earlier, remembering: memory)
    for tick in ticks where judge.observe(tick).decision != .wait { break }
    return judge.verdict
}
