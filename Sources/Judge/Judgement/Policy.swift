/// What a user asks of the judge: which errors it may make, for how long it may look, and at what.
public struct Policy: Sendable, Hashable, Codable {
    /// What becomes of a rollout that time runs out on.
    public enum Fallback: String, Sendable, Hashable, Codable {
        case hold, rollback, promote
    }

    /// α: with what probability a release no worse than tolerated is rolled back at all.
    ///
    /// Per rollout, however often one looks.
    public var falseRollback = 0.01
    /// β: the probability that a harmful release is promoted.
    public var missBad = 0.05
    /// How long an interval is, in seconds.
    public var tickSeconds = 60
    /// Before as many intervals nothing is promoted.
    public var minimumTicks = 0
    /// After as many intervals the judge gives up.
    public var maximumTicks = 60
    /// After more than this many intervals in a row without data of a metric, it cannot be judged.
    public var maximumMissingTicks = 5
    /// What becomes of a rollout that is still undecided at the end.
    public var onInconclusive = Fallback.hold
    /// What becomes of a rollout about which there was nothing to see.
    public var onInsufficientData = Fallback.hold
    /// How many pods of the canary must report; 1 waives the protection against judging one pod.
    public var minimumCanaryPods = 2
    /// What is done about pods that differ for reasons of their own.
    public var podEffects = PodEffects()
    /// What is compared; one at least must count.
    public var metrics: [Metric]

    /// Describes what is asked.
    public init(metrics: [Metric]) { self.metrics = metrics }

    /// The weights of the metrics, of sum 1.
    var weights: [Double] {
        let sum = metrics.reduce(0) { $0 + $1.weight }
        return metrics.map { $0.weight / sum }
    }
}

/// What is done about pods that differ for reasons of their own.
///
/// Both measures only remove rollbacks, so that the bound on false ones stays.
public struct PodEffects: Sendable, Hashable, Codable {
    /// Which measure is taken.
    public enum Treatment: String, Sendable, Hashable, Codable {
        /// Gate where there are pods enough for it, else temper.
        case automatic
        /// Roll back only if the canary's pods rank worst among all pods.
        case gate
        /// Divide evidence by how much more the stable pods differ than by chance.
        case temper
        /// Requests are taken to be independent.
        case off
    }

    /// Which measure is taken.
    public var treatment = Treatment.automatic
    /// The probability, by chance, of a rank sum as high as the canary's, up to which a rollback passes.
    public var gate = 0.01

    /// Describes what is asked.
    public init(_ treatment: Treatment = .automatic, gate: Double = 0.01) {
        self.treatment = treatment
        self.gate = gate
    }
}
