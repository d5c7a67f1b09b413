import Glibc
import Judge
import TestSupport

/// Simulated traffic to a canary and its baseline, and what several judges make of the very same traffic.
struct Simulation: Sendable {
    /// The canary's share of requests.
    var share = 0.05
    /// The canary's rate of bad requests over the baseline's.
    var ratio = 1.0
    var badRate = 0.005
    var requestsPerTick = 2_400
    var ticks = 60
    /// The pods of the canary among all pods; nil for one pod per arm, all requests independent.
    var pods: (canary: Int, all: Int)?
    /// The standard deviation of the logarithm of pods' own factors on their rate of bad requests.
    var podSpread = 0.0
    /// Whether both arms err twenty times as often in some of the intervals.
    var hasOutages = false

    /// One rollout's traffic.
    func traffic(using random: inout SeededGenerator) -> [Tick] {
        let canaryPods = pods?.canary ?? 1
        let stablePods = pods.map { $0.all - $0.canary } ?? 1
        func factors(_ count: Int) -> [Double] {
            (0..<count).map { _ in
                podSpread == 0 ? 1 : exp(podSpread * random.normal() - podSpread * podSpread / 2)
            }
        }
        let canaryFactors = factors(canaryPods)
        let stableFactors = factors(stablePods)
        let canaryRequests = Double(requestsPerTick) * share / Double(canaryPods)
        let stableRequests = Double(requestsPerTick) * (1 - share) / Double(stablePods)
        return (1...ticks).map { number in
            let level = hasOutages && number % 15 >= 12 ? 20 * badRate : badRate
            func counts(_ name: String, _ factors: [Double], _ requests: Double, _ rate: Double)
                -> [PodCounts]
            {
                factors.enumerated().map { place, factor in
                    let bad = random.binomial(Int(requests.rounded()), min(1, rate * factor))
                    return PodCounts("\(name)-\(place)", requests: Int(requests.rounded()), bad: [bad])
                }
            }
            let canary = counts("canary", canaryFactors, canaryRequests, level * ratio)
            let stable = counts("stable", stableFactors, stableRequests, level)
            return Tick(time: Int64(60 * number), ["errors": .counts(canary: canary, baseline: stable)])
        }
    }
}

extension Tick {
    /// The counts of both arms.
    var arms: ArmCounts {
        guard case .counts(let canary, let baseline) = observations["errors"] else {
            return ArmCounts(canaryBad: 0, canary: 0, baselineBad: 0, baseline: 0)
        }
        return ArmCounts(
            canaryBad: canary.reduce(0) { $0 + $1.bad[0] }, canary: canary.reduce(0) { $0 + $1.requests },
            baselineBad: baseline.reduce(0) { $0 + $1.bad[0] },
            baseline: baseline.reduce(0) { $0 + $1.requests })
    }
}

/// The rules that are commonly used instead of a judge: when do they abort a rollout?
enum PlainRule {
    /// The interval in which a threshold on the rate of success aborts.
    static func threshold(_ rule: ThresholdRule, _ ticks: [Tick]) -> Int? {
        var failed = 0
        for (place, tick) in ticks.enumerated() {
            let arms = tick.arms
            if rule.fails(bad: arms.canaryBad, of: arms.canary) { failed += 1 }
            if failed > 0, rule.aborts(failedChecks: failed) { return place + 1 }
        }
        return nil
    }

    /// The interval in which a test of all counts so far finds the canary worse at 1 %, asked every time.
    static func repeatedTest(_ ticks: [Tick]) -> Int? {
        var total = ArmCounts(canaryBad: 0, canary: 0, baselineBad: 0, baseline: 0)
        for (place, tick) in ticks.enumerated() {
            let arms = tick.arms
            total.canaryBad += arms.canaryBad
            total.canary += arms.canary
            total.baselineBad += arms.baselineBad
            total.baseline += arms.baseline
            let (n, m) = (Double(total.canary), Double(total.baseline))
            let pooled = Double(total.canaryBad + total.baselineBad) / (n + m)
            let difference = Double(total.canaryBad) / n - Double(total.baselineBad) / m
            let z = difference / (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
            if z > 2.326 { return place + 1 }
        }
        return nil
    }
}

/// Of a number of rollouts, how many came to a decision and when.
struct Tally: Sendable {
    private(set) var runs = 0
    private var ticks: [Int] = []

    mutating func add(_ tick: Int?) {
        runs += 1
        if let tick { ticks.append(tick) }
    }

    var share: Double { Double(ticks.count) / Double(runs) }
    var median: Int? { ticks.isEmpty ? nil : ticks.sorted()[ticks.count / 2] }

    /// An upper bound of the true share with confidence 97.5 %.
    var upper: Double { ProportionInterval.wilson(hits: ticks.count, trials: runs, confidence: 0.95).upper }

    var description: String {
        let percent = "\((share * 10_000).rounded() / 100) %"
        return median.map { "\(percent) (\($0))" } ?? percent
    }
}

extension SeededGenerator {
    /// A number strictly between 0 and 1.
    mutating func unit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// A standard normal number, by the method of Box and Muller.
    mutating func normal() -> Double {
        let radius = (-2 * log(unit())).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    /// How many of a number of trials hit: by the lengths of the gaps between hits.
    mutating func binomial(_ trials: Int, _ probability: Double) -> Int {
        guard probability > 0 else { return 0 }
        guard probability < 1 else { return trials }
        let logMiss = log1p(-probability)
        var place = 0.0
        var hits = 0
        while true {
            place += (log(unit()) / logMiss).rounded(.down) + 1
            if place > Double(trials) { return hits }
            hits += 1
        }
    }
}
