/// What the judge says, with every number that led to it.
public struct Verdict: Sendable, Hashable, Codable {
    /// What is to be done.
    public enum Decision: String, Sendable, Hashable, Codable {
        case promote, rollback
        /// Go on looking.
        case wait
        /// The judge gives up; ``Verdict/fallback`` says what the policy makes of that. Never an implicit yes
        /// or no.
        case inconclusive
    }

    /// Why, in a word for programs.
    public enum Reason: String, Sendable, Hashable, Codable {
        /// There is enough evidence that the canary is worse.
        case harm
        /// There is enough evidence that it is not harmful.
        case safety
        /// An alarm outside of statistics.
        case alarm
        /// Evidence is still gathered.
        case gathering
        /// There is enough evidence, but the policy asks for more time.
        case baking
        /// There is enough evidence about requests, but the canary's pods are no worse than others.
        case heldByPods
        /// Time has run out without enough evidence.
        case undecided
        /// Time has run out and there was nothing to see of a metric.
        case insufficientData
        /// A metric was missing for too long.
        case metricUnavailable
    }

    /// What is to be done.
    public var decision: Decision
    /// Why.
    public var reason: Reason
    /// What to do if the decision is `inconclusive`.
    public var fallback: Policy.Fallback?
    /// The number of the interval that decided, from 1; 0 before the first.
    public var tick: Int
    /// log Σ wE: evidence of harm; nil where no metric has a say yet.
    public var logHarm: Double?
    /// log 1/α, at which it suffices.
    public var harmThreshold: Double
    /// log min F: evidence of safety, of the metric with the least; nil where one has no say yet.
    public var logSafety: Double?
    /// log 1/β, at which it suffices.
    public var safetyThreshold: Double
    /// Whether a step to more traffic may be taken: there are data, and little speaks against the canary.
    public var mayAdvance: Bool
    /// In the policy's order.
    public var metrics: [MetricVerdict]
    /// The alarms of the interval.
    public var alarms: [String]
    /// For a rollback by evidence, log Σ wE as it were without each of the canary's several pods.
    public var logHarmWithoutPod: [String: Double]

    /// Pods without which nothing speaks against the canary: likely a bad pod or node, not a bad version.
    public var suspectPods: [String] {
        logHarmWithoutPod.filter { $0.value <= 0 }.keys.sorted()
    }
}

/// What one metric contributes to a verdict.
public struct MetricVerdict: Sendable, Hashable, Codable {
    /// The metric's name.
    public var name: String
    /// Of sum 1 over all metrics.
    public var weight: Double
    /// log E of the metric, after what is done about pods; nil before it has a say.
    public var logHarm: Double?
    /// log F of the metric; nil before it has a say.
    public var logSafety: Double?
    /// All counts so far; for latencies, of the boundary that speaks loudest of harm.
    public var counts: ArmCounts?
    /// For latencies, each boundary's own evidence.
    public var boundaries: [BoundaryVerdict]
    /// For means, the mean of the differences between the arms and half of its interval's width.
    public var difference: MeanDifference?
    /// How many intervals had data, and how many had none.
    public var observedTicks: Int
    /// How many intervals had no data.
    public var missingTicks: Int
    /// How many intervals in a row have had none, and why the last had none.
    public var missingInARow: Int
    /// Why the last interval had none; nil where it had.
    public var absence: Absence?
    /// nil for metrics that are not counted by pod.
    public var pods: PodVerdict?
}

/// What one boundary of a latency metric contributes.
public struct BoundaryVerdict: Sendable, Hashable, Codable {
    /// In seconds.
    public var boundary: Double
    /// Requests, and those slower than the boundary.
    public var counts: ArmCounts
    /// log E at this boundary alone.
    public var logHarm: Double
    /// log F at this boundary alone.
    public var logSafety: Double
}

/// The difference of two means.
public struct MeanDifference: Sendable, Hashable, Codable {
    /// The canary's minus the baseline's, averaged over intervals.
    public var mean: Double
    /// nil before there are ticks enough for an interval.
    public var radius: Double?
}

/// What the pods of a metric say, and what was made of it.
public struct PodVerdict: Sendable, Hashable, Codable {
    /// What the pods make of evidence.
    public enum Outcome: String, Sendable, Hashable, Codable {
        /// The canary's pods rank worst, or nothing speaks against it anyway.
        case passed
        /// They do not: evidence of harm is not admitted.
        case held
        /// Evidence is divided by the overdispersion.
        case tempered
        /// Too few pods to tell, or not asked for.
        case untreated
    }

    /// What was made of the evidence.
    public var outcome: Outcome
    /// How many pods of the canary have reported.
    public var canaryPods: Int
    /// How many pods of the baseline have reported.
    public var stablePods: Int
    /// Where the canary's pods stand, if that was asked.
    public var rank: PodRank?
    /// By how much the stable pods differ more than by chance; for latencies, at the boundary where most.
    public var overdispersion: Double
}
