import KubeClient
import KubeModel
import Manifest

// The set of the deployment's template: found, numbered, or made; and the sets of the past.

extension DeploymentPlan {
    /// Brings the new set's annotations up to date, where there is one.
    mutating func adoptNewSet() {
        guard let place = newPlace else { return }
        let annotations = annotations(for: sets[place])
        let minReadySeconds = deployment.minReadySeconds
        var change = ReplicaSetChange(name: sets[place].name, uid: sets[place].uid, annotations: annotations)
        if sets[place].minReadySeconds != minReadySeconds { change.minReadySeconds = minReadySeconds }
        if !annotations.isEmpty || change.minReadySeconds != nil {
            act(.update(change))
            sets[place].annotations.merge(annotations)
            sets[place].minReadySeconds = minReadySeconds
        }
        number(sets[place].annotations[DeploymentAnnotations.revision] ?? "")
        if deployment.progressDeadline != nil, deployment.status.conditions["Progressing"] == nil {
            setCondition(
                "Progressing", .isTrue, "FoundNewReplicaSet", "Found new replica set \"\(sets[place].name)\"")
        }
    }

    /// As ``adoptNewSet()``, or makes the set.
    mutating func provideNewSet() {
        guard newPlace == nil else { return adoptNewSet() }
        let hash = TemplateHash.of(
            TemplateHash.bare(deployment.template), collisions: deployment.status.collisionCount)
        var set = ReplicaSetState(name: "\(deployment.name)-\(hash)")
        set.created = now
        set.minReadySeconds = deployment.minReadySeconds
        set.template = deployment.template
        set.template["metadata", default: .emptyObject]["labels", default: .emptyObject][
            DeploymentAnnotations.hashLabel] = .string(hash)
        set.annotations = annotations(for: set)
        set.annotations.merge(sizeAnnotations)
        set.replicas = newSetSize(beside: sets.reduce(0) { $0 + $1.replicas }, now: 0)
        act(
            .create(
                ReplicaSetDraft(
                    name: set.name, hash: hash, replicas: set.replicas, minReadySeconds: set.minReadySeconds,
                    annotations: set.annotations, template: set.template)))
        if set.replicas > 0 {
            act(
                .note(
                    .normal, reason: "ScalingReplicaSet",
                    message: "Scaled up replica set \(set.name) from 0 to \(set.replicas)"))
        }
        number(set.annotations[DeploymentAnnotations.revision] ?? "")
        if deployment.progressDeadline != nil {
            setCondition(
                "Progressing", .isTrue, "NewReplicaSetCreated", "Created new replica set \"\(set.name)\"")
        }
        sets.append(set)
        newPlace = sets.endIndex - 1
    }

    /// The annotations that the new set lacks: those of the deployment, and the number of its revision.
    private func annotations(for set: ReplicaSetState) -> StringMap {
        var missing = StringMap()
        for (name, text) in deployment.annotations
        where !DeploymentAnnotations.notCopied.contains(name) && set.annotations[name] != text {
            missing[name] = text
        }
        let newest = max(oldPlaces.map { sets[$0].revision }.max() ?? 0, forgottenRevision(beside: set))
        if set.revision < newest + 1 {
            missing[DeploymentAnnotations.revision] = String(newest + 1)
            if let before = set.annotations[DeploymentAnnotations.revision], !before.isEmpty {
                missing[DeploymentAnnotations.history] = DeploymentAnnotations.history(
                    set.annotations[DeploymentAnnotations.history] ?? "", appending: before)
            }
        }
        return missing
    }

    /// The revision that the deployment bears though the set that had it is gone, so that numbers never repeat.
    private func forgottenRevision(beside set: ReplicaSetState) -> Int {
        guard original.observedGeneration > 0,
            let revision = deployment.annotations[DeploymentAnnotations.revision].flatMap({ Int($0) }),
            revision != set.revision
        else { return 0 }
        return revision
    }

    /// What sets are told of the deployment's size.
    var sizeAnnotations: StringMap {
        [
            DeploymentAnnotations.desiredReplicas: String(deployment.replicas),
            DeploymentAnnotations.maxReplicas: String(deployment.replicas + deployment.surge),
        ]
    }

    /// Gives the deployment its revision.
    private mutating func number(_ text: String) {
        guard !text.isEmpty, deployment.annotations[DeploymentAnnotations.revision] != text else { return }
        revision = text
    }

    /// Removes sets beyond `revisionHistoryLimit` that are empty, the oldest revisions first.
    mutating func cleanUp() {
        guard let limit = deployment.revisionHistoryLimit else { return }
        let candidates = oldPlaces.filter { !sets[$0].isDeleting }
            .sorted { (sets[$0].revision, $0) < (sets[$1].revision, $1) }
        let excess = candidates.count - limit
        guard excess > 0 else { return }
        for place in candidates.prefix(excess) {
            let set = sets[place]
            guard set.replicas == 0, set.actualReplicas == 0, set.generation <= set.observedGeneration else {
                continue
            }
            act(.delete(name: set.name, uid: set.uid))
        }
    }

    /// Puts the template of an earlier revision back.
    mutating func rollBack(to wanted: Int) {
        let revisions = sets.map(\.revision).sorted()
        let target = wanted > 0 ? wanted : revisions.dropLast().last ?? 0
        guard target > 0, let set = sets.first(where: { $0.revision == target }) else {
            act(
                .note(
                    .warning, reason: "DeploymentRollbackRevisionNotFound",
                    message: target == 0
                        ? "Unable to find last revision." : "Unable to find the revision to rollback to."))
            return act(.dropRollback)
        }
        guard !TemplateHash.isSame(set.template, deployment.template) else {
            act(
                .note(
                    .warning, reason: "DeploymentRollbackTemplateUnchanged",
                    message: "The rollback revision contains the same template as current deployment "
                        + "\"\(deployment.name)\""))
            return act(.dropRollback)
        }
        var annotations = StringMap()
        for (name, text) in set.annotations where !DeploymentAnnotations.notCopied.contains(name) {
            annotations[name] = text
        }
        act(.rollBack(template: TemplateHash.bare(set.template), annotations: annotations))
        act(
            .note(
                .normal, reason: "DeploymentRollback",
                message: "Rolled back deployment \"\(deployment.name)\" to revision \(target)"))
    }
}
