import KubeModel
import Manifest

// What the deployment's status says.

extension DeploymentPlan {
    /// The status with its counts as they are now.
    func counted() -> DeploymentStatus {
        var status = deployment.status
        status.observedGeneration = deployment.generation
        status.replicas = sets.reduce(0) { $0 + $1.actualReplicas }
        status.updated = newPlace.map { sets[$0].actualReplicas } ?? 0
        status.ready = sets.reduce(0) { $0 + $1.ready }
        status.available = sets.reduce(0) { $0 + $1.available }
        status.unavailable = max(sets.reduce(0) { $0 + $1.replicas } - status.available, 0)
        return status
    }

    /// Takes the counts over, and says whether enough pods are available.
    mutating func countReplicas() {
        deployment.status = counted()
        if deployment.status.available >= deployment.replicas - deployment.unavailable {
            setCondition(
                "Available", .isTrue, "MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            setCondition(
                "Available", .isFalse, "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.")
        }
    }

    /// Whether all that is wanted runs in its newest version, and nothing else.
    func isComplete(_ status: DeploymentStatus) -> Bool {
        status.updated == deployment.replicas && status.replicas == deployment.replicas
            && status.available == deployment.replicas && status.observedGeneration >= deployment.generation
    }

    /// Whether more is new, ready or available, or less is old, than when the status was last written.
    private func hasProgressed(_ status: DeploymentStatus) -> Bool {
        status.updated > original.updated
            || status.replicas - status.updated < original.replicas - original.updated
            || status.ready > original.ready || status.available > original.available
    }

    /// Counts, and says whether the roll-out progresses, is done, or takes too long.
    mutating func judgeProgress() {
        countReplicas()
        let status = deployment.status
        let current = status.conditions["Progressing"]
        guard deployment.progressDeadline != nil else {
            deployment.status.conditions.remove("Progressing")
            return noteFailures()
        }
        let wasComplete =
            status.replicas == status.updated && current?.reason == "NewReplicaSetAvailable"
        if !wasComplete {
            if isComplete(status) {
                setCondition(
                    "Progressing", .isTrue, "NewReplicaSetAvailable",
                    "\(subject) has successfully progressed.")
            } else if hasProgressed(status) {
                setCondition(
                    "Progressing", .isTrue, "ReplicaSetUpdated", "\(subject) is progressing.",
                    movesUpdateTime: true)
            } else if hasTimedOut {
                setCondition(
                    "Progressing", .isFalse, "ProgressDeadlineExceeded",
                    "\(subject) has timed out progressing.")
            }
        }
        noteFailures()
        scheduleLook()
    }

    /// When the condition `Progressing` last changed in anything.
    private var progressUpdated: Timestamp? {
        deployment.status.conditions.items.first { $0["type"]?.stringValue == "Progressing" }?[
            "lastUpdateTime"]?
            .stringValue.flatMap(Timestamp.init(rfc3339:))
    }

    private var hasTimedOut: Bool {
        guard let limit = deployment.progressDeadline,
            let condition = deployment.status.conditions["Progressing"]
        else { return false }
        if condition.reason == "NewReplicaSetAvailable" { return false }
        if condition.reason == "ProgressDeadlineExceeded" { return true }
        guard let from = progressUpdated else { return false }
        // The time was written in whole seconds: up to one of them may be missing, and no deadline is over early.
        return from.seconds + Int64(limit) < now.seconds
    }

    /// Plans to look again when the progress deadline is over.
    private mutating func scheduleLook() {
        guard let limit = deployment.progressDeadline, let from = progressUpdated,
            let condition = deployment.status.conditions["Progressing"],
            condition.reason != "ProgressDeadlineExceeded", !isComplete(deployment.status)
        else { return }
        nextLook = max(from.advanced(by: .seconds(limit)).duration(since: now), .zero) + .seconds(1)
    }

    /// Says what the sets say of pods that cannot be made.
    private mutating func noteFailures() {
        let places = (newPlace.map { [$0] } ?? []) + oldPlaces
        let failures = places.compactMap { sets[$0].failure }
        if let failure = failures.first {
            setCondition("ReplicaFailure", failure.status, failure.reason, failure.message)
        } else {
            deployment.status.conditions.remove("ReplicaFailure")
        }
    }

    /// Says that the roll-out was paused or goes on, so that the time of the pause does not count against it.
    mutating func notePause() {
        guard deployment.progressDeadline != nil else { return }
        let reason = deployment.status.conditions["Progressing"]?.reason
        guard reason != "ProgressDeadlineExceeded" else { return }
        if deployment.isPaused, reason != "DeploymentPaused" {
            setCondition("Progressing", .unknown, "DeploymentPaused", "Deployment is paused")
        } else if !deployment.isPaused, reason == "DeploymentPaused" {
            setCondition("Progressing", .unknown, "DeploymentResumed", "Deployment is resumed")
        }
    }

    /// Sets a condition unless it has that status for that reason already (`SetDeploymentCondition`).
    ///
    /// - Parameter movesUpdateTime: whether `lastUpdateTime` moves though nothing else does.
    mutating func setCondition(
        _ type: String, _ status: Condition.Status, _ reason: String, _ message: String,
        movesUpdateTime: Bool = false
    ) {
        let known = deployment.status.conditions[type]
        if !movesUpdateTime, known?.status == status, known?.reason == reason { return }
        var items = deployment.status.conditions.items.filter { $0["type"]?.stringValue != type }
        let transition = known?.status == status ? known?.lastTransitionTime ?? now : now
        items.append([
            "type": .string(type), "status": .string(status.rawValue),
            "lastUpdateTime": .string(now.rfc3339), "lastTransitionTime": .string(transition.rfc3339),
            "reason": .string(reason), "message": .string(message),
        ])
        deployment.status.conditions = Conditions(items)
    }
}
