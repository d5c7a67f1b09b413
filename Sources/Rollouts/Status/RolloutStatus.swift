public import KubeModel
import Manifest

/// A Rollout's status, in the fields that `kubectl argo rollouts` writes and reads.
///
/// Fields this does not know stay in the object.
public struct RolloutStatus: Sendable, Hashable {
    /// A wait and since when it lasts.
    public struct PauseCondition: Sendable, Hashable {
        public var reason: PauseReason
        public var start: Timestamp
    }

    /// Where a part of the traffic goes.
    public struct WeightDestination: Sendable, Hashable {
        public var weight: Int
        public var podTemplateHash: String
        public var serviceName: String
    }

    /// How the traffic is split.
    public struct Weights: Sendable, Hashable {
        public var canary: WeightDestination
        public var stable: WeightDestination
        /// Whether the router has taken up the weights; nil where it cannot tell.
        public var isVerified: Bool?
    }

    /// An analysis run the rollout looks at.
    public struct RunReference: Sendable, Hashable {
        public var name: String
        public var phase: String
        public var message: String
    }

    public var phase: RolloutPhase?
    public var message = ""
    public var isAborted = false
    public var abortedAt: Timestamp?
    public var pauses: [PauseCondition] = []
    /// Whether the controller paused; true without ``pauses`` means that somebody resumed.
    public var controllerPause = false
    /// Whether somebody asked to skip what is left.
    public var promotesFully = false
    public var currentHash = ""
    public var currentStepHash = ""
    public var currentStepIndex: Int?
    public var stableHash = ""
    public var replicas = 0
    public var updatedReplicas = 0
    public var readyReplicas = 0
    public var availableReplicas = 0
    public var autoscalerReplicas = 0
    public var selector = ""
    public var collisions: Int?
    public var observedGeneration = ""
    public var weights: Weights?
    public var stepRun: RunReference?
    public var backgroundRun: RunReference?
    public var previewHash = ""
    public var activeHash = ""
    public var isPreviewScaledUp = false
    public var prePromotionRun: RunReference?
    public var postPromotionRun: RunReference?
    public var conditions = RolloutConditions()
    /// What the planner forecasts of the judge before the first step, a sentence a weight.
    public var forecast: [String] = []

    /// The status of a Rollout that nobody has looked at.
    public init() {}

    /// Whether the wanted version is the stable one.
    public var isFullyPromoted: Bool { !currentHash.isEmpty && currentHash == stableHash }

    /// Whether the rollout waits for a reason.
    public func isPaused(for reason: PauseReason) -> Bool { pauses.contains { $0.reason == reason } }
}

extension RolloutStatus {
    /// Remembers a run that was just made.
    mutating func note(run name: String, for purpose: RolloutSnapshot.Run.Purpose) {
        let reference = RunReference(name: name, phase: "", message: "")
        switch purpose {
        case .step: stepRun = reference
        case .background: backgroundRun = reference
        case .prePromotion: prePromotionRun = reference
        case .postPromotion: postPromotionRun = reference
        }
    }
}
