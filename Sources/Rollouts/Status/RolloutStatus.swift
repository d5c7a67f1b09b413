public import KubeModel
import Manifest

/// A Rollout's status, in the fields that `kubectl argo rollouts` writes and reads.
///
/// Fields this does not know stay in the object.
public struct RolloutStatus: Sendable, Hashable {
    /// A wait and since when it lasts.
    public struct PauseCondition: Sendable, Hashable {
        /// Why it waits.
        public var reason: PauseReason
        /// Since when; a duration counts from here.
        public var start: Timestamp
    }

    /// Where a part of the traffic goes.
    public struct WeightDestination: Sendable, Hashable {
        /// Of `maxTrafficWeight`, which is 100 unless the strategy says otherwise.
        public var weight: Int
        /// The version that serves it.
        public var podTemplateHash: String
        /// The service that leads there.
        public var serviceName: String
    }

    /// How the traffic is split.
    public struct Weights: Sendable, Hashable {
        /// What goes to the version that is wanted.
        public var canary: WeightDestination
        /// What goes to the version that users have.
        public var stable: WeightDestination
        /// What goes to a fresh baseline, nil where that is nothing.
        public var baseline: WeightDestination?
        /// Whether the router has taken up the weights; nil where it cannot tell.
        public var isVerified: Bool?
    }

    /// An analysis run the rollout looks at.
    public struct RunReference: Sendable, Hashable {
        /// The AnalysisRun's name, in the rollout's namespace.
        public var name: String
        /// What it has come to; empty before it is taken up.
        public var phase: String
        /// What is said of it.
        public var message: String
    }

    /// What it has come to; empty before it is taken up.
    public var phase: RolloutPhase?
    /// What is said of it.
    public var message = ""
    /// `status.abort`: whether somebody or an analysis has sent the traffic back.
    public var isAborted = false
    /// When that was; cleared by a retry.
    public var abortedAt: Timestamp?
    /// `status.pauseConditions`, in the order in which they began.
    public var pauses: [PauseCondition] = []
    /// Whether the controller paused; true without ``pauses`` means that somebody resumed.
    public var controllerPause = false
    /// Whether somebody asked to skip what is left.
    public var promotesFully = false
    /// `status.currentPodHash`: the version that is wanted.
    public var currentHash = ""
    /// The steps that ``currentStepIndex`` counts; others begin anew.
    public var currentStepHash = ""
    /// The step under way, from 0; their number once all are done, nil without steps.
    public var currentStepIndex: Int?
    /// `status.stableRS`: the version that users have; empty before the first.
    public var stableHash = ""
    /// The pods of all versions.
    public var replicas = 0
    /// The pods of the version that is wanted.
    public var updatedReplicas = 0
    /// Those of all versions that are ready; for blue-green, of the active one.
    public var readyReplicas = 0
    /// Those of all versions that are available; for blue-green, of the active one.
    public var availableReplicas = 0
    /// `status.HPAReplicas`: what an autoscaler counts.
    public var autoscalerReplicas = 0
    /// What an autoscaler finds its pods by.
    public var selector = ""
    /// How often a hash was taken by another template.
    public var collisions: Int?
    /// The generation the status speaks of.
    public var observedGeneration = ""
    /// nil without a router.
    public var weights: Weights?
    /// The analysis of the present step.
    public var stepRun: RunReference?
    /// The analysis beside all steps.
    public var backgroundRun: RunReference?
    /// The version behind the preview service.
    public var previewHash = ""
    /// The version behind the active service.
    public var activeHash = ""
    /// Whether a smaller preview has grown to its full number.
    public var isPreviewScaledUp = false
    /// The analysis before the switch.
    public var prePromotionRun: RunReference?
    /// The analysis after the switch.
    public var postPromotionRun: RunReference?
    /// The conditions, each of a kind once.
    public var conditions = RolloutConditions()
    /// How long the latest attempt takes or took; nil where none was counted.
    public var attempt: RolloutAttempt?
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
