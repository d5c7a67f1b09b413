import KubeModel
import Manifest

/// Everything of a rollout that a scenario looks at, as it stands at one moment.
struct ScenarioState: Sendable, Equatable, CustomStringConvertible {
    var rollout: Value
    var replicaSets: [Value]
    var services: [Value]
    var routes: [Value]
    var runs: [Value]

    static let hashLabel = "rollouts-pod-template-hash"

    var status: Value { rollout["status"] ?? .emptyObject }
    var phase: String { status["phase"]?.stringValue ?? "" }
    var message: String { status["message"]?.stringValue ?? "" }
    var step: Int? { status["currentStepIndex"]?.integerValue.map { Int($0) } }
    var stableHash: String? { status["stableRS"]?.stringValue }
    var currentHash: String? { status["currentPodHash"]?.stringValue }

    // MARK: Versions

    func replicaSet(_ revision: Int) -> Value? {
        replicaSets.first {
            $0.metadata.annotations["rollout.argoproj.io/revision"] == String(revision)
        }
    }

    func hash(_ revision: Int) -> String? { replicaSet(revision)?.metadata.labels[Self.hashLabel] }

    /// The pods of a revision; nil where there is no such revision.
    func pods(_ revision: Int) -> Int? {
        replicaSet(revision).map { Int($0["status", "replicas"]?.integerValue ?? 0) }
    }

    func pods(of hash: String?) -> Int? {
        replicaSets.first { $0.metadata.labels[Self.hashLabel] == hash }
            .map { Int($0["status", "replicas"]?.integerValue ?? 0) }
    }

    /// The pods of the version that is wanted and of the one that users have.
    var canaryAndStable: [Int?] { [pods(of: currentHash), pods(of: stableHash)] }

    func hasScaleDownDeadline(_ revision: Int) -> Bool {
        replicaSet(revision)?.metadata.annotations["scale-down-deadline"] != nil
    }

    /// Replicas that are wanted, there, updated, ready and available.
    var counts: [Int] {
        let fields = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"]
        return [Int(rollout["spec", "replicas"]?.integerValue ?? 1)]
            + fields.map { Int(status[$0]?.integerValue ?? 0) }
    }

    // MARK: Traffic

    /// The revision that a service leads to; nil where it leads to all.
    func revision(behind service: String) -> Int? {
        let selector = services.first { $0.metadata.name == service }?["spec", "selector", Self.hashLabel]
        guard let hash = selector?.stringValue else { return nil }
        let set = replicaSets.first { $0.metadata.labels[Self.hashLabel] == hash }
        return set?.metadata.annotations["rollout.argoproj.io/revision"].flatMap { Int($0) }
    }

    var stableRevision: Int? {
        let set = replicaSets.first { $0.metadata.labels[Self.hashLabel] == stableHash }
        return set?.metadata.annotations["rollout.argoproj.io/revision"].flatMap { Int($0) }
    }

    /// The weights of the route's backends, in their order.
    var routeWeights: [Int] {
        (routes.first?["spec", "rules"]?[0]?["backendRefs"]?.arrayValue ?? []).map {
            Int($0["weight"]?.integerValue ?? 1)
        }
    }

    /// The canary's and the stable version's weight as the status tells them.
    var weights: [Int] {
        ["canary", "stable"].map { Int(status["canary", "weights", $0, "weight"]?.integerValue ?? -1) }
    }

    // MARK: Analysis

    func runs(_ purpose: String) -> [Value] {
        runs.filter { $0.metadata.labels["rollout-type"] == purpose }
    }

    func runPhases(_ purpose: String) -> [String] {
        runs(purpose).map { $0["status", "phase"]?.stringValue ?? "" }.sorted()
    }

    // MARK: Conditions

    func condition(_ kind: String) -> Condition? { Conditions(status["conditions"]?.arrayValue ?? [])[kind] }

    var attempt: Value { status["duration"] ?? .emptyObject }

    /// The state without what only tells that somebody looked.
    var settled: ScenarioState {
        var state = self
        state.rollout = ["spec": rollout["spec"] ?? .null, "status": status]
        state.rollout["status", "observedGeneration"] = nil
        state.rollout["spec", "analysis"] = nil
        for place in state.replicaSets.indices {
            state.replicaSets[place]["metadata", "managedFields"] = nil
        }
        state.runs = runs.map { run in
            [
                "name": .string(run.metadata.name), "spec": run["spec"] ?? .null,
                "status": run["status"] ?? .null,
            ]
        }
        return state
    }

    var description: String {
        let sets = replicaSets.map { set in
            let revision = set.metadata.annotations["rollout.argoproj.io/revision"] ?? "-"
            let deadline = set.metadata.annotations["scale-down-deadline"].map { " until \($0)" } ?? ""
            return "\(set.metadata.name) (revision \(revision)): wants \(set["spec", "replicas"] ?? 1), has "
                + "\(set["status", "replicas"] ?? 0), ready \(set["status", "readyReplicas"] ?? 0)\(deadline)"
        }
        let told = runs.map { "\($0.metadata.name): \(JSON.string($0["status"] ?? .null))" }
        return "\(phase) '\(message)'\n\(sets.joined(separator: "\n"))\nroute \(routeWeights)\n"
            + "\(told.joined(separator: "\n"))\n\(JSON.string(status))"
    }
}
