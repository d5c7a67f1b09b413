import KubeModel
import Manifest
import Rollouts

/// What people do to rollouts, as `slipway rollout` and `kubectl argo rollouts` do it.
enum RolloutSteering: String, Sendable, CaseIterable {
    /// Ends the pause that is.
    case goOn = "continue"
    /// Leaves the present step out.
    case skip
    /// Skips all that is left.
    case full
    case abort, retry, pause, resume

    /// Whether the change is one of the status.
    var isOfStatus: Bool { self != .pause && self != .resume }

    /// Whether it is meant for one version alone.
    var isOfVersion: Bool { isOfStatus }

    /// Whether it is meant for one step alone.
    var isOfStep: Bool { self == .goOn || self == .skip }

    /// What has become of the rollout, for a sentence.
    var done: String {
        switch self {
        case .goOn: "goes on"
        case .skip: "goes on with its next step"
        case .full: "is promoted fully"
        case .abort: "is aborted: traffic goes back to the stable version"
        case .retry: "is tried again from its first step"
        case .pause: "is held"
        case .resume: "is let go"
        }
    }

    /// What is to be merged into a rollout as it is.
    ///
    /// - Throws: ``DashboardError`` with code `invalid` where there is nothing to do.
    func change(of rollout: Value) throws(DashboardError) -> Value {
        let summary = RolloutSummary(rollout)
        func require(_ condition: Bool, _ otherwise: String) throws(DashboardError) {
            guard condition else {
                throw DashboardError(.invalid, "\(rollout.metadata.name): \(otherwise)")
            }
        }
        switch self {
        case .goOn, .skip:
            try require(!summary.isAborted, "the rollout is aborted; try it again instead")
            try require(summary.isUnderWay, "users have the version that is wanted already")
            try require(!summary.specification.isPaused, "the rollout is held; let it go first")
            if self == .goOn {
                try require(!summary.status.pauses.isEmpty, "it waits for nobody")
                return ["status": ["pauseConditions": .null]]
            }
            try require(summary.status.pauses.isEmpty, "it waits for somebody; let it go on instead")
            let count = summary.canary?.steps.count ?? 0
            let index = summary.status.currentStepIndex ?? 0
            try require(index < count, "there is no step left to skip")
            return ["status": ["currentStepIndex": .integer(Int64(index + 1))]]
        case .full:
            try require(
                summary.isUnderWay || summary.isAborted, "users have the version that is wanted already")
            return ["status": ["promoteFull": true]]
        case .abort:
            try require(summary.isUnderWay, "no update is under way")
            return ["status": ["abort": true]]
        case .retry:
            try require(summary.isAborted, "the rollout is not aborted")
            return ["status": ["abort": false]]
        case .pause: return ["spec": ["paused": true]]
        case .resume: return ["spec": ["paused": .null]]
        }
    }
}
