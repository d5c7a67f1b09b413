import KubeModel

extension RolloutPlanner {
    /// Deletes what exceeds the history, the oldest first, unless it still has pods.
    mutating func deleteOldReplicaSets() {
        let excess = others.count - specification.revisionHistoryLimit
        guard excess > 0 else { return }
        for set in others.prefix(excess) where set.wanted == 0 && set.present == 0 && set.isObserved {
            plan.actions.append(.deleteReplicaSet(set.name))
            for run in snapshot.runs where run.hash == set.hash { plan.actions.append(.deleteRun(run.name)) }
        }
    }

    /// Whether an aborted version's pods stay for a while.
    var delaysScaleDownOnAbort: Bool {
        guard isAborted, stable != nil, specification.abortScaleDownDelay != nil else { return false }
        guard let canary = specification.canary else { return true }
        return canary.traffic != nil && (!canary.dynamicStableScale || specification.hasExplicitAbortDelay)
    }

    /// Takes back the end of pods that are needed again.
    mutating func removeScaleDownDeadlines() {
        // A version that comes back while it is still up is known by its deadline, until users have it: a pass that
        // was interrupted after this would otherwise take it for one that was never judged.
        let isComingBack = isStillUp && status.stableHash != new?.hash
        for set in [delaysScaleDownOnAbort || isComingBack ? nil : new, stable] {
            guard let set, set.scaleDownDeadline != nil else { continue }
            let action = RolloutAction.setScaleDownDeadline(replicaSet: set.name, nil)
            if !plan.actions.contains(action) { plan.actions.append(action) }
        }
    }

    /// What becomes of an aborted version's pods: nil where the usual count holds, else whether they were scaled.
    mutating func scaleAborted(_ new: ReplicaSetState) -> Bool? {
        guard isAborted, let stable, new.name != stable.name else { return nil }
        guard let delay = specification.abortScaleDownDelay else {
            // A delay of zero means that somebody wants to look at the pods. Without a router they would serve.
            return specification.canary.map { $0.traffic != nil } ?? true ? false : nil
        }
        guard delaysScaleDownOnAbort else { return nil }
        if let deadline = new.scaleDownDeadline {
            if deadline > now {
                wake(after: deadline.duration(since: now))
                return false
            }
            return scale(new, to: 0)
        }
        // The time begins once the stable version can do without them.
        if stable.available >= specification.replicas, new.wanted > 0 {
            let deadline = now.advanced(by: delay).wholeSeconds
            plan.actions.append(.setScaleDownDeadline(replicaSet: new.name, deadline))
            wake(after: delay)
        }
        return false
    }

    /// The pods of a version that was replaced: as many as before until its time is over.
    mutating func delayedCount(of set: ReplicaSetState, whileUp count: Int, _ delayed: inout Int) -> Int {
        delayed += 1
        guard delayed <= specification.scaleDownDelayRevisionLimit else { return 0 }
        guard let deadline = set.scaleDownDeadline else {
            let delay = specification.scaleDownDelay
            // Differs from Argo Rollouts, where no delay keeps the pods for ever (issue 1992).
            guard delay > .zero else { return 0 }
            let end = now.advanced(by: delay).wholeSeconds
            plan.actions.append(.setScaleDownDeadline(replicaSet: set.name, end))
            wake(after: delay)
            return set.wanted
        }
        guard deadline > now else { return 0 }
        wake(after: deadline.duration(since: now))
        return count
    }

    /// Whether requests may still reach a version: by status, weights or a service's selector.
    func isReferenced(_ set: ReplicaSetState) -> Bool {
        var hashes = [status.stableHash, status.currentHash, status.activeHash, status.previewHash]
        if let weights = status.weights {
            // A weight of nothing sends nobody there.
            if weights.canary.weight > 0 { hashes.append(weights.canary.podTemplateHash) }
            hashes.append(weights.stable.podTemplateHash)
        }
        if hashes.contains(set.hash) { return true }
        return snapshot.services.values.contains { $0 == set.hash }
    }

    /// Answers for pods beyond their number: what no statistics are needed for.
    ///
    /// A version that crashes again and again, runs out of memory, or loses a readiness it had, is rolled back at once; Argo Rollouts
    /// would wait for the progress deadline.
    mutating func judgePods() {
        guard let stable, let new, stable.name != new.name, !isAborted, !status.isFullyPromoted else {
            return
        }
        // What befalls the pods of both versions is no version's fault.
        let others = snapshot.stablePods
        for pod in snapshot.pods {
            if pod.isCrashLooping, pod.failures >= 2 {
                guard !others.contains(where: \.isCrashLooping) else { continue }
                pause.abort =
                    "pod \(pod.name) of the new version crashes: \(pod.failures) times, \(pod.reason)"
            } else if pod.isOutOfMemory {
                guard !others.contains(where: \.isOutOfMemory) else { continue }
                pause.abort = "pod \(pod.name) of the new version ran out of memory: \(pod.reason)"
            } else if let since = pod.unreadySince {
                let patience = Duration.seconds(10)
                let waited = now.duration(since: since)
                if waited < patience {
                    wake(after: patience - waited)
                    continue
                }
                guard !others.contains(where: { $0.unreadySince != nil }) else { continue }
                pause.abort = "pod \(pod.name) of the new version was ready and is not since \(since.rfc3339)"
            } else {
                continue
            }
            pause.quarantines = true
            return
        }
    }
}
