import KubeModel

extension RolloutPlanner {
    /// The pods of all versions, and of the one that is wanted.
    mutating func countPods(_ new: ReplicaSetState) {
        plan.status.currentHash = new.hash
        plan.status.replicas = snapshot.replicaSets.reduce(0) { $0 + $1.present }
        plan.status.updatedReplicas = new.present
        plan.status.readyReplicas = snapshot.replicaSets.reduce(0) { $0 + $1.ready }
        plan.status.promotesFully = status.promotesFully && new.hash != status.stableHash
        plan.status.observedGeneration = String(snapshot.generation)
    }

    var selectorText: String {
        ((try? LabelSelector(field: specification.selector)) ?? .nothing).description
    }

    /// The status of an update that has not begun: `resetRolloutStatus`.
    mutating func reset() {
        pause.clears = true
        pause.removesAbort = true
        pause.abort = nil
        plan.status.promotesFully = false
        plan.status.prePromotionRun = nil
        plan.status.postPromotionRun = nil
        plan.status.isPreviewScaledUp = false
        plan.status.stepRun = nil
        plan.status.backgroundRun = nil
        plan.status.forecast = []
    }

    /// Makes the new version the stable one.
    mutating func promote(_ new: ReplicaSetState, _ reason: String) {
        pause.clears = true
        pause.removesAbort = true
        plan.status.promotesFully = false
        plan.status.isPreviewScaledUp = false
        guard plan.status.stableHash != new.hash else { return }
        let outcome = plan.status.attempt?.outcome ?? (status.promotesFully ? .fastPromoted : .promoted)
        plan.status.attempt?.outcome = outcome
        plan.status.stableHash = new.hash
        if new.isRejected { plan.actions.append(.setRejected(replicaSet: new.name, nil)) }
        plan.wakeAfter = .zero
        tell("RolloutCompleted", "Rollout completed update to revision \(revision) (\(new.hash)): \(reason)")
    }

    /// Settles pauses, aborts, conditions and the phase.
    mutating func persist(_ new: ReplicaSetState) {
        abortAtDeadline(new)
        if pause.abort != nil, !status.isAborted { sendTrafficBack(new) }
        settlePauses()
        if !status.pauses.isEmpty, plan.status.pauses.isEmpty, !plan.status.isAborted {
            tell("RolloutResumed", "Rollout is resumed")
        }
        noteRejection(new)
        settleConditions(new)
        settlePhase()
        settleAttempt(new)
        if pause.abort != nil, !status.isAborted, plan.status.isAborted, pause.quarantines {
            plan.actions.append(
                .quarantine(hash: new.hash, revision: revision, reason: pause.abort ?? ""))
        }
    }

    // MARK: Pauses and aborts

    /// Marks a version that is aborted, so that it is judged again when it comes back.
    private mutating func noteRejection(_ new: ReplicaSetState) {
        guard plan.status.isAborted, !new.isRejected, !plan.status.stableHash.isEmpty,
            plan.status.stableHash != new.hash
        else { return }
        plan.actions.append(.setRejected(replicaSet: new.name, now.wholeSeconds))
    }

    /// Takes traffic from a version that has just failed before anything else becomes of it.
    private mutating func sendTrafficBack(_ new: ReplicaSetState) {
        // Nothing more is asked of it.
        plan.actions.removeAll(where: \.isStartOfRun)
        switch specification.strategy {
        case .canary(let canary):
            plan.actions.removeAll(where: \.isSplit)
            _ = splitTraffic(canary, new)
        case .blueGreen(let blueGreen):
            let service = blueGreen.activeService
            plan.actions.removeAll { if case .select(service, _) = $0 { true } else { false } }
            switchActive(blueGreen, new)
            plan.status.activeHash = selection(of: service)
        }
        // Whatever comes of the other actions, services first, as the requests go where they lead.
        let selections = plan.actions.filter(\.isSelection)
        let splits = plan.actions.filter(\.isSplit)
        plan.actions.removeAll { $0.isSelection || $0.isSplit }
        plan.actions = selections + splits + plan.actions
    }

    private mutating func settlePauses() {
        plan.status.pauses = []
        plan.status.controllerPause = false
        if isAborted {
            plan.status.isAborted = true
            plan.status.abortedAt = status.abortedAt ?? now.wholeSeconds
            // Who waits for the analysis is told by the phase; nothing else is left to wait for.
            if !status.isAborted { plan.wakeAfter = .zero }
            return
        }
        plan.status.isAborted = false
        if status.abortedAt != nil {
            // A retry is a new attempt: what was measured before says nothing of it.
            plan.status.abortedAt = nil
            plan.status.stepRun = nil
            plan.status.backgroundRun = nil
            plan.status.prePromotionRun = nil
            plan.status.postPromotionRun = nil
        }
        if pause.clears { return }
        var pauses = status.pauses.filter { !pause.removed.contains($0.reason) }
        var isOurs = status.controllerPause
        for reason in pause.added where !status.isPaused(for: reason) {
            pauses.append(.init(reason: reason, start: now.wholeSeconds))
            isOurs = true
            tell("RolloutPaused", "Rollout is paused (\(reason.rawValue))")
        }
        // A resumption is remembered until the step it was for is done, which clears everything.
        if pauses.isEmpty {
            let isRemembered = status.controllerPause && status.pauses.isEmpty && pause.removed.isEmpty
            plan.status.controllerPause = isRemembered
            if !status.pauses.isEmpty { plan.wakeAfter = .zero }
            return
        }
        plan.status.pauses = pauses
        plan.status.controllerPause = isOurs
    }

    private mutating func abortAtDeadline(_ new: ReplicaSetState) {
        guard specification.abortsAtDeadline, !isAborted, !plan.status.isFullyPromoted, !hasProgressed,
            isTimed, hasTimedOut
        else { return }
        let message = "ReplicaSet \"\(new.name)\" has timed out progressing."
        pause.abort = message
        // Where only pods of the stable version are missing, the new one is not to blame.
        pause.quarantines = isBaselineSettled
    }

    // MARK: Progress

    var pulling: CanaryPod? { snapshot.pods.first(where: \.isPulling) }

    /// Whether lack of progress counts now: not in steps that wait, nor while pods of older versions have their
    /// time, nor while an image is on its way.
    private var isTimed: Bool {
        !isIndefinite && !others.contains { $0.scaleDownDeadline != nil } && pulling == nil
    }

    private var hasTimedOut: Bool {
        guard let condition = status.conditions[.progressing] else { return false }
        if condition.reason == "ProgressDeadlineExceeded" { return true }
        // Nothing could move meanwhile.
        if condition.reason == Self.missingReference { return false }
        guard let last = condition.lastUpdate else { return false }
        return last.advanced(by: specification.progressDeadline) < now
    }

    private var hasProgressed: Bool {
        let next = plan.status
        return next.updatedReplicas != status.updatedReplicas
            || next.replicas - next.updatedReplicas < status.replicas - status.updatedReplicas
            || next.readyReplicas > status.readyReplicas || next.availableReplicas > status.availableReplicas
            || next.stableHash != status.stableHash || next.currentStepIndex != status.currentStepIndex
            || next.currentStepHash != status.currentStepHash || next.activeHash != status.activeHash
    }

    private var isHealthy: Bool {
        let next = plan.status
        let isDone: Bool
        switch specification.strategy {
        case .canary(let canary):
            let isAtEnd = canary.steps.isEmpty || next.currentStepIndex == canary.steps.count
            let isAlone = canary.traffic != nil || next.replicas == specification.replicas
            isDone = isAtEnd && next.isFullyPromoted && isAlone
        case .blueGreen(let blueGreen):
            isDone =
                next.activeHash == next.currentHash && next.stableHash == next.currentHash
                && (blueGreen.previewService == nil || next.previewHash == next.currentHash)
        }
        // Differs from Argo Rollouts, which counts available pods of all versions.
        return isDone && next.updatedReplicas == specification.replicas
            && new?.available == specification.replicas && next.availableReplicas >= specification.replicas
    }

    // MARK: Conditions

    /// Says that a pause or an abort has begun or ended since the last look.
    mutating func noteResumption() {
        guard status.observedGeneration == String(snapshot.generation) else { return }
        let progressing = status.conditions[.progressing]
        let isPaused = !status.pauses.isEmpty || specification.isPaused
        let wasAborted = progressing?.reason == "RolloutAborted"
        let isCompleted = status.isFullyPromoted
        if isPaused != (progressing?.reason == "RolloutPaused"), !wasAborted, !isCompleted {
            let condition: RolloutCondition? =
                isPaused
                ? .init(.progressing, .unknown, "RolloutPaused", "Rollout is paused")
                : progressing?.reason == "RolloutPaused"
                    ? .init(.progressing, .unknown, "RolloutResumed", "Rollout is resumed") : nil
            if let condition { plan.status.conditions.set(condition, now: now) }
        }
        if !status.isAborted, wasAborted {
            plan.status.conditions.set(
                .init(.progressing, .unknown, "RolloutRetry", "Retrying Rollout after abort"), now: now)
        }
        let paused = status.conditions[.paused]?.status == .isTrue
        if isPaused != paused, !wasAborted {
            plan.status.conditions.set(
                .init(.paused, isPaused ? .isTrue : .isFalse, "RolloutPaused", "Rollout is paused"), now: now)
            // Where somebody else ended the pause; what ends one here tells it itself.
            if !isPaused, paused, progressing?.reason == "RolloutPaused" {
                tell("RolloutResumed", "Rollout is resumed")
            }
        }
    }

    private mutating func settleConditions(_ new: ReplicaSetState) {
        let isPaused = !plan.status.pauses.isEmpty || specification.isPaused
        var becameUnhealthy = false
        if !isPaused, isHealthy {
            set(.healthy, .isTrue, "RolloutHealthy", "Rollout is healthy")
        } else if status.conditions[.healthy] != nil {
            becameUnhealthy = set(.healthy, .isFalse, "RolloutHealthy", "Rollout is not healthy")
        }
        if plan.status.isAborted {
            var message = "Rollout aborted update to revision \(revision)"
            if let reason = pause.abort { message += ": \(reason)" }
            if set(.progressing, .isFalse, "RolloutAborted", message) { warn("RolloutAborted", message) }
        } else {
            settleProgress(new, becameUnhealthy)
        }
        let isAvailable: Bool
        if specification.blueGreen != nil {
            let active = snapshot.replicaSets.first { $0.hash == plan.status.activeHash }
            isAvailable = active.map { $0.available >= specification.replicas } ?? false
        } else {
            isAvailable = plan.status.availableReplicas >= specification.replicas
        }
        let availability =
            isAvailable ? "Rollout has minimum availability" : "Rollout does not have minimum availability"
        set(.available, isAvailable ? .isTrue : .isFalse, "AvailableReason", availability)
        if let failure = new.failure ?? snapshot.replicaSets.compactMap(\.failure).first {
            set(.replicaFailure, .isTrue, failure.reason, failure.message)
        } else {
            plan.status.conditions.remove(.replicaFailure)
        }
        if plan.status.isFullyPromoted {
            set(.completed, .isTrue, "RolloutCompleted", "RolloutCompleted")
        } else if set(.completed, .isFalse, "RolloutCompleted", "RolloutCompleted") {
            tell(
                "RolloutNotCompleted",
                "Rollout not completed, started update to revision \(revision) (\(plan.status.currentHash))")
        }
    }

    private mutating func settleProgress(_ new: ReplicaSetState, _ becameUnhealthy: Bool) {
        let name = "ReplicaSet \"\(new.name)\""
        if isHealthy {
            set(.progressing, .isTrue, "NewReplicaSetAvailable", "\(name) has successfully progressed.")
        } else if hasProgressed || becameUnhealthy
            || status.conditions[.progressing]?.reason == Self.missingReference
        {
            let isDisturbed = plan.status.isFullyPromoted && becameUnhealthy
            plan.status.conditions.renew(
                RolloutCondition(
                    .progressing, .isTrue, isDisturbed ? "ReplicaSetNotAvailable" : "ReplicaSetUpdated",
                    isDisturbed ? "Rollout does not have minimum availability" : "\(name) is progressing."),
                now: now)
        } else if isTimed, hasTimedOut {
            set(.progressing, .isFalse, "ProgressDeadlineExceeded", "\(name) has timed out progressing.")
        } else if isTimed, let last = plan.status.conditions[.progressing]?.lastUpdate {
            wake(after: last.advanced(by: specification.progressDeadline + .seconds(1)).duration(since: now))
        } else if pulling != nil, let progressing = plan.status.conditions[.progressing],
            progressing.lastUpdate.map({ now.duration(since: $0) >= .seconds(5) }) ?? false
        {
            // The time of a pull does not count: the deadline moves along while it lasts.
            plan.status.conditions.renew(progressing, now: now)
            wake(after: .seconds(5))
        }
    }

    @discardableResult
    private mutating func set(
        _ kind: RolloutCondition.Kind, _ status: Condition.Status, _ reason: String, _ message: String
    ) -> Bool {
        plan.status.conditions.set(RolloutCondition(kind, status, reason, message), now: now)
    }

    // MARK: Phase

    private mutating func settlePhase() {
        (plan.status.phase, plan.status.message) = phase
    }

    /// The phase and why (`CalculateRolloutPhase`).
    private var phase: (RolloutPhase, String) {
        let next = plan.status
        if let invalid = next.conditions[.invalidSpec] {
            return (.degraded, "InvalidSpec: \(invalid.message)")
        }
        if let progressing = next.conditions[.progressing],
            ["RolloutAborted", "ProgressDeadlineExceeded"].contains(progressing.reason)
        {
            return (.degraded, "\(progressing.reason): \(progressing.message)")
        }
        if specification.isPaused { return (.paused, "manually paused") }
        if let first = next.pauses.first { return (.paused, first.reason.rawValue) }
        if let pod = pulling, next.updatedReplicas > next.availableReplicas - stableAvailable {
            let size = pod.pulled.map { " (\($0.bytes) of \($0.total) bytes)" } ?? ""
            return (.progressing, "pod \(pod.name) is pulling its image\(size)")
        }
        if next.updatedReplicas < specification.replicas,
            specification.blueGreen != nil || next.isFullyPromoted
        {
            return (.progressing, "more replicas need to be updated")
        }
        let ofNew = next.isFullyPromoted ? new?.available ?? 0 : next.availableReplicas
        if min(ofNew, next.availableReplicas) < specification.replicas {
            return (.progressing, "updated replicas are still becoming available")
        }
        switch specification.strategy {
        case .blueGreen:
            if next.activeHash.isEmpty || next.activeHash != next.currentHash {
                return (.progressing, "active service cutover pending")
            }
            if next.stableHash != next.currentHash {
                return (.progressing, "waiting for analysis to complete")
            }
        case .canary(let canary):
            if !isBaselineSettled {
                return (.progressing, "pods of the fresh baseline are still becoming available")
            }
            if next.stableHash.isEmpty || next.stableHash != next.currentHash {
                return (.progressing, "more replicas need to be updated")
            }
            if canary.traffic == nil, next.replicas > next.updatedReplicas {
                return (.progressing, "old replicas are pending termination")
            }
        }
        return (.healthy, "")
    }

    private var stableAvailable: Int { stable?.name == new?.name ? 0 : stable?.available ?? 0 }
}
