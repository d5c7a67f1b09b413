import Glibc
import Judge
import Manifest
import Testing

func interval(_ interval: ProportionInterval) -> [String: Answer] {
    ["lo": .number(interval.lower), "hi": .number(interval.upper)]
}

/// `[bad, requests, bad, requests]` of the canary and the baseline.
func counts(_ numbers: [Double]) -> ArmCounts {
    ArmCounts(
        canaryBad: Int(numbers[0]), canary: Int(numbers[1]), baselineBad: Int(numbers[2]),
        baseline: Int(numbers[3]))
}

/// A list of `[tick, repeat]`, spread out.
func spread(_ runs: [Value]) throws -> [ArmCounts] {
    try runs.flatMap { run -> [ArmCounts] in
        guard case .array(let pair) = run else { throw Fields.Missing(name: "tick") }
        return Array(repeating: counts(pair[0].asNumbers), count: Int(pair[1].asNumber ?? 0))
    }
}

@Sendable func rateEvidence(_ input: Fields) throws -> [String: Answer] {
    var harm = RateEvidence.above(try input.number("rho0"), alternatives: try input.int("J"))
    var safety = RateEvidence.below(try input.number("rho1"), alternatives: try input.int("J"))
    var harms: [Double] = []
    var safeties: [Double] = []
    for counts in try spread(try input.list("ticks_rle")) {
        harm.add(counts)
        safety.add(counts)
        harms.append(harm.mixture.logEvidence)
        safeties.append(safety.mixture.logEvidence)
    }
    return [
        "log_E_last": Answer(harms.last), "log_F_last": Answer(safeties.last),
        "log_E_first": Answer(harms.first),
        "first_tick_E_ge_log100": Answer(harms.firstIndex { $0 >= log(100) }.map { $0 + 1 }),
        "first_tick_F_ge_log20": Answer(safeties.firstIndex { $0 >= log(20) }.map { $0 + 1 }),
    ]
}

@Sendable func judgement(_ input: Fields) throws -> [String: Answer] {
    var metrics: [Metric] = []
    var series: [[ArmCounts]] = []
    for (place, value) in try input.list("metrics").enumerated() {
        let fields = Fields(value)
        let bounds = RatioBounds(
            tolerated: try fields.number("rho0"), harmful: try fields.number("rho1"),
            ignoreBelow: fields["p_floor"]?.asNumber, goodEnough: fields["p_abs"]?.asNumber)
        metrics.append(
            Metric(
                "m\(place)", .ratio(bounds: bounds), weight: fields.number("weight", default: 1),
                minimumRequests: input.int("min_n", default: 0)))
        series.append(try spread(try fields.list("ticks")))
    }
    var policy = Policy(metrics: metrics)
    policy.falseRollback = try input.number("alpha")
    policy.missBad = try input.number("beta")
    policy.maximumTicks = try input.int("t_max")
    policy.minimumTicks = input.int("min_bake", default: 0)
    policy.minimumCanaryPods = 1
    policy.podEffects = PodEffects(.off)
    if case .array(let weights) = input["weights"] {
        for (place, weight) in weights.enumerated() { policy.metrics[place].weight = weight.asNumber ?? 0 }
    }
    let ticks = (0..<(series.map(\.count).max() ?? 0)).map { time in
        var observations: [String: Observation] = [:]
        for (metric, counts) in zip(metrics, series) where time < counts.count {
            let tick = counts[time]
            observations[metric.name] = .counts(
                canary: [PodCounts("canary", requests: tick.canary, bad: [tick.canaryBad])],
                baseline: [PodCounts("stable", requests: tick.baseline, bad: [tick.baselineBad])])
        }
        return Tick(time: Int64(60 * (time + 1)), observations)
    }
    let log = try JudgementLog(ticks, policy)
    #expect(try log.isReproduced())
    return [
        "decision": .text(log.verdict.decision.rawValue), "tick": Answer(log.verdict.tick),
        "log_E": Answer(log.verdict.logHarm), "log_F": Answer(log.verdict.logSafety),
    ]
}

@Sendable func bucketEvidence(_ input: Fields) throws -> [String: Answer] {
    let canary = try input.numbers("canary_cum").map { Int($0) }
    let baseline = try input.numbers("baseline_cum").map { Int($0) }
    let (canaryTotal, baselineTotal) = (try #require(canary.last), try #require(baseline.last))
    let logs = try (try input.int("from_bucket_index")..<canary.count - 1).map { place in
        var evidence = RateEvidence.above(try input.number("rho0"), alternatives: try input.int("J"))
        evidence.add(
            ArmCounts(
                canaryBad: canaryTotal - canary[place], canary: canaryTotal,
                baselineBad: baselineTotal - baseline[place], baseline: baselineTotal))
        return evidence.mixture.logEvidence
    }
    let weights = logs.map { _ in 1 / Double(logs.count) }
    return [
        "log_e_each": .numbers(logs),
        "log_e_avg": .number(CombinedEvidence(logs, weights: weights).logEvidence),
    ]
}

@Sendable func meanInterval(_ input: Fields) throws -> [String: Answer] {
    let alpha = try input.number("alpha")
    var evidence = MeanEvidence(alpha: alpha, optimalCount: try input.int("t_opt"))
    let (amplitude, offset) = (try input.number("amp"), try input.number("off"))
    for step in 0..<(try input.int("n")) {
        let i = Double(step)
        evidence.add(offset + amplitude * sin(1.7 * i) + amplitude / 2 * cos(0.9 * i * i))
    }
    let radius = evidence.radius(alpha: alpha)
    let excludesZero = abs(evidence.mean) > radius
    // The interval is where the evidence against a mean is too little.
    #expect(excludesZero == (evidence.logEvidence(against: 0) > -log(alpha)))
    #expect(abs(evidence.logEvidence(against: evidence.mean + radius) + log(alpha)) < 1e-9)
    return [
        "mean": .number(evidence.mean), "radius": .number(radius), "excludes_zero": .flag(excludesZero),
    ]
}

func kayenta(
    _ experiment: [Double], _ control: [Double], _ input: Fields, _ search: MannWhitney.Search
) throws -> [String: Answer] {
    var judge = KayentaJudge()
    judge.tolerance = try input.number("tolerance")
    judge.confidence = try input.number("conf")
    judge.search = search
    if input.has("direction") {
        judge.direction = try #require(KayentaJudge.Direction(rawValue: try input.text("direction")))
    }
    if input.has("effect_thresholds") {
        let thresholds = try input.numbers("effect_thresholds")
        (judge.allowedDecrease, judge.allowedIncrease) = (thresholds[0], thresholds[1])
    }
    var answers: [String: Answer] = [
        "label": .text(try judge.classify(experiment: experiment, control: control).rawValue),
        "mean_ratio": Answer(KayentaJudge.meanRatio(experiment: experiment, control: control)),
    ]
    if let shift = try? MannWhitney(experiment, over: control, confidence: judge.confidence, search: search) {
        answers["ci_lo"] = .number(shift.lower)
        answers["ci_hi"] = .number(shift.upper)
        answers["hl"] = .number(shift.estimate)
    }
    return answers
}

@Sendable func podRank(_ input: Fields) throws -> [String: Answer] {
    let canary = try input.numbers("canary_pod_rates")
    let rank = PodRank(canary: canary, stable: try input.numbers("stable_pod_rates"))
    // The probability as a fraction in its lowest terms.
    let picks = (1 / rank.attainable).rounded()
    var (a, b) = ((rank.probability * picks).rounded(), picks)
    while b > 0 { (a, b) = (b, a.truncatingRemainder(dividingBy: b)) }
    return [
        "p": .number(rank.probability), "attainable_min_p": .number(rank.attainable),
        "p_num": .number((rank.probability * picks).rounded() / a), "p_den": .number(picks / a),
    ]
}

@Sendable func temperedEvidence(_ input: Fields) throws -> [String: Answer] {
    func perPod(_ name: String, _ count: Int) -> [Int] {
        if let list = try? input.numbers(name) { return list.map { Int($0) } }
        return Array(repeating: input.int(name, default: 0), count: count)
    }
    let canaryBad = try input.numbers("canary_bad_per_pod").map { Int($0) }
    let stableBad = try input.numbers("stable_bad_per_pod").map { Int($0) }
    let canaryRequests = perPod("n_per_canary_pod", canaryBad.count)
    let stableRequests = perPod("n_per_stable_pod", stableBad.count)
    let factor = Overdispersion.factor(bad: stableBad, requests: stableRequests)
    var evidence = RateEvidence.above(try input.number("rho0"), alternatives: try input.int("J"))
    evidence.add(
        ArmCounts(
            canaryBad: canaryBad.reduce(0, +), canary: canaryRequests.reduce(0, +),
            baselineBad: stableBad.reduce(0, +), baseline: stableRequests.reduce(0, +)))
    return [
        "phi": .number(factor), "log_E_plain": .number(evidence.mixture.logEvidence),
        "log_E_tempered": .number(evidence.mixture.logEvidence(temperedBy: factor)),
    ]
}

@Sendable func metricState(_ input: Fields) throws -> [String: Answer] {
    let metric = try input.fields("metric")
    let result = try input.fields("result")
    var assessment = MetricAssessment(
        hasInterval: metric.has("interval"), count: metric["count"]?.asNumber.map { Int($0) })
    assessment.failureLimit = metric.int("failureLimit", default: 0)
    assessment.inconclusiveLimit = metric.int("inconclusiveLimit", default: 0)
    assessment.consecutiveErrorLimit = metric.int("consecutiveErrorLimit", default: 4)
    assessment.consecutiveSuccessLimit = metric.int("consecutiveSuccessLimit", default: 0)
    var tally = MetricAssessment.Tally()
    tally.measurements = result.int("measurements", default: 0)
    tally.count = result.int("count", default: 0)
    tally.failed = result.int("failed", default: 0)
    tally.inconclusive = result.int("inconclusive", default: 0)
    tally.consecutiveErrors = result.int("consecutiveError", default: 0)
    tally.consecutiveSuccesses = result.int("consecutiveSuccess", default: 0)
    if case .string(let phase) = result["phase"] { tally.phase = AnalysisPhase(rawValue: phase) }
    for name in ["in_flight", "inFlight", "running"] {
        if case .bool(true) = result[name] { tally.isMeasuring = true }
    }
    if case .string(let last) = result["last_phase"] ?? result["lastPhase"] {
        tally.isMeasuring = AnalysisPhase(rawValue: last)?.isCompleted == false
    }
    let isTerminating = input["terminating"].map { $0 == .bool(true) } ?? false
    return ["phase": .text(assessment.phase(of: tally, isTerminating: isTerminating).rawValue)]
}
