import Judge
public import KubeModel

/// Everything a plan depends on: the same snapshot always gives the same plan.
public struct RolloutSnapshot: Sendable {
    /// An analysis run of the rollout.
    public struct Run: Sendable, Hashable {
        /// What a run is for, as its label `rollout-type` tells it.
        public enum Purpose: String, Sendable, Hashable {
            case step = "Step"
            case background = "Background"
            case prePromotion = "PrePromotion"
            case postPromotion = "PostPromotion"
        }
        /// Unique in the rollout's namespace.
        public var name: String
        /// What it is for.
        public var purpose: Purpose
        /// The version it judges.
        public var hash: String
        /// The step it was made for, nil for other purposes.
        public var step: Int?
        /// What it has come to; empty before it is taken up.
        public var phase: String
        /// Why it has come to that.
        public var message: String
        /// Whether it was asked to end.
        public var isTerminating: Bool
        /// By which later runs are told from earlier ones.
        public var created: Timestamp

        /// Describes a run.
        public init(
            name: String, purpose: Purpose, hash: String, step: Int? = nil, phase: String,
            message: String = "",
            isTerminating: Bool = false, created: Timestamp
        ) {
            (self.name, self.purpose, self.hash, self.step) = (name, purpose, hash, step)
            (self.phase, self.message) = (phase, message)
            (self.isTerminating, self.created) = (isTerminating, created)
        }

        var isCompleted: Bool { ["Successful", "Failed", "Error", "Inconclusive"].contains(phase) }
    }

    /// What a router shows.
    public struct Traffic: Sendable, Hashable {
        /// The canary's weight as it is set.
        public var weight: Int
        /// Whether the router has taken it up; nil where it cannot tell.
        public var isAcknowledged: Bool?
        /// The weight of the fresh baseline as it is set.
        public var baseline = 0

        /// Describes what a router shows.
        public init(weight: Int, isAcknowledged: Bool?, baseline: Int = 0) {
            (self.weight, self.isAcknowledged, self.baseline) = (weight, isAcknowledged, baseline)
        }
    }

    /// Unique in the rollout's namespace.
    public var name: String
    /// Of the rollout's specification.
    public var generation: Int64
    /// What is asked for.
    public var specification: RolloutSpecification
    /// The first fault of the specification, nil where it can be reconciled.
    public var fault: String?
    /// Whether the fault is that something is not there, which may come.
    public var lacksReference = false
    /// For how long what is not there is waited for before the rollout counts as degraded.
    public var referenceGrace = Duration.zero
    /// The status as it was last written.
    public var status: RolloutStatus
    /// The hash of the template that is wanted.
    public var wantedHash: String
    /// All versions that there are, in no order.
    public var replicaSets: [ReplicaSetState]
    /// The hashes of versions whose ReplicaSets are being deleted: until they are gone their names are taken.
    public var goingHashes: Set<String> = []
    /// The baselines that there are, of this update and of others; none of them is a version.
    public var baselines: [FreshBaseline] = []
    /// Whether an analysis of the rollout compares with a fresh baseline.
    public var wantsFreshBaseline = false
    /// Pods of the version that is wanted.
    public var pods: [CanaryPod] = []
    /// Pods of the version that users have, where that is another, with those of its fresh baseline.
    public var stablePods: [CanaryPod] = []
    /// All analysis runs that there are, in no order.
    public var runs: [Run] = []
    /// The pod template hash that a service selects, nil for none; services that do not exist are missing.
    public var services: [String: String?] = [:]
    /// Services that were the rollout's once and that its strategy does not name any more.
    public var abandonedServices: [String] = []
    /// nil without traffic routing.
    public var traffic: Traffic?
    /// The one time that a plan knows.
    public var now: Timestamp

    /// Describes a rollout that has nothing yet.
    public init(
        name: String, generation: Int64, specification: RolloutSpecification, status: RolloutStatus,
        wantedHash: String, replicaSets: [ReplicaSetState], now: Timestamp
    ) {
        (self.name, self.generation) = (name, generation)
        (self.specification, self.status) = (specification, status)
        (self.wantedHash, self.replicaSets, self.now) = (wantedHash, replicaSets, now)
    }
}
