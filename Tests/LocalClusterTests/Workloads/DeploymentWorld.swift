import KubeModel
import Manifest
import TestSupport

@testable import LocalCluster

/// A cluster of one deployment in which everything happens at random moments: both controllers look late, pods take
/// their time, users change their minds.
struct DeploymentWorld {
    struct Pod {
        var uid: Int
        var isReady = false
        var isDeleting = false
        var readySince: Timestamp?
    }

    var generator: SeededGenerator
    var deployment: DeploymentState
    var sets: [ReplicaSetState] = []
    var pods: [String: [Pod]] = [:]
    var now = Timestamp(seconds: 1_800_000_000)
    var nextUID = 1
    var version = 1
    /// The highest revision there was, which no later one may fall below.
    var newestRevision = 0
    /// Whether the deployment was once complete since its size or its bounds last changed.
    var wasComplete = false
    var crashesPods = false
    /// What the deployment's controller saw and left behind, the last few times it looked: told with a failure.
    var history: [String] = []

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        deployment = DeploymentState(name: "web")
        deployment.uid = "d"
        deployment.template = Self.template(1)
        shape()
    }

    static func template(_ version: Int) -> Value {
        ["metadata": ["labels": ["app": "web"]], "spec": ["version": .integer(Int64(version))]]
    }

    mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &generator) }

    /// Draws size and bounds anew.
    mutating func shape() {
        deployment.replicas = roll(12)
        deployment.isRollingUpdate = roll(5) > 0
        let shares: [IntOrString] = [0, 1, 2, 5, "10%", "25%", "50%", "100%"]
        deployment.maxSurge = shares[roll(shares.count)]
        deployment.maxUnavailable = shares[roll(shares.count)]
        deployment.minReadySeconds = roll(3) == 0 ? 3 : 0
        deployment.revisionHistoryLimit = roll(4)
        deployment.generation += 1
        wasComplete = false
    }

    // MARK: What is the case

    var livePods: [Pod] { pods.values.flatMap { $0 }.filter { !$0.isDeleting } }

    func isAvailable(_ pod: Pod) -> Bool {
        guard pod.isReady, !pod.isDeleting, let since = pod.readySince else { return false }
        return since.advanced(by: .seconds(deployment.minReadySeconds)) <= now
    }

    var availableCount: Int { pods.values.flatMap { $0 }.count(where: isAvailable) }
    var specCount: Int { sets.reduce(0) { $0 + $1.replicas } }

    // MARK: What happens

    mutating func step(usersAct: Bool) throws {
        switch roll(usersAct ? 40 : 30) {
        case 0..<8: try syncDeployment()
        case 8..<18: if let name = randomSet() { try syncSet(name) }
        case 18..<23: changePod { if !$0.isReady { ($0.isReady, $0.readySince) = (true, nil) } }
        case 23..<27: removePod()
        case 27..<30: now = now.advanced(by: .seconds(1 + roll(3)))
        case 30..<33:
            version = roll(3) == 0 ? 1 + roll(version) : version + 1
            deployment.template = Self.template(version)
            deployment.generation += 1
        case 33..<35:
            deployment.isPaused.toggle()
            deployment.generation += 1
        case 35: shape()
        case 36..<38:
            deployment.replicas = roll(12)
            deployment.generation += 1
            wasComplete = false
        case 38: if crashesPods { changePod { ($0.isReady, $0.readySince) = (false, nil) } }
        default: break
        }
        stampReadiness()
    }

    private mutating func randomSet() -> String? { sets.isEmpty ? nil : sets[roll(sets.count)].name }

    private mutating func changePod(_ change: (inout Pod) -> Void) {
        guard
            let name = pods.keys.sorted().filter({ pods[$0]?.isEmpty == false }).randomElement(
                using: &generator),
            let count = pods[name]?.count
        else { return }
        let place = roll(count)
        change(&pods[name, default: []][place])
    }

    private mutating func stampReadiness() {
        for name in pods.keys {
            for place in pods[name, default: []].indices {
                guard pods[name, default: []][place].isReady, pods[name, default: []][place].readySince == nil
                else {
                    continue
                }
                pods[name, default: []][place].readySince = now
            }
        }
    }

    /// Lets a pod that is being deleted end.
    private mutating func removePod() {
        for name in pods.keys.sorted() {
            guard let place = pods[name, default: []].firstIndex(where: \.isDeleting) else { continue }
            pods[name, default: []].remove(at: place)
            if roll(2) == 0 { return }
        }
    }

    // MARK: The controllers

    mutating func syncDeployment() throws {
        let withPods = Set(sets.filter { !(pods[$0.name] ?? []).isEmpty }.map(\.uid))
        let plan = DeploymentPlan(deployment, sets: sets, setsWithPods: withPods, now: now)
        let (before, available, rollsOn) = (specCount, knownAvailable, isRollingOn)
        note("sees")
        for action in plan.actions { try perform(action) }
        note("leaves")
        try checkBounds(before: before, available: available, rollsOn: rollsOn)
    }

    private mutating func note(_ what: String) {
        let sizes = sets.map { set in
            let present = (pods[set.name] ?? []).count(where: isAvailable)
            return
                "\(set.name) wants \(set.replicas), says \(set.available) of \(set.actualReplicas), has \(present)"
        }
        let wish =
            "wants \(deployment.replicas)-\(deployment.unavailable)+\(deployment.surge) of version \(version)"
            + (deployment.isPaused ? ", paused" : "") + (wasComplete ? ", complete before" : "")
        history = history.suffix(15) + ["\(what): \(wish): \(sizes.joined(separator: "; "))"]
    }

    /// Applies the actions; a sign of trouble is thrown.
    private mutating func perform(_ action: DeploymentAction) throws {
        switch action {
        case .create(let draft):
            guard !sets.contains(where: { $0.name == draft.name }) else {
                throw TestFailure("a second set \(draft.name) was made")
            }
            var set = ReplicaSetState(name: draft.name)
            set.uid = "u-\(draft.name)-\(nextUID)"
            nextUID += 1
            set.created = now
            set.replicas = draft.replicas
            set.minReadySeconds = draft.minReadySeconds
            set.annotations = draft.annotations
            set.template = draft.template
            sets.append(set)
            try checkRevision(of: set)
        case .update(let change):
            guard let place = sets.firstIndex(where: { $0.uid == change.uid }) else {
                throw TestFailure("set \(change.name) is not there to be changed")
            }
            if let replicas = change.replicas {
                guard replicas >= 0 else { throw TestFailure("set \(change.name) scaled to \(replicas)") }
                if sets[place].replicas != replicas { sets[place].generation += 1 }
                sets[place].replicas = replicas
            }
            sets[place].minReadySeconds = change.minReadySeconds ?? sets[place].minReadySeconds
            sets[place].annotations.merge(change.annotations)
            try checkRevision(of: sets[place])
        case .delete(let name, let uid):
            guard (pods[name] ?? []).filter({ !$0.isDeleting }).isEmpty else {
                throw TestFailure("set \(name) was deleted with pods")
            }
            sets.removeAll { $0.uid == uid }
        case .writeStatus(let status, let revision):
            deployment.status = status
            if let revision { deployment.annotations[DeploymentAnnotations.revision] = revision }
        case .note: break
        case .rollBack, .dropRollback: throw TestFailure("a roll-back that nobody asked for")
        }
    }

    /// The set of the present template has the highest revision, and it is new.
    private mutating func checkRevision(of set: ReplicaSetState) throws {
        guard TemplateHash.isSame(set.template, deployment.template) else { return }
        let others = sets.filter { $0.uid != set.uid }.map(\.revision)
        guard set.revision > others.max() ?? 0 else {
            throw TestFailure("revision \(set.revision) beside \(others)")
        }
        guard set.revision >= newestRevision else {
            throw TestFailure("revision \(set.revision) after \(newestRevision)")
        }
        newestRevision = set.revision
    }

    mutating func syncSet(_ name: String) throws {
        guard let place = sets.firstIndex(where: { $0.name == name }) else { return }
        let present = pods[name] ?? []
        let snapshots = present.map { pod in
            var snapshot = PodSnapshot(name: "\(pod.uid)", uid: "\(pod.uid)")
            snapshot.nodeName = "n"
            snapshot.phase = .running
            snapshot.isReady = pod.isReady
            snapshot.readySince = pod.readySince
            snapshot.isDeleting = pod.isDeleting
            return snapshot
        }
        let plan = ReplicaSetPlan(replicas: sets[place].replicas, pods: snapshots, now: now)
        let gone = Set(plan.deletions.map(\.uid))
        var after = present
        for index in after.indices where gone.contains("\(after[index].uid)") {
            after[index].isDeleting = true
        }
        for _ in 0..<plan.creations {
            after.append(Pod(uid: nextUID))
            nextUID += 1
        }
        pods[name] = after
        // The status tells what was seen before pods were made, less those deleted, as the real controller's does.
        let status = ReplicaSetStatus(
            pods: snapshots.filter { !gone.contains($0.uid) }, templateLabels: [:],
            minReadySeconds: sets[place].minReadySeconds,
            generation: sets[place].generation, now: now)
        sets[place].actualReplicas = status.replicas
        sets[place].ready = status.ready
        sets[place].available = status.available
        sets[place].observedGeneration = status.observedGeneration
        let ready = after.count { $0.isReady && !$0.isDeleting }
        guard status.available <= ready else {
            throw TestFailure("set \(name) promises \(status.available) available pods and has \(ready)")
        }
    }

    // MARK: What must hold

    /// What the statuses of the sets promise: pods known to be available that their set goes on wanting.
    var knownAvailable: Int { sets.reduce(0) { $0 + min($1.available, $1.replicas) } }

    /// Whether a roll-out may act: its size has not changed since it last did, and it is not paused.
    ///
    /// A change of size is shared in proportion, and whoever lowers the bounds has pods removed at once; both may cost
    /// available ones.
    private var isRollingOn: Bool {
        let isKnown = sets.allSatisfy { set in
            set.replicas == 0
                || set.annotations[DeploymentAnnotations.desiredReplicas] == String(deployment.replicas)
        }
        return deployment.isRollingUpdate && !deployment.isPaused && isKnown
    }

    /// - Parameters:
    ///   - before: the pods that were wanted.
    ///   - available: those of them that were known to be available. A controller cannot spare what it does not know
    ///     of; that it is not told of more than there is, is checked where sets report.
    private mutating func checkBounds(before: Int, available: Int, rollsOn: Bool) throws {
        let most = deployment.replicas + deployment.surge
        guard specCount <= max(before, most) else {
            throw TestFailure("\(specCount) pods wanted after \(before), at most \(most) allowed")
        }
        let least = deployment.replicas - deployment.unavailable
        if deployment.isRollingUpdate, rollsOn || wasComplete, knownAvailable < min(least, available) {
            throw TestFailure("\(knownAvailable) pods would stay available, at least \(least) must")
        }
        if isSettled { wasComplete = true }
    }

    /// Whether everything is as the deployment wants it.
    var isSettled: Bool {
        guard let set = sets.first(where: { TemplateHash.isSame($0.template, deployment.template) }) else {
            return false
        }
        return livePods.count == deployment.replicas && (pods[set.name] ?? []).count == deployment.replicas
            && availableCount == deployment.replicas && specCount == deployment.replicas
    }

    /// Whether, besides, the status says so.
    var isReported: Bool {
        let status = deployment.status
        return isSettled && status.replicas == deployment.replicas && status.updated == deployment.replicas
            && status.available == deployment.replicas && status.observedGeneration == deployment.generation
            && status.conditions["Progressing"]?.reason == "NewReplicaSetAvailable"
            && status.conditions.isTrue("Available")
    }
}
