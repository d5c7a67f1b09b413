import KubeModel

extension RolloutPlanner {
    /// Decides how requests are split, and answers whether what depends on the split may go on.
    mutating func splitTraffic(_ canary: CanaryStrategy, _ new: ReplicaSetState) -> Bool {
        guard canary.traffic != nil else {
            plan.status.weights = nil
            return true
        }
        let weight = desiredWeight(canary, new)
        // Where stable pods are missing, taking traffic from the canary would overload those that are there.
        guard isStableReady(for: specification.maximumWeight - weight) else { return true }
        let hash =
            isRollingBackDynamically(canary, new)
            ? status.weights?.canary.podTemplateHash ?? ""
            : weight > 0 ? servedByCanary(canary) ?? new.hash : new.hash
        let baselineWeight = baselineWeight(beside: weight)
        var weights = RolloutStatus.Weights(
            canary: .init(weight: weight, podTemplateHash: hash, serviceName: canary.canaryService ?? ""),
            stable: .init(
                weight: specification.maximumWeight - weight - baselineWeight,
                podTemplateHash: stable?.hash ?? "", serviceName: canary.stableService ?? ""))
        if baselineWeight > 0 {
            weights.baseline = .init(
                weight: baselineWeight, podTemplateHash: baselineHash ?? "",
                serviceName: canary.baselineService ?? "")
        }
        if status.weights?.canary != weights.canary || status.weights?.stable != weights.stable {
            let change =
                status.weights.map { "from \($0.canary.weight) to \(weight)" } ?? "to \(weight)"
            if status.weights?.canary.weight != weight {
                tell("TrafficWeightUpdated", "Traffic weight updated \(change)")
            }
        }
        plan.status.weights = weights
        guard let traffic = snapshot.traffic else {
            plan.status.weights?.isVerified = false
            return true
        }
        if traffic.weight == weight, traffic.baseline == baselineWeight {
            plan.status.weights?.isVerified = traffic.isAcknowledged
        } else {
            plan.actions.append(.setWeight(weight, baseline: baselineWeight))
            plan.status.weights?.isVerified = traffic.isAcknowledged == nil ? nil : false
        }
        guard plan.status.weights?.isVerified == false else { return true }
        // The router's answer is an event; looking again covers routers that answer late.
        wake(after: .seconds(10))
        let isAtEnd = (status.currentStepIndex ?? 0) >= canary.steps.count
        return !(weight == specification.maximumWeight && isAtEnd && !status.isFullyPromoted)
    }

    /// The version that the canary's service leads to once this pass is done: on the way back from one that was
    /// replaced before it was rolled out, not the one that is wanted.
    func servedByCanary(_ canary: CanaryStrategy) -> String? {
        let hash = selection(of: canary.canaryService)
        return hash.isEmpty ? nil : hash
    }

    private func desiredWeight(_ canary: CanaryStrategy, _ new: ReplicaSetState) -> Int {
        if isRollingBackDynamically(canary, new) { return weightWhileAborted(canary, new) }
        if status.isFullyPromoted || stable == nil { return 0 }
        if isAborted { return weightWhileAborted(canary, new) }
        if new.available == 0 { return 0 }
        if status.promotesFully {
            guard canary.dynamicStableScale else { return status.weights?.canary.weight ?? 0 }
            // `setCanaryScale` may have made more pods of it than the rollout is to have.
            let available = min(new.available, max(1, specification.replicas))
            return specification.maximumWeight * available / max(1, specification.replicas)
        }
        let index = status.currentStepIndex ?? 0
        guard !canary.steps.isEmpty else {
            // Without steps all traffic moves once the whole new version is there.
            return new.available >= specification.replicas ? specification.maximumWeight : 0
        }
        let replicas = CanaryReplicas(specification: specification, canary: canary, status: status)
        guard replicas.isAtDesiredCounts(new: new, stable: stable, older: others, weights: nil) else {
            return CanaryReplicas.weight(upTo: index - 1, of: canary.steps)
        }
        return index < canary.steps.count ? replicas.currentWeight : specification.maximumWeight
    }

    private func isStableReady(for weight: Int) -> Bool {
        guard let stable else { return status.stableHash.isEmpty }
        let needed = weight * specification.replicas / max(1, specification.maximumWeight)
        if stable.available >= needed { return true }
        guard let canary = specification.canary, canary.progressThreshold != nil else { return false }
        return CanaryReplicas(specification: specification, canary: canary, status: status)
            .isReached(needed, by: stable)
    }

    /// Whether the stable version is wanted again while traffic still goes to the version before.
    func isRollingBackDynamically(_ canary: CanaryStrategy, _ new: ReplicaSetState) -> Bool {
        guard canary.dynamicStableScale, status.isFullyPromoted, let weights = status.weights else {
            return false
        }
        return new.hash == status.stableHash && weights.canary.weight > 0
            && !weights.canary.podTemplateHash.isEmpty && weights.canary.podTemplateHash != status.stableHash
    }

    /// The canary's weight on the way back: nothing at once or, where stable pods grow only now, by their number.
    func weightWhileAborted(_ canary: CanaryStrategy, _ new: ReplicaSetState) -> Int {
        guard canary.dynamicStableScale, let stable, specification.replicas > 0 else { return 0 }
        let maximum = specification.maximumWeight
        let replicas = CanaryReplicas(specification: specification, canary: canary, status: status)
        let desired = replicas.weightBack(from: isRollingBackDynamically(canary, new) ? nil : new, to: stable)
        let served = maximum * stable.available / specification.replicas
        let expected = max(0, maximum - served)
        guard let present = status.weights?.canary.weight else { return max(expected, desired) }
        if desired <= 0 { return min(expected, present) }
        return served < maximum - desired ? present : min(desired, present)
    }
}
