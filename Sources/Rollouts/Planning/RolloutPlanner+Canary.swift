import KubeModel

extension RolloutPlanner {
    mutating func reconcile(_ canary: CanaryStrategy, _ new: ReplicaSetState) {
        if isChanged(canary, new) { return finish(canary, new, isChanged: true) }
        deleteOldReplicaSets()
        selectServices(canary, new)
        let isSettled = splitTraffic(canary, new)
        reconcileBaseline(new)
        reconcileAnalysis(canary, new)
        if pause.added.contains(.inconclusiveAnalysis) || !isSettled { return finish(canary, new) }
        if scale(canary, new) { return finish(canary, new) }
        pauseAtStep(canary)
        finish(canary, new)
    }

    /// Whether the template or the steps are others than those the status speaks of.
    private func isChanged(_ canary: CanaryStrategy, _ new: ReplicaSetState) -> Bool {
        let hasNewSteps = !status.currentStepHash.isEmpty && status.currentStepHash != canary.stepHash
        let hasNewTemplate = !status.currentHash.isEmpty && status.currentHash != new.hash
        return hasNewSteps || hasNewTemplate
    }

    private var currentStep: CanaryStep? {
        guard let canary = specification.canary else { return nil }
        let index = status.currentStepIndex ?? 0
        return index < canary.steps.count ? canary.steps[index] : nil
    }

    var isIndefinite: Bool {
        currentStep?.isIndefinite ?? false || status.conditions[.paused]?.status == .isTrue
    }

    // MARK: Services

    private mutating func selectServices(_ canary: CanaryStrategy, _ new: ReplicaSetState) {
        // Who wants no pods waits for none.
        let waits = specification.replicas > 0
        if let service = canary.stableService, let stable { select(service, stable, whenAvailable: waits) }
        selectBaseline(canary)
        guard let service = canary.canaryService, !isRollingBackDynamically(canary, new) else { return }
        if isAborted, let stable {
            // The canary's pods are about to go: who still reaches its service reaches the stable version.
            if weightWhileAborted(canary, new) == 0 { select(service, stable, whenAvailable: false) }
        } else {
            select(service, new, whenAvailable: waits)
        }
    }

    /// Points a service at a version, once its pods can take requests.
    mutating func select(_ service: String, _ set: ReplicaSetState, whenAvailable: Bool) {
        guard let present = snapshot.services[service], present != set.hash else { return }
        if whenAvailable, set.wanted == 0 || set.available < set.wanted { return }
        plan.actions.append(.select(service: service, hash: set.hash))
        tell(
            "SwitchService",
            "Switched selector for service '\(service)' from '\(present ?? "")' to '\(set.hash)'",
            ofAction: true)
    }

    // MARK: Pods

    /// Scales what is to be scaled next, and answers whether there was something.
    private mutating func scale(_ canary: CanaryStrategy, _ new: ReplicaSetState) -> Bool {
        if isHalted { return false }
        removeScaleDownDeadlines()
        let replicas = CanaryReplicas(specification: specification, canary: canary, status: status)
        let counts = replicas.counts(new: new, stable: stable, older: others, weights: heaviestWeights)
        if let stable, stable.name != new.name,
            scale(stable, to: max(counts.stable, indispensable(of: stable)))
        {
            return true
        }
        if let decision = scaleAborted(new) {
            if decision { return true }
        } else if scale(new, to: max(counts.new, indispensable(of: new))) {
            return true
        }
        return scaleDownOthers(canary)
    }

    /// The pods of a version that cannot go while those of all others do not suffice.
    private func indispensable(of set: ReplicaSetState) -> Int {
        // Whoever the stable service still reaches serves all that the canary does not.
        if let service = specification.canary?.stableService, snapshot.services[service] == set.hash,
            snapshot.traffic != nil, status.stableHash != set.hash
        {
            return set.wanted
        }
        let available = snapshot.replicaSets.reduce(0) { $0 + $1.available }
        let removable = max(0, available - (specification.replicas - specification.fenceposts.unavailable))
        return min(set.wanted, max(0, set.available - removable))
    }

    /// For each side the greatest of the weights it has, gets and by the router really has, so that pods never go
    /// before their traffic.
    ///
    /// Differs from Argo Rollouts, which looks at those of the status and so can take the last pods of a version
    /// that gets all traffic back in the same pass, or got it before its controller was killed.
    private var heaviestWeights: RolloutStatus.Weights? {
        guard var weights = status.weights ?? plan.status.weights else { return nil }
        let next = plan.status.weights ?? weights
        let seen = snapshot.traffic?.weight ?? weights.canary.weight
        // A controller that was killed may have sent traffic that no status tells of to whom the service leads to.
        if seen > 0, let new, let canary = specification.canary, servedByCanary(canary) == new.hash {
            weights.canary.podTemplateHash = new.hash
        }
        let all = specification.maximumWeight
        // Routes that disagree have a weight below nothing.
        weights.canary.weight = min(all, max(weights.canary.weight, next.canary.weight, seen))
        weights.stable.weight = min(all, max(weights.stable.weight, next.stable.weight, all - seen))
        return weights
    }

    private mutating func scaleDownOthers(_ canary: CanaryStrategy) -> Bool {
        var hasScaled = false
        var active = others.filter { $0.wanted > 0 }
        guard !active.isEmpty else { return false }
        // Pods that serve nobody only stand in the way.
        for place in active.indices where active[place].available < active[place].wanted {
            if canary.traffic != nil, active[place].scaleDownDeadline != nil || isReferenced(active[place]) {
                continue
            }
            if scale(active[place], to: active[place].available) { hasScaled = true }
            active[place].wanted = active[place].available
        }
        let available = snapshot.replicaSets.reduce(0) { $0 + $1.available }
        var removable = available - (specification.replicas - specification.fenceposts.unavailable)
        var delayed = 0
        for set in active.sorted(by: { $0.revision > $1.revision }) where set.wanted > 0 {
            if canary.traffic != nil, isReferenced(set) { continue }
            guard removable > 0 else { break }
            var target = max(0, set.wanted - removable)
            let isReplaced = status.isFullyPromoted || set.scaleDownDeadline != nil
            if canary.traffic != nil, isReplaced, !canary.dynamicStableScale {
                target = max(target, delayedCount(of: set, whileUp: set.wanted, &delayed))
            }
            if scale(set, to: target) {
                hasScaled = true
                removable -= set.wanted - target
            }
        }
        return hasScaled
    }

    // MARK: Pause

    private mutating func pauseAtStep(_ canary: CanaryStrategy) {
        if specification.isPaused || status.promotesFully || isAborted { return }
        guard case .pause(let duration)? = currentStep else { return }
        guard let condition = status.pauses.first(where: { $0.reason == .canaryPauseStep }) else {
            if !status.controllerPause {
                pause.added.append(.canaryPauseStep)
                if let duration { wake(after: duration) }
            }
            return
        }
        if let duration { wake(after: condition.start.advanced(by: duration).duration(since: now)) }
    }

    private func isPauseOver(_ duration: Duration?) -> Bool {
        let condition = status.pauses.first { $0.reason == .canaryPauseStep }
        if status.controllerPause, condition == nil { return true }
        guard let duration, let condition else { return false }
        return now >= condition.start.advanced(by: duration)
    }

    // MARK: Status

    private mutating func finish(_ canary: CanaryStrategy, _ new: ReplicaSetState, isChanged: Bool = false) {
        countPods(new)
        plan.status.availableReplicas = snapshot.replicaSets.reduce(0) { $0 + $1.available }
        plan.status.autoscalerReplicas = plan.status.replicas
        plan.status.selector = selectorText
        plan.status.currentStepHash = canary.stepHash
        let end = canary.steps.isEmpty ? nil : canary.steps.count
        if isChanged {
            reset()
            plan.status.currentStepIndex = canary.steps.isEmpty ? nil : 0
            if status.stableHash == new.hash {
                if end != nil { tell("SkipSteps", "Rollback to stable ReplicaSets") }
                plan.status.currentStepIndex = end
            } else if isRollbackWithinWindow, new.wanted > 0 {
                tell("SkipSteps", "Rollback to active ReplicaSets within RollbackWindow")
                plan.status.currentStepIndex = end
            }
            plan.wakeAfter = .zero
            return persist(new)
        }
        var index = canary.steps.isEmpty ? nil : status.currentStepIndex ?? 0
        if status.promotesFully || isRollbackWithinWindow {
            pause.clears = true
            pause.removesAbort = true
            if end != nil { index = end }
        }
        if let reason = reasonToPromote(canary, new) {
            promote(new, reason)
            plan.status.currentStepIndex = end
        } else if isAborted {
            if end != nil { plan.status.currentStepIndex = plan.status.isFullyPromoted ? end : 0 }
        } else {
            if let step = currentStep, isCompleted(step, canary, new), let present = index {
                index = present + 1
                plan.status.stepRun = nil
                pause.removed.insert(.canaryPauseStep)
                tell(
                    "RolloutStepCompleted",
                    "Rollout step \(present + 1)/\(canary.steps.count) completed (\(step.description))")
                plan.wakeAfter = .zero
            }
            plan.status.currentStepIndex = index
        }
        persist(new)
    }

    private func isCompleted(_ step: CanaryStep, _ canary: CanaryStrategy, _ new: ReplicaSetState) -> Bool {
        guard !specification.isPaused else { return false }
        switch step {
        case .pause(let duration): return isPauseOver(duration)
        case .setWeight, .setCanaryScale:
            let replicas = CanaryReplicas(specification: specification, canary: canary, status: status)
            guard
                replicas.isAtDesiredCounts(
                    new: new, stable: stable, older: others, weights: plan.status.weights)
            else { return false }
            guard isBaselineSettled else { return false }
            // Who wants no pods has nothing that could get requests, nor anything to wait for.
            if specification.replicas == 0 { return true }
            if case .setWeight(let weight) = step, let weights = plan.status.weights {
                return weights.canary.weight == weight && weights.isVerified != false
                    && weights.baseline?.weight ?? 0 == fullBaselineWeight(beside: weight)
            }
            return true
        case .analysis: return run(for: .step)?.phase == "Successful"
        }
    }

    /// Why the new version is now the stable one, nil where it is not yet (`shouldFullPromote`).
    private func reasonToPromote(_ canary: CanaryStrategy, _ new: ReplicaSetState) -> String? {
        guard stable != nil else { return "Initial deploy" }
        if isAborted { return nil }
        let replicas = CanaryReplicas(specification: specification, canary: canary, status: status)
        let isEnough =
            new.available >= specification.replicas
            || canary.progressThreshold != nil && replicas.isReached(specification.replicas, by: new)
        guard isEnough else { return nil }
        if status.promotesFully { return "Full promotion requested" }
        if isFastRollback { return isRollbackWithinWindow ? "Rollback within window" : "Fast rollback" }
        // Differs from Argo Rollouts: with a router that tells, all traffic must have arrived first.
        if canary.traffic != nil, plan.status.weights?.isVerified == false { return nil }
        let isDone = canary.steps.isEmpty || (status.currentStepIndex ?? 0) >= canary.steps.count
        return isDone ? "Completed all \(canary.steps.count) canary steps" : nil
    }
}
