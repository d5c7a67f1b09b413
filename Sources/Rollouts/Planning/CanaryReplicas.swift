import Judge

/// How many pods canary and stable get (Argo Rollouts, `utils/replicaset/canary.go`).
struct CanaryReplicas {
    let specification: RolloutSpecification
    let canary: CanaryStrategy
    let status: RolloutStatus

    /// The two counts to scale to now.
    struct Counts: Equatable {
        var new: Int
        var stable: Int
    }

    /// Both counts for the strategy at hand.
    ///
    /// - Parameters:
    ///   - new: of the version that is wanted.
    ///   - stable: of the version users have; nil at first.
    ///   - older: all others.
    ///   - weights: how traffic is split, with a router.
    func counts(
        new: ReplicaSetState?, stable: ReplicaSetState?, older: [ReplicaSetState],
        weights: RolloutStatus.Weights?
    ) -> Counts {
        canary.traffic == nil
            ? basic(new: new, stable: stable, older: older)
            : routed(new: new, stable: stable, weights: weights)
    }

    // MARK: Weight of pods

    private var maximum: Int { specification.maximumWeight }
    private var total: Int { specification.replicas }

    /// How many pods the canary is to have: a number, as many as its requests need, or as many as somebody chose
    /// whatever its requests.
    private enum Share { case replicas(Int), weight(Int), chosenWeight(Int) }

    private func share(new: ReplicaSetState?, stable: ReplicaSetState?) -> Share {
        if status.promotesFully || status.stableHash.isEmpty || status.currentHash == status.stableHash {
            return .weight(maximum)
        }
        switch explicitScale {
        case .replicas(let count): return .replicas(count)
        case .weight(let weight): return .chosenWeight(weight)
        case .matchTrafficWeight, nil: return .weight(desiredWeight(new: new, stable: stable))
        }
    }

    /// The last `setCanaryScale` up to the present step, where it still holds.
    private var explicitScale: CanaryStep.CanaryScale? {
        guard canary.traffic != nil else { return nil }
        if status.isAborted, specification.abortScaleDownDelay != nil { return nil }
        let index = status.currentStepIndex ?? 0
        guard index < canary.steps.count else { return nil }
        for step in canary.steps[...index].reversed() {
            if case .setCanaryScale(let scale) = step { return scale == .matchTrafficWeight ? nil : scale }
        }
        return nil
    }

    /// The weight of the present step: the last that was set; all after the last step, nothing when aborted.
    var currentWeight: Int {
        if status.isAborted { return 0 }
        let index = status.currentStepIndex ?? 0
        guard index < canary.steps.count else { return maximum }
        return Self.weight(upTo: index, of: canary.steps)
    }

    /// The last weight set by the steps up to and with one, nothing before the first.
    static func weight(upTo index: Int, of steps: [CanaryStep]) -> Int {
        guard index >= 0 else { return 0 }
        for case .setWeight(let weight) in steps.prefix(index + 1).reversed() { return weight }
        return 0
    }

    /// The weight the canary's pods are for; on an abort with scaled stable pods, the steps in reverse.
    func desiredWeight(new: ReplicaSetState?, stable: ReplicaSetState?) -> Int {
        guard status.isAborted, canary.dynamicStableScale, let new, let stable else { return currentWeight }
        return weightBack(from: new, to: stable)
    }

    /// The greatest weight of a step that the stable pods of now can be relieved by, nothing once they suffice.
    ///
    /// - Parameter canarySet: whose pods go along with the weight; nil where they stay until it is nothing.
    func weightBack(from canarySet: ReplicaSetState?, to stable: ReplicaSetState) -> Int {
        let missing = total - stable.available
        let needed = specification.hasExplicitAbortDelay ? missing : max(missing, canarySet?.available ?? 0)
        for case .setWeight(let weight) in canary.steps.reversed() where pods(for: weight) < needed {
            return weight
        }
        return 0
    }

    private func pods(for weight: Int) -> Int { (weight * total + maximum - 1) / maximum }

    private func atLeastMinimum(_ count: Int) -> Int {
        guard count > 0, let minimum = canary.minPodsPerReplicaSet, canary.traffic != nil else {
            return count
        }
        return max(count, min(minimum, total))
    }

    // MARK: With a router

    private func routed(
        new: ReplicaSetState?, stable: ReplicaSetState?, weights: RolloutStatus.Weights?
    ) -> Counts {
        var canaryPods: Int
        var weight = 0
        switch share(new: new, stable: stable) {
        case .replicas(let count): canaryPods = count
        case .weight(let share):
            weight = share
            canaryPods = atLeastMinimum(pods(for: share))
        case .chosenWeight(let share):
            // The stable version needs pods for the requests that the canary does not get, however many pods it has.
            weight = min(share, desiredWeight(new: new, stable: stable))
            canaryPods = atLeastMinimum(pods(for: share))
        }
        // Pods never go before their traffic. Of a number that somebody chose, one suffices.
        if let weights, weights.canary.weight > 0, weights.canary.podTemplateHash == new?.hash {
            let serving = explicitScale == nil ? pods(for: weights.canary.weight) : 1
            canaryPods = max(canaryPods, serving)
        }
        guard canary.dynamicStableScale else { return Counts(new: canaryPods, stable: total) }
        var stablePods = pods(for: maximum - weight)
        if let weights {
            var served = weights.stable.weight
            // After a promotion the canary's service leads to what is the stable version now, until there is a new one.
            if weights.canary.podTemplateHash == stable?.hash {
                served = min(maximum, served + weights.canary.weight)
            }
            stablePods = max(stablePods, pods(for: served))
        }
        return Counts(new: atLeastMinimum(canaryPods), stable: atLeastMinimum(stablePods))
    }

    // MARK: Without a router

    private func basic(new: ReplicaSetState?, stable: ReplicaSetState?, older: [ReplicaSetState]) -> Counts {
        let (surge, unavailable) = specification.fenceposts
        var desired: Counts
        switch share(new: new, stable: stable) {
        case .replicas(let count): desired = Counts(new: count, stable: max(0, total - count))
        case .weight(let weight), .chosenWeight(let weight):
            let split = ReplicaSplit(
                replicas: total, weight: weight, maximumWeight: maximum, maximumSurge: surge)
            desired = Counts(new: split.canary, stable: split.stable)
        }
        // At first, and once the wanted version is the stable one, there is nothing to split.
        let stable = stable?.name == new?.name ? nil : stable
        var counts = Counts(new: new?.wanted ?? 0, stable: stable?.wanted ?? 0)
        if stable == nil { desired = Counts(new: total, stable: 0) }

        let limit = total + surge
        let sum = counts.new + counts.stable + older.reduce(0) { $0 + $1.wanted }
        var room = limit - sum
        if let stable, stable.wanted < desired.stable, room > 0 {
            counts.stable = min(stable.wanted + room, desired.stable)
            room -= counts.stable - stable.wanted
        }
        if let new, new.wanted < desired.new, room > 0 { counts.new = min(new.wanted + room, desired.new) }
        // Older versions go first.
        guard older.allSatisfy({ $0.wanted == 0 }) else { return counts }

        let minimum = total - unavailable
        let grows = new.map { desired.new >= $0.wanted } ?? true
        let removable =
            Self.removable(new, ignoresAvailability: !grows)
            + Self.removable(stable, ignoresAvailability: grows)
        guard removable > minimum else { return counts }
        let surplus = removable - minimum
        if !grows, let new {
            if new.wanted > desired.new { counts.new = max(desired.new, new.wanted - surplus) }
            (counts.new, counts.stable) = Self.clamp(
                counts.new, of: new, counts.stable, of: stable, limit: limit, minimum: minimum)
        } else if let stable {
            if stable.wanted > desired.stable { counts.stable = max(desired.stable, stable.wanted - surplus) }
            (counts.stable, counts.new) = Self.clamp(
                counts.stable, of: stable, counts.new, of: new, limit: limit, minimum: minimum)
        }
        return counts
    }

    private static func removable(_ set: ReplicaSetState?, ignoresAvailability: Bool) -> Int {
        guard let set else { return 0 }
        return set.wanted < set.available || ignoresAvailability ? set.wanted : set.available
    }

    /// Keeps the sum of both within the limit without going below the available pods that are needed.
    private static func clamp(
        _ drained: Int, of drain: ReplicaSetState, _ adjusted: Int, of adjust: ReplicaSetState?, limit: Int,
        minimum: Int
    ) -> (drained: Int, adjusted: Int) {
        guard let adjust else { return (drained, adjusted) }
        var (drained, adjusted) = (drained, adjusted)
        adjusted -= max(0, adjusted + drained - limit)
        let available = min(drain.available, drained) + min(adjust.available, adjusted)
        let spare = max(0, adjust.available - adjusted)
        adjusted += min(spare, max(0, minimum - available))
        drained -= max(0, adjusted + drained - limit)
        return (drained, adjusted)
    }

    /// The pods that a canary of the present step has once all of them are there.
    var canaryPods: Int {
        if canary.traffic != nil { return routed(new: nil, stable: nil, weights: nil).new }
        return ReplicaSplit(
            replicas: total, weight: currentWeight, maximumWeight: maximum,
            maximumSurge: specification.fenceposts.surge
        ).canary
    }

    // MARK: Progress

    /// Whether enough of the wanted pods of a version are available.
    func isReached(_ desired: Int, by set: ReplicaSetState?) -> Bool {
        guard let set else { return false }
        switch canary.progressThreshold {
        case .percent(let percent) where percent >= 0:
            return desired == 0 || set.available * 100 >= percent * desired
        case .pods(let count) where count >= 0: return set.available >= count
        default:
            // With a router, pods beyond the wanted number wait for their traffic to go first.
            if canary.traffic != nil { return set.wanted >= desired && set.available >= desired }
            return set.wanted == desired && set.available == desired
        }
    }

    /// Whether all pods of the present step are there (`AtDesiredReplicaCountsForCanary`).
    func isAtDesiredCounts(
        new: ReplicaSetState?, stable: ReplicaSetState?, older: [ReplicaSetState],
        weights: RolloutStatus.Weights?
    ) -> Bool {
        let desired = counts(new: new, stable: stable, older: older, weights: weights)
        guard isReached(desired.new, by: new) else { return false }
        if canary.traffic == nil || !canary.dynamicStableScale {
            guard let stable, stable.wanted == desired.stable, stable.present == desired.stable else {
                return false
            }
        }
        return canary.traffic != nil || older.allSatisfy { $0.available == 0 }
    }
}
