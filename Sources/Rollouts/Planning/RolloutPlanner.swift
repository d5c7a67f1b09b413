import KubeModel

/// Decides what is to be done for a rollout: a pure function of a snapshot.
///
/// The order of decisions is Argo Rollouts': services, traffic, analysis, ReplicaSets, pause, status; each stops
/// the rest where it changed something that the rest would have to see first. Where this differs on purpose, a
/// comment says so.
public struct RolloutPlanner {
    let snapshot: RolloutSnapshot
    /// The status as it is; what is decided goes into ``plan``.
    let status: RolloutStatus
    var plan: RolloutPlan
    /// The version that is wanted, and the one that users have.
    let new: ReplicaSetState?
    let stable: ReplicaSetState?
    /// All others, the oldest first.
    let others: [ReplicaSetState]
    /// What this pass changes of pauses and aborts.
    var pause = PauseChanges()

    struct PauseChanges {
        var added: [PauseReason] = []
        var removed: Set<PauseReason> = []
        var clears = false
        var abort: String?
        var removesAbort = false
        /// Whether an abort blames the version, so that it is not to be tried again.
        var quarantines = false
    }

    private init(_ snapshot: RolloutSnapshot) {
        self.snapshot = snapshot
        var status = snapshot.status
        // Nobody gets more than all, whatever a status says.
        status.weights?.limit(to: snapshot.specification.maximumWeight)
        self.status = status
        plan = RolloutPlan(status: status)
        new = snapshot.replicaSets.first { $0.hash == snapshot.wantedHash }
        stable =
            status.stableHash.isEmpty
            ? nil : snapshot.replicaSets.first { $0.hash == snapshot.status.stableHash }
        let names = [new?.name, stable?.name]
        others = snapshot.replicaSets.filter { !names.contains($0.name) }
            .sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    }

    /// The plan for a snapshot.
    public static func plan(_ snapshot: RolloutSnapshot) -> RolloutPlan {
        var planner = RolloutPlanner(snapshot)
        planner.run()
        return planner.plan
    }

    var specification: RolloutSpecification { snapshot.specification }
    var now: Timestamp { snapshot.now }

    private mutating func run() {
        if let fault = snapshot.fault {
            if let wayBack {
                plan = wayBack
                return
            }
            return snapshot.lacksReference && !status.isAborted
                ? reportMissing(fault) : reportInvalid(fault)
        }
        plan.status.conditions.remove(.invalidSpec)
        noteResumption()
        guard let new else {
            return snapshot.goingHashes.contains(snapshot.wantedHash) ? awaitDeletion() : createReplicaSet()
        }
        // Users have the version that is wanted: there is nothing to take back (`newRolloutContext`).
        if status.isAborted, status.isFullyPromoted, new.hash == status.stableHash {
            pause.removesAbort = true
        }
        syncRevision(of: new)
        judgePods()
        // Left to themselves they would lead to pods that are about to go.
        plan.actions += snapshot.abandonedServices.map { .release(service: $0) }
        switch specification.strategy {
        case .canary(let canary): reconcile(canary, new)
        case .blueGreen(let blueGreen): reconcile(blueGreen, new)
        }
    }

    // MARK: Specification and revision

    /// The plan of a rollout that is aborted, or has to be, though something that it refers to is not there: that is
    /// needed to go on, and not to go back.
    ///
    /// Differs from Argo Rollouts, which does nothing for such a rollout, so that a bad version keeps its traffic.
    private var wayBack: RolloutPlan? {
        guard snapshot.lacksReference, let new, let stable, new.name != stable.name else { return nil }
        // Nobody is helped by requests to a service that is not there.
        if let service = specification.canary?.stableService, snapshot.services[service] == nil { return nil }
        var snapshot = snapshot
        (snapshot.fault, snapshot.lacksReference) = (nil, false)
        let plan = Self.plan(snapshot)
        return plan.status.isAborted ? plan : nil
    }

    /// What is not there is mostly about to be made by whoever made the rollout, so for a moment it is only waited for.
    ///
    /// Differs from Argo Rollouts, where a rollout that is applied before its route is degraded for that moment, and
    /// whoever looks then takes the update for failed.
    private mutating func reportMissing(_ fault: String) {
        let message = "The Rollout \"\(snapshot.name)\" waits for what it refers to: \(fault)"
        let isNew = plan.status.conditions.set(
            RolloutCondition(.progressing, .isTrue, Self.missingReference, message), now: now)
        if isNew { warn(Self.missingReference, message) }
        let since = plan.status.conditions[.progressing]?.lastUpdate ?? now
        let end = since.advanced(by: snapshot.referenceGrace)
        guard now < end else { return reportInvalid(fault) }
        plan.status.observedGeneration = String(snapshot.generation)
        plan.status.conditions.remove(.invalidSpec)
        plan.status.phase = .progressing
        plan.status.message = message
        wake(after: end.duration(since: now))
    }

    /// The reason of the condition `Progressing` while something that the rollout refers to is not there.
    static let missingReference = "MissingReference"

    private mutating func reportInvalid(_ fault: String) {
        let message = "The Rollout \"\(snapshot.name)\" is invalid: \(fault)"
        plan.status.conditions.renew(
            RolloutCondition(.invalidSpec, .isTrue, "InvalidSpec", message),
            now: lastUpdate(.invalidSpec, message))
        plan.status.observedGeneration = String(snapshot.generation)
        plan.status.phase = .degraded
        plan.status.message = "InvalidSpec: \(message)"
        if status.message != plan.status.message { warn("InvalidSpec", message) }
    }

    /// The time a condition keeps while its message is the same, so that a status at rest stays as it is.
    private func lastUpdate(_ kind: RolloutCondition.Kind, _ message: String) -> Timestamp {
        let present = status.conditions[kind]
        return present?.message == message ? present?.lastUpdate ?? now : now
    }

    /// Waits for the end of a ReplicaSet that has the name of the one to be made: its deletion is the next event.
    private mutating func awaitDeletion() {
        plan.status.observedGeneration = String(snapshot.generation)
        if !status.isAborted { plan.status.phase = .progressing }
        plan.status.message =
            "ReplicaSet \"\(snapshot.name)-\(snapshot.wantedHash)\" is being deleted and is made anew when it is gone"
    }

    private mutating func createReplicaSet() {
        let revision = (snapshot.replicaSets.map(\.revision).max() ?? 0) + 1
        // A first version starts whole. A later one gets its pods from the next pass, which knows its step.
        let replicas = status.stableHash.isEmpty && specification.canary != nil ? specification.replicas : 0
        plan.actions.append(
            .createReplicaSet(hash: snapshot.wantedHash, revision: revision, replicas: replicas))
        tell("RolloutUpdated", "Rollout updated to revision \(revision)", ofAction: true)
        tell(
            "NewReplicaSetCreated",
            "Created ReplicaSet \(snapshot.name)-\(snapshot.wantedHash) (revision \(revision))",
            ofAction: true)
        plan.status.conditions.renew(
            RolloutCondition(
                .progressing, .isTrue, "NewReplicaSetCreated",
                "Created new replica set \"\(snapshot.name)-\(snapshot.wantedHash)\""), now: now)
        if replicas > 0 {
            tell(
                "ScalingReplicaSet",
                "Scaled up ReplicaSet \(snapshot.name)-\(snapshot.wantedHash) (revision \(revision)) from 0 to \(replicas)",
                ofAction: true)
        }
        plan.wakeAfter = .zero
    }

    /// A version that is wanted again becomes the newest revision.
    private mutating func syncRevision(of new: ReplicaSetState) {
        let newest = snapshot.replicaSets.filter { $0.name != new.name }.map(\.revision).max() ?? 0
        guard new.revision <= newest else { return }
        plan.actions.append(.setRevision(replicaSet: new.name, revision: newest + 1))
        tell("RolloutUpdated", "Rollout updated to revision \(newest + 1)", ofAction: true)
    }

    var revision: Int {
        let newest = snapshot.replicaSets.filter { $0.name != new?.name }.map(\.revision).max() ?? 0
        return max(new?.revision ?? 0, newest + (new.map { $0.revision <= newest } ?? true ? 1 : 0))
    }

    // MARK: What all strategies share

    var isAborted: Bool {
        if pause.removesAbort { return false }
        return pause.abort != nil || status.isAborted
    }

    /// Why pods are not scaled, nil where they may be.
    var isHalted: Bool {
        specification.isPaused || pause.added.contains(.inconclusiveAnalysis)
            || status.isPaused(for: .inconclusiveAnalysis)
    }

    /// Whether the version that is wanted was there before the stable one, or is it.
    var isRollback: Bool {
        guard let new, let stable else { return false }
        return status.stableHash == new.hash || new.created < stable.created
    }

    var isRollbackWithinWindow: Bool {
        guard let new, let stable, new.created < stable.created, specification.rollbackWindow > 0 else {
            return false
        }
        let between = snapshot.replicaSets.count { new.created < $0.created && $0.created < stable.created }
        return between < specification.rollbackWindow
    }

    var isFastRollback: Bool {
        guard isRollback, let new else { return false }
        return isRollbackWithinWindow || isStillUp || status.stableHash == new.hash
    }

    /// Whether the wanted version was active before and its pods have not gone yet.
    var isStillUp: Bool {
        specification.blueGreen != nil && isRollback && (new?.scaleDownDeadline.map { $0 > now } ?? false)
    }

    mutating func scale(_ set: ReplicaSetState, to count: Int) -> Bool {
        guard set.wanted != count else { return false }
        plan.actions.append(.scale(replicaSet: set.name, replicas: count))
        let direction = set.wanted < count ? "up" : "down"
        tell(
            "ScalingReplicaSet",
            "Scaled \(direction) ReplicaSet \(set.name) (revision \(set.revision)) from \(set.wanted) to \(count)",
            ofAction: true)
        // What is left of a version without pods has no end to wait for (`scaleReplicaSet`).
        if count == 0, set.scaleDownDeadline != nil, !delaysScaleDownOnAbort {
            plan.actions.append(.setScaleDownDeadline(replicaSet: set.name, nil))
        }
        return true
    }

    mutating func wake(after duration: Duration) {
        let duration = max(duration, .zero)
        plan.wakeAfter = plan.wakeAfter.map { min($0, duration) } ?? duration
    }

    mutating func tell(_ reason: String, _ message: String, ofAction isOfAction: Bool = false) {
        plan.events.append(.init(isOfAction: isOfAction, reason: reason, message: message))
    }

    mutating func warn(_ reason: String, _ message: String) {
        plan.events.append(.init(isWarning: true, reason: reason, message: message))
    }
}
