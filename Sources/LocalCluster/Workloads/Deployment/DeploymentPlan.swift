import KubeClient
import KubeModel
import Manifest

/// What a deployment needs next, decided from one view of it and its ReplicaSets (upstream: the deployment
/// controller's `syncDeployment`).
///
/// The plan works on its own copy of the sets, so that later decisions see what earlier ones changed. It scales one
/// side at a time, the new set or the old ones, and goes on when it is called with what came of that.
struct DeploymentPlan: Sendable {
    /// The deployment; its status collects what is to be written.
    var deployment: DeploymentState
    /// The sets that the deployment controls.
    var sets: [ReplicaSetState]
    /// The place of the set that has the deployment's template.
    var newPlace: Int?
    private(set) var actions: [DeploymentAction] = []
    /// When to look again though nothing changes.
    var nextLook: Duration?
    /// The revision that the deployment is to bear, where that changes.
    var revision: String?
    let original: DeploymentStatus
    let now: Timestamp
    private let setsWithPods: Set<String>

    /// - Parameters:
    ///   - sets: those that the deployment controls.
    ///   - setsWithPods: uids of sets that have pods which have not ended, deleted ones included.
    init(
        _ deployment: DeploymentState, sets: [ReplicaSetState], setsWithPods: Set<String>, now: Timestamp
    ) {
        self.deployment = deployment
        self.sets = sets.sorted { ($0.created, $0.name) < ($1.created, $1.name) }
        self.setsWithPods = setsWithPods
        self.now = now
        original = deployment.status
        decide()
    }

    // MARK: The parts

    /// The places of the sets with other templates, oldest first.
    var oldPlaces: [Int] { sets.indices.filter { $0 != newPlace } }

    /// The name by which messages call what progresses.
    var subject: String {
        newPlace.map { "ReplicaSet \"\(sets[$0].name)\"" } ?? "Deployment \"\(deployment.name)\""
    }

    /// Plans an action; changes of one set become one request, as each needs the version it was read in.
    mutating func act(_ action: DeploymentAction) {
        if case .update(let change) = action {
            for place in actions.indices {
                guard case .update(var earlier) = actions[place], earlier.uid == change.uid else { continue }
                earlier.replicas = change.replicas ?? earlier.replicas
                earlier.minReadySeconds = change.minReadySeconds ?? earlier.minReadySeconds
                earlier.annotations.merge(change.annotations)
                actions[place] = .update(earlier)
                return
            }
        }
        actions.append(action)
    }

    // MARK: Decisions

    private mutating func decide() {
        findNewSet()
        guard !deployment.isDeleting else {
            countReplicas()
            return finish()
        }
        notePause()
        if !deployment.isPaused, let wanted = deployment.rollbackRevision { return rollBack(to: wanted) }
        if deployment.isPaused || isBeingScaled {
            adoptNewSet()
            scaleProportionally()
            if deployment.isPaused, deployment.rollbackRevision == nil { cleanUp() }
            countReplicas()
            return finish()
        }
        if deployment.isRollingUpdate { rollForward() } else { recreate() }
        finish()
    }

    /// Whether the deployment's size was changed since its sets were last scaled.
    ///
    /// Several sets of a deployment that is recreated have no proportion to keep: the old ones just go.
    private var isBeingScaled: Bool {
        guard deployment.isRollingUpdate || activeOrLatest != nil || isSaturated else { return false }
        return sets.contains { set in
            guard set.replicas > 0,
                let desired = set.annotations[DeploymentAnnotations.desiredReplicas].flatMap({ Int($0) })
            else { return false }
            return desired != deployment.replicas
        }
    }

    private mutating func findNewSet() {
        newPlace = sets.indices.first { TemplateHash.isSame(sets[$0].template, deployment.template) }
    }

    private mutating func rollForward() {
        provideNewSet()
        if !scaleNewSet(), !scaleDownOldSets(), isComplete(counted()) { cleanUp() }
        judgeProgress()
    }

    private mutating func recreate() {
        adoptNewSet()
        var scaled = false
        for place in oldPlaces where sets[place].replicas > 0 {
            scale(place, to: 0)
            scaled = true
        }
        // Both versions never run at once: the new one starts when the last pod of the others has ended.
        if !scaled, !oldPlaces.contains(where: { setsWithPods.contains(sets[$0].uid) }) {
            provideNewSet()
            scaled = scaleNewSet()
            if !scaled, isComplete(counted()) { cleanUp() }
        }
        judgeProgress()
    }

    /// Ends the plan with a write of the status where that changed.
    private mutating func finish() {
        deployment.status.observedGeneration = deployment.generation
        if deployment.status != original || revision != nil {
            act(.writeStatus(deployment.status, revision: revision))
        }
    }
}
