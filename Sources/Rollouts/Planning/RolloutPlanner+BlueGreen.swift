import KubeModel

extension RolloutPlanner {
    mutating func reconcile(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) {
        if let service = blueGreen.previewService { select(service, new, whenAvailable: false) }
        if !status.currentHash.isEmpty, status.currentHash != new.hash {
            return finish(blueGreen, new, isChanged: true)
        }
        scale(blueGreen, new)
        reconcileBaseline(new)
        deleteOldReplicaSets()
        pauseBeforeSwitch(blueGreen, new)
        switchActive(blueGreen, new)
        reconcileAnalysis(blueGreen, new)
        finish(blueGreen, new)
    }

    // MARK: Pods

    private mutating func scale(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) {
        removeScaleDownDeadlines()
        if let stable, stable.name != new.name { _ = scale(stable, to: specification.replicas) }
        if scaleAborted(new) == nil { _ = scale(new, to: wantedPods(blueGreen, new)) }
        scaleDownOthers(blueGreen, new)
    }

    /// A preview may run smaller until all that precedes the switch has passed.
    private func wantedPods(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) -> Int {
        guard let preview = blueGreen.previewReplicaCount,
            !status.activeHash.isEmpty, status.activeHash != new.hash, status.stableHash != new.hash,
            !status.isPreviewScaledUp, !isFastTracked(new)
        else { return specification.replicas }
        return preview
    }

    private mutating func scaleDownOthers(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) {
        if status.isPaused(for: .inconclusiveAnalysis) { return }
        // Until a version has become active, users may be served by any.
        if status.activeHash.isEmpty, new.available < specification.replicas { return }
        // Without a delay the old version stays until the analysis that follows the switch has passed.
        if blueGreen.postPromotionAnalysis != nil, blueGreen.scaleDownDelay == nil, !status.isFullyPromoted,
            status.activeHash == new.hash, run(for: .postPromotion)?.phase != "Successful"
        {
            return
        }
        var delayed = 0
        for set in others.sorted(by: { $0.revision > $1.revision }) where set.wanted > 0 && !isReferenced(set)
        {
            _ = scale(set, to: delayedCount(of: set, whileUp: specification.replicas, &delayed))
        }
    }

    // MARK: Pause and switch

    private var activeSelection: String? {
        guard let service = specification.blueGreen?.activeService else { return nil }
        return snapshot.services[service] ?? nil
    }

    private func isFastTracked(_ new: ReplicaSetState) -> Bool {
        isFastRollback || status.promotesFully || activeSelection == nil || activeSelection == new.hash
    }

    private func isReadyForPause(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) -> Bool {
        let wanted = status.isPreviewScaledUp ? specification.replicas : wantedPods(blueGreen, new)
        return new.wanted == wanted && new.available >= wanted
    }

    private func hasPassedPreAnalysis(_ blueGreen: BlueGreenStrategy) -> Bool {
        blueGreen.prePromotionAnalysis == nil || run(for: .prePromotion)?.phase == "Successful"
    }

    private mutating func pauseBeforeSwitch(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) {
        if isAborted || !isReadyForPause(blueGreen, new) || isHalted { return }
        guard !isFastTracked(new), !status.isPreviewScaledUp, blueGreen.pauses else {
            pause.removed.insert(.blueGreenPause)
            return
        }
        guard hasPassedPreAnalysis(blueGreen) else { return }
        guard let condition = status.pauses.first(where: { $0.reason == .blueGreenPause }) else {
            if !status.controllerPause {
                pause.added.append(.blueGreenPause)
                if blueGreen.isAutoPromoted { wake(after: blueGreen.autoPromotionDelay) }
            }
            return
        }
        if isPauseOver(blueGreen) {
            pause.removed.insert(.blueGreenPause)
        } else if blueGreen.autoPromotionDelay > .zero {
            wake(after: condition.start.advanced(by: blueGreen.autoPromotionDelay).duration(since: now))
        }
    }

    private func isPauseOver(_ blueGreen: BlueGreenStrategy) -> Bool {
        if !pause.added.isEmpty { return false }
        if status.isPreviewScaledUp { return true }
        let condition = status.pauses.first { $0.reason == .blueGreenPause }
        if blueGreen.isAutoPromoted || blueGreen.autoPromotionDelay > .zero {
            if blueGreen.autoPromotionDelay == .zero { return true }
            if let condition { return now >= condition.start.advanced(by: blueGreen.autoPromotionDelay) }
        }
        return status.controllerPause && condition == nil
    }

    mutating func switchActive(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) {
        let service = blueGreen.activeService
        if isAborted {
            // Users go back to the stable version first of all.
            if let stable { select(service, stable, whenAvailable: false) }
            return
        }
        guard new.wanted >= specification.replicas, new.available >= specification.replicas else { return }
        if !isFastTracked(new) {
            guard !isHalted, hasPassedPreAnalysis(blueGreen), !blueGreen.pauses || isPauseOver(blueGreen)
            else {
                return
            }
        }
        // Who wants no pods waits for none.
        select(service, new, whenAvailable: specification.replicas > 0)
    }

    // MARK: Status

    private mutating func finish(
        _ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState, isChanged: Bool = false
    ) {
        countPods(new)
        plan.status.currentStepHash = ""
        plan.status.currentStepIndex = nil
        plan.status.weights = nil
        if isChanged {
            reset()
            plan.wakeAfter = .zero
        }
        if status.promotesFully || isRollbackWithinWindow {
            pause.clears = true
            pause.removesAbort = true
        }
        plan.status.previewHash = selection(of: blueGreen.previewService)
        plan.status.activeHash = selection(of: blueGreen.activeService)
        if !isChanged {
            if let reason = reasonToPromote(blueGreen, new) {
                promote(new, reason)
            } else {
                plan.status.isPreviewScaledUp = isPreviewDone(blueGreen, new)
            }
        }
        let active = snapshot.replicaSets.first { $0.hash == plan.status.activeHash }
        plan.status.availableReplicas =
            active?.available ?? snapshot.replicaSets.reduce(0) { $0 + $1.available }
        plan.status.readyReplicas = active?.ready ?? plan.status.readyReplicas
        plan.status.autoscalerReplicas = active?.present ?? plan.status.replicas
        plan.status.selector = selectorText
        if let active {
            plan.status.selector +=
                "\(selectorText.isEmpty ? "" : ",")\(PodTemplateIdentity.hashLabel)=\(active.hash)"
        }
        persist(new)
    }

    private func isPreviewDone(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) -> Bool {
        guard let preview = blueGreen.previewReplicaCount else { return false }
        if status.isPreviewScaledUp { return true }
        guard hasPassedPreAnalysis(blueGreen), !blueGreen.pauses || isPauseOver(blueGreen) else {
            return false
        }
        return new.available == preview
    }

    /// What a service selects once this pass is done.
    func selection(of service: String?) -> String {
        guard let service else { return "" }
        for case .select(service, let hash) in plan.actions { return hash }
        return (snapshot.services[service] ?? nil) ?? ""
    }

    private func reasonToPromote(_ blueGreen: BlueGreenStrategy, _ new: ReplicaSetState) -> String? {
        guard stable != nil, !status.activeHash.isEmpty else { return "Initial deploy" }
        guard plan.status.activeHash == new.hash else { return nil }
        if status.promotesFully { return "Full promotion requested" }
        if isFastRollback { return isRollbackWithinWindow ? "Rollback within window" : "Fast rollback" }
        if isAborted { return nil }
        if blueGreen.postPromotionAnalysis != nil, run(for: .postPromotion)?.phase != "Successful" {
            return nil
        }
        return "Completed blue-green update"
    }
}
