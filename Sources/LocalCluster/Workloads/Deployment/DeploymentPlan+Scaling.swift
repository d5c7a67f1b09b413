import KubeClient
import KubeModel

// How many pods each set is to have.

extension DeploymentPlan {
    /// Gives a set a size; sets that have it are only told of the deployment's.
    mutating func scale(_ place: Int, to size: Int) {
        let set = sets[place]
        var missing = StringMap()
        for (name, text) in sizeAnnotations where set.annotations[name] != text { missing[name] = text }
        guard size != set.replicas || !missing.isEmpty else { return }
        var change = ReplicaSetChange(name: set.name, uid: set.uid, annotations: missing)
        if size != set.replicas { change.replicas = size }
        act(.update(change))
        if size != set.replicas {
            let direction = size > set.replicas ? "up" : "down"
            act(
                .note(
                    .normal, reason: "ScalingReplicaSet",
                    message: "Scaled \(direction) replica set \(set.name) from \(set.replicas) to \(size)"))
        }
        // Its status does not tell of this size yet.
        if size != set.replicas { sets[place].generation += 1 }
        sets[place].replicas = size
        sets[place].annotations.merge(missing)
    }

    // MARK: Rolling update

    /// The size the new set may have while there are `total` pods, `size` of them its own (`NewRSNewReplicas`).
    func newSetSize(beside total: Int, now size: Int) -> Int {
        guard deployment.isRollingUpdate else { return deployment.replicas }
        let room = deployment.replicas + deployment.surge - total
        guard room > 0 else { return size }
        return size + min(room, deployment.replicas - size)
    }

    /// Scales the new set up as far as the surge allows, or down to what is wanted; answers whether it did.
    mutating func scaleNewSet() -> Bool {
        guard let place = newPlace, sets[place].replicas != deployment.replicas else { return false }
        let before = sets[place].replicas
        let total = sets.reduce(0) { $0 + $1.replicas }
        let size =
            before > deployment.replicas ? deployment.replicas : newSetSize(beside: total, now: before)
        guard size != before else { return false }
        scale(place, to: size)
        return true
    }

    /// Scales old sets down as far as enough pods stay available; answers whether it did.
    mutating func scaleDownOldSets() -> Bool {
        guard oldPlaces.contains(where: { sets[$0].replicas > 0 }), let place = newPlace else { return false }
        let total = sets.reduce(0) { $0 + $1.replicas }
        let minimum = deployment.replicas - deployment.unavailable
        let notYetThere = sets[place].replicas - min(sets[place].available, sets[place].replicas)
        let limit = total - minimum - notYetThere
        guard limit > 0 else { return false }
        let cleaned = removeUnhealthy(limit)
        return removeAvailable(minimum) + cleaned > 0
    }

    /// Removes old pods that are not available, which costs nobody anything; without it a broken old version could
    /// block the new one. Answers how many.
    private mutating func removeUnhealthy(_ limit: Int) -> Int {
        var removed = 0
        for place in oldPlaces where removed < limit && sets[place].replicas > 0 {
            let set = sets[place]
            let count = min(limit - removed, set.replicas - set.available)
            guard count > 0 else { continue }
            removed += count
            scale(place, to: set.replicas - count)
        }
        return removed
    }

    /// Removes old pods while more than the minimum are available; answers how many.
    private mutating func removeAvailable(_ minimum: Int) -> Int {
        // Pods beyond a set's size are on their way out, whatever its status still says.
        let limit = sets.reduce(0) { $0 + min($1.available, $1.replicas) } - minimum
        var removed = 0
        for place in oldPlaces where removed < limit && sets[place].replicas > 0 {
            let count = min(limit - removed, sets[place].replicas)
            removed += count
            scale(place, to: sets[place].replicas - count)
        }
        return max(removed, 0)
    }

    // MARK: A change of size

    /// Shares a change of the deployment's size among its sets in proportion to theirs, so that the mix of versions in
    /// the middle of a roll-out stays as it was.
    mutating func scaleProportionally() {
        if let only = activeOrLatest {
            if sets[only].replicas != deployment.replicas {
                scale(only, to: deployment.replicas)
            } else {
                // Also the one that has the size already is told that it was wanted.
                if sets[only].annotations[DeploymentAnnotations.desiredReplicas]
                    != String(deployment.replicas)
                {
                    scale(only, to: deployment.replicas)
                }
            }
            return
        }
        if isSaturated {
            for place in oldPlaces where sets[place].replicas > 0 { scale(place, to: 0) }
            return
        }
        guard deployment.isRollingUpdate else { return }
        let active = sets.indices.filter { sets[$0].replicas > 0 }
        let allowed = deployment.replicas > 0 ? deployment.replicas + deployment.surge : 0
        let difference = allowed - active.reduce(0) { $0 + sets[$1].replicas }
        let places = active.sorted { first, second in
            let (left, right) = (sets[first], sets[second])
            if left.replicas != right.replicas { return left.replicas > right.replicas }
            return difference > 0 ? first > second : first < second
        }
        var sizes: [Int] = []
        var added = 0
        for place in places {
            let part = difference == 0 ? 0 : proportion(of: sets[place], difference: difference, added: added)
            added += part
            sizes.append(sets[place].replicas + part)
        }
        // What rounding left over goes to the largest set.
        if let first = sizes.first, difference != 0 { sizes[0] = max(first + difference - added, 0) }
        for (place, size) in zip(places, sizes) { scale(place, to: size) }
    }

    /// The one set that has pods or, where none has, the newest one; nil where several have.
    var activeOrLatest: Int? {
        let active = sets.indices.filter { sets[$0].replicas > 0 }
        if active.count > 1 { return nil }
        return active.first ?? newPlace ?? oldPlaces.last
    }

    /// Whether the new set has everything that is wanted, and all of it is available.
    var isSaturated: Bool {
        guard let place = newPlace else { return false }
        let set = sets[place]
        return set.replicas == deployment.replicas && set.available == deployment.replicas
            && set.annotations[DeploymentAnnotations.desiredReplicas] == String(deployment.replicas)
    }

    /// A set's part of a change (`GetReplicaSetProportion`), always in the direction of the whole: where only the surge
    /// was changed, a set's proportion is to a size of before, and no set is to shrink while others grow.
    private func proportion(of set: ReplicaSetState, difference: Int, added: Int) -> Int {
        guard set.replicas > 0, difference != added else { return 0 }
        let part = fraction(of: set)
        let rest = difference - added
        return difference > 0 ? min(max(part, 0), rest) : max(min(part, 0), rest)
    }

    private func fraction(of set: ReplicaSetState) -> Int {
        guard deployment.replicas > 0 else { return -set.replicas }
        let before =
            set.annotations[DeploymentAnnotations.maxReplicas].flatMap { Int($0) }
            ?? deployment.status.replicas
        guard before > 0 else { return 0 }
        let size = Double(set.replicas * (deployment.replicas + deployment.surge)) / Double(before)
        return Int(size.rounded()) - set.replicas
    }
}
