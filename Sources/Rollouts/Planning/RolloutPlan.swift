public import KubeModel

/// What is to be done for a rollout now.
public struct RolloutPlan: Sendable {
    /// In order; what fails is tried again from the next snapshot.
    public var actions: [RolloutAction] = []
    /// The status once the actions are done.
    public var status: RolloutStatus
    /// When to look again though nothing changes.
    public var wakeAfter: Duration?
    /// What to tell people.
    public var events: [Event] = []

    /// Something worth telling.
    public struct Event: Sendable, Hashable {
        /// Whether something is wrong.
        public var isWarning = false
        /// Whether it tells of an action, so that it is true once that is done, whatever becomes of the status.
        public var isOfAction = false
        /// A word for programs, one of Argo Rollouts'.
        public var reason: String
        /// A sentence for people.
        public var message: String
    }
}

/// A change to what a rollout owns.
public enum RolloutAction: Sendable, Hashable {
    case createReplicaSet(hash: String, revision: Int, replicas: Int)
    case setRevision(replicaSet: String, revision: Int)
    case scale(replicaSet: String, replicas: Int)
    case setScaleDownDeadline(replicaSet: String, Timestamp?)
    /// Marks a version that was aborted, or takes the mark away.
    case setRejected(replicaSet: String, Timestamp?)
    case deleteReplicaSet(String)
    case select(service: String, hash: String)
    /// Lets a service that is the rollout's no longer select pods of all versions again.
    case release(service: String)
    /// The canary's weight, and that of the fresh baseline beside it.
    case setWeight(Int, baseline: Int = 0)
    /// A ReplicaSet of the stable version's pods that is none of the versions.
    case createBaseline(hash: String, stableHash: String, replicas: Int)
    case deleteBaseline(String)
    case startRun(RunRequest)
    case terminateRun(String)
    case deleteRun(String)
    /// Keeps a version from being tried again, and asks for its revert in git.
    case quarantine(hash: String, revision: Int, reason: String)

    /// Whether it makes an analysis run.
    var isStartOfRun: Bool { if case .startRun = self { true } else { false } }
    /// Whether it leads a service to a version.
    var isSelection: Bool { if case .select = self { true } else { false } }
    /// Whether it splits requests.
    var isSplit: Bool { if case .setWeight = self { true } else { false } }
}

/// An analysis run to be made.
public struct RunRequest: Sendable, Hashable {
    /// What the run is for.
    public var purpose: RolloutSnapshot.Run.Purpose
    /// The version to judge.
    public var hash: String
    /// The version to compare with.
    public var stableHash: String
    /// The fresh baseline to compare with instead, where the update has one.
    public var baselineHash: String?
    /// Of the version to judge; part of the name.
    public var revision: Int
    /// The step it belongs to, nil for other purposes.
    public var step: Int?
    /// The run of the step before that judged the same version.
    public var previous: String?
    /// The templates, and what they are given.
    public var reference: AnalysisReference

    /// What the run's name ends in after rollout, hash and revision; empty for background runs.
    public var suffix: String {
        switch purpose {
        case .step: step.map { "-\($0)" } ?? ""
        case .background: ""
        case .prePromotion: "-pre"
        case .postPromotion: "-post"
        }
    }
}
