import KubeModel
import Manifest

@testable import Rollouts

/// A rollout with pods, a router and analysis runs that exist only here, driven by plans and by what a test does.
struct SimulatedRollout {
    struct Pod {
        var isAvailable = false
        var unreadySince: Timestamp?
        var failures = 0
        var wasAvailable = false
    }

    var object: Value
    var generation: Int64 = 1
    var status = RolloutStatus()
    /// The wanted version; versions are told apart by their number alone.
    var version = 1
    var sets: [ReplicaSetState] = []
    var baselines: [FreshBaseline] = []
    /// Whether an analysis compares with a fresh baseline.
    var wantsFreshBaseline = false
    var pods: [String: [Pod]] = [:]
    var runs: [RolloutSnapshot.Run] = []
    var services: [String: String?] = [:]
    var weight = 0
    var baselineWeight = 0
    var acknowledgedWeight = 0
    var acknowledgedBaseline = 0
    var quarantined: [String] = []
    var now = Timestamp(seconds: 1_767_225_600)
    var nextRun = 0
    var lastPlan: RolloutPlan?
    /// Whether new pods become available by themselves.
    var startsPods = true

    init(_ spec: Value) {
        object = ["metadata": ["name": "web", "namespace": "shop"], "spec": spec]
        let specification = RolloutSpecification(object)
        switch specification.strategy {
        case .canary(let canary):
            for name in [canary.canaryService, canary.stableService, canary.baselineService] {
                if let name { services[name] = .some(nil) }
            }
        case .blueGreen(let blueGreen):
            services[blueGreen.activeService] = .some(nil)
            if let preview = blueGreen.previewService { services[preview] = .some(nil) }
        }
    }

    var specification: RolloutSpecification { RolloutSpecification(object) }
    var hash: String { "v\(version)" }
    var replicas: Int { specification.replicas }

    func set(_ hash: String) -> ReplicaSetState? { sets.first { $0.hash == hash } }
    func available(_ hash: String) -> Int {
        set(hash).map { pods[$0.name]?.count(where: \.isAvailable) ?? 0 } ?? 0
    }
    /// Those of all versions; a baseline is none.
    var totalAvailable: Int {
        sets.reduce(0) { $0 + (pods[$1.name]?.count(where: \.isAvailable) ?? 0) }
    }

    var snapshot: RolloutSnapshot {
        var states = sets
        for place in states.indices {
            let own = pods[states[place].name] ?? []
            states[place].present = own.count
            states[place].available = own.count(where: \.isAvailable)
            states[place].ready = states[place].available
        }
        var snapshot = RolloutSnapshot(
            name: "web", generation: generation, specification: specification, status: status,
            wantedHash: hash,
            replicaSets: states, now: now)
        snapshot.runs = runs
        snapshot.services = services
        if specification.canary?.traffic != nil {
            snapshot.traffic = .init(
                weight: weight,
                isAcknowledged: weight == acknowledgedWeight && baselineWeight == acknowledgedBaseline,
                baseline: baselineWeight)
        }
        snapshot.wantsFreshBaseline = wantsFreshBaseline
        snapshot.baselines = baselines.map { baseline in
            var baseline = baseline
            baseline.available = pods[baseline.name]?.count(where: \.isAvailable) ?? 0
            return baseline
        }
        snapshot.pods = podStates(hash)
        if hash != status.stableHash { snapshot.stablePods = podStates(status.stableHash) }
        return snapshot
    }

    private func podStates(_ hash: String) -> [CanaryPod] {
        (pods["web-\(hash)"] ?? []).enumerated().map { index, pod in
            var state = CanaryPod(name: "web-\(hash)-\(index)")
            state.failures = pod.failures
            state.isCrashLooping = pod.failures >= 2
            state.unreadySince = pod.unreadySince
            return state
        }
    }

    // MARK: Passes

    /// Plans once and performs the plan, or only its first actions, as where the controller is killed midway.
    mutating func pass(actions limit: Int? = nil) {
        let plan = RolloutPlanner.plan(snapshot)
        lastPlan = plan
        var status = plan.status
        for action in plan.actions.prefix(limit ?? plan.actions.count) { perform(action, &status) }
        if limit == nil { self.status = status }
    }

    /// Passes until nothing changes, with time moving to whenever the plan wants to look again.
    ///
    /// - Returns: whether it came to rest.
    @discardableResult
    mutating func settle(upTo passes: Int = 400) -> Bool {
        for _ in 0..<passes {
            let before = status
            pass()
            let seen = (totalAvailable, acknowledgedWeight)
            if startsPods { startAllPods() }
            acknowledge()
            guard before == status, lastPlan?.actions.isEmpty == true, seen == (totalAvailable, weight) else {
                continue
            }
            guard let wait = lastPlan?.wakeAfter, wait <= .seconds(3600) else { return true }
            now = now.advanced(by: max(wait, .milliseconds(1)))
        }
        return false
    }

    /// Passes while no time goes by.
    mutating func passWithoutTime(_ count: Int) {
        for _ in 0..<count {
            pass()
            startAllPods()
            acknowledge()
        }
    }

    /// The router takes up what it was told.
    mutating func acknowledge() {
        acknowledgedWeight = weight
        acknowledgedBaseline = baselineWeight
    }

    struct Restless: Error, CustomStringConvertible {
        var description: String
    }

    /// Passes until nothing changes, which has to come.
    mutating func rest() throws {
        if !settle() {
            throw Restless(description: "still changing: \(status), next \(lastPlan?.actions ?? [])")
        }
    }

    mutating func startAllPods() {
        for name in pods.keys {
            for place in (pods[name] ?? []).indices where pods[name]?[place].failures == 0 {
                pods[name]?[place].isAvailable = true
                pods[name]?[place].wasAvailable = true
                pods[name]?[place].unreadySince = nil
            }
        }
    }

    private mutating func perform(_ action: RolloutAction, _ status: inout RolloutStatus) {
        func place(_ name: String) -> Int? { sets.firstIndex { $0.name == name } }
        switch action {
        case .createReplicaSet(let hash, let revision, let replicas):
            guard set(hash) == nil else { return }
            let set = ReplicaSetState(
                name: "web-\(hash)", hash: hash, revision: revision, created: now, wanted: replicas)
            sets.append(set)
            pods[set.name] = Array(repeating: Pod(), count: replicas)
        case .setRevision(let name, let revision): if let at = place(name) { sets[at].revision = revision }
        case .scale(let name, let replicas):
            if let at = place(name) {
                sets[at].wanted = replicas
            } else if let at = baselines.firstIndex(where: { $0.name == name }) {
                baselines[at].wanted = replicas
            } else {
                return
            }
            var own = pods[name] ?? []
            // As a ReplicaSet does: those that serve nobody go first.
            own.sort { $0.isAvailable && !$1.isAvailable }
            if own.count > replicas { own.removeLast(own.count - replicas) }
            while own.count < replicas { own.append(Pod()) }
            pods[name] = own
        case .setScaleDownDeadline(let name, let deadline):
            if let at = place(name) { sets[at].scaleDownDeadline = deadline }
        case .setRejected(let name, let moment):
            if let at = place(name) { sets[at].isRejected = moment != nil }
        case .deleteReplicaSet(let name):
            sets.removeAll { $0.name == name }
            pods[name] = nil
        case .select(let service, let hash): services[service] = hash
        case .release: break
        case .setWeight(let weight, let baseline): (self.weight, baselineWeight) = (weight, baseline)
        case .createBaseline(let hash, let stableHash, let replicas):
            guard !baselines.contains(where: { $0.hash == hash }) else { return }
            let baseline = FreshBaseline(
                name: "web-\(hash)", hash: hash, stableHash: stableHash, wanted: replicas)
            baselines.append(baseline)
            pods[baseline.name] = Array(repeating: Pod(), count: replicas)
        case .deleteBaseline(let name):
            baselines.removeAll { $0.name == name }
            pods[name] = nil
        case .startRun(let request):
            let name = "web-\(request.hash)-\(request.revision)\(request.suffix).\(nextRun)"
            nextRun += 1
            runs.append(
                .init(
                    name: name, purpose: request.purpose, hash: request.hash, step: request.step,
                    phase: "Running",
                    created: now))
            status.note(run: name, for: request.purpose)
        case .terminateRun(let name):
            if let at = runs.firstIndex(where: { $0.name == name }) {
                runs[at].isTerminating = true
                runs[at].phase = "Successful"
            }
        case .deleteRun(let name): runs.removeAll { $0.name == name }
        case .quarantine(let hash, _, _): quarantined.append(hash)
        }
    }

    // MARK: What people do

    mutating func change(_ edit: (inout Value) -> Void) {
        edit(&object)
        generation += 1
    }

    mutating func update() {
        version += 1
        generation += 1
        // Creation times tell versions apart.
        now = now.advanced(by: .seconds(1))
    }

    /// `promote`: ends a pause or, where there is none, skips the present step.
    mutating func promote() {
        if !status.pauses.isEmpty {
            status.pauses = []
        } else if let index = status.currentStepIndex, index < specification.canary?.steps.count ?? 0 {
            status.currentStepIndex = index + 1
        }
    }

    mutating func answer(_ phase: String, of purpose: RolloutSnapshot.Run.Purpose) {
        for place in runs.indices where runs[place].purpose == purpose && runs[place].phase == "Running" {
            runs[place].phase = phase
        }
    }
}
