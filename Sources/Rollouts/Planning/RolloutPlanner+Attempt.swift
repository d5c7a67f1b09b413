import KubeModel

extension RolloutPlanner {
    /// Settles when the attempt under way began, for how long it has waited for people, and how it ended
    /// (`calculateStatusDuration`). Everything else of the status has to be settled by then.
    mutating func settleAttempt(_ new: ReplicaSetState) {
        var attempt = plan.status.attempt
        defer { plan.status.attempt = attempt }
        let isChanged = isTemplateChanged(new)
        let isWhole = plan.status.isFullyPromoted && new.available >= specification.replicas
        if let present = attempt, present.finished == nil {
            // A change in the middle goes back to an earlier version, or begins the next attempt.
            if isChanged {
                attempt = isRollback ? present : nil
                attempt?.outcome = isFastRollback ? .fastRolledBack : .rolledBack
            }
            if isWhole {
                attempt?.finish(otherwise: .promoted, now: now)
                return
            }
            if plan.status.isAborted { attempt?.finish(otherwise: .aborted, now: now) }
        }
        let isOpen = attempt.map { $0.finished != nil && !isWhole } ?? true
        let isRetry = !plan.status.isAborted && status.conditions[.progressing]?.reason == "RolloutAborted"
        // Where the strategy alone has changed, nothing is brought out.
        if isOpen, isChanged && (!isWhole || status.currentHash.isEmpty) || isRetry {
            attempt = RolloutAttempt(started: now)
        }
        guard attempt?.finished == nil else { return }
        if !waitsForPeople {
            attempt?.stopWaiting(now: now)
        } else if attempt?.waitsSince == nil {
            attempt?.waitsSince = now.wholeSeconds
        }
    }

    private func isTemplateChanged(_ new: ReplicaSetState) -> Bool {
        if status.currentHash != new.hash { return true }
        guard let canary = specification.canary else { return false }
        return !status.currentStepHash.isEmpty && status.currentStepHash != canary.stepHash
    }

    /// Whether the rollout waits for somebody, and not only for its time (`requiresManualAction`).
    private var waitsForPeople: Bool {
        if specification.isPaused { return true }
        return plan.status.pauses.contains { pause in
            switch pause.reason {
            case .inconclusiveAnalysis: return true
            case .blueGreenPause:
                return specification.blueGreen.map { $0.autoPromotionDelay == .zero } ?? false
            case .canaryPauseStep:
                guard let canary = specification.canary, let index = plan.status.currentStepIndex,
                    index < canary.steps.count, case .pause(let duration) = canary.steps[index]
                else { return false }
                return duration == nil
            }
        }
    }
}
