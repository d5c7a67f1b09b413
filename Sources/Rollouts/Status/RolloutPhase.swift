/// The phases of a Rollout, in Argo Rollouts' words.
public enum RolloutPhase: String, Sendable, Hashable {
    case healthy = "Healthy"
    case degraded = "Degraded"
    case progressing = "Progressing"
    case paused = "Paused"
}

/// Why a rollout waits for somebody or something, in Argo Rollouts' words.
public enum PauseReason: String, Sendable, Hashable {
    case canaryPauseStep = "CanaryPauseStep"
    case blueGreenPause = "BlueGreenPause"
    case inconclusiveAnalysis = "InconclusiveAnalysisRun"
}
