import KubeClient
import KubeModel
import Manifest
import Synchronization

/// What ReplicaSet and Job controllers, nodes and a gateway would do, done when a test asks for it.
final class SimulatedNodes: Sendable {
    /// A container of a version that never comes up has this word in its command or image.
    static let broken = "broken"
    /// An image that no registry has.
    static let absentImage = "absent:1"

    private struct State {
        /// Whether pods become ready by themselves.
        var startsPods = true
        /// The ready pods of each ReplicaSet.
        var ready: [String: Int64] = [:]
    }

    private let state = Mutex(State())
    private let client: KubeClient
    private let clock: StandingClock

    init(_ client: KubeClient, _ clock: StandingClock) { (self.client, self.clock) = (client, clock) }

    /// From now on pods become ready by themselves, or only as they are marked.
    func startPods(_ starts: Bool) { state.withLock { $0.startsPods = starts } }

    /// Makes so many more pods of a ReplicaSet ready.
    func markReady(_ set: String, _ count: Int64) {
        state.withLock { $0.ready[set, default: 0] += count }
    }

    /// Of pods that are too many, those that are not ready go first.
    private func ready(of set: Value) -> Int64 {
        let wanted = set["spec", "replicas"]?.integerValue ?? 1
        let containers = set["spec", "template", "spec", "containers"] ?? .null
        let isBroken = JSON.string(containers).contains(Self.broken)
        return state.withLock { state in
            let present = state.ready[set.metadata.name] ?? 0
            let ready = isBroken ? 0 : state.startsPods ? wanted : min(present, wanted)
            state.ready[set.metadata.name] = ready
            return ready
        }
    }

    /// Brings a ReplicaSet's pods to their number; answers whether that changed anything.
    func play(_ set: Value) async throws -> Bool {
        let wanted = set["spec", "replicas"] ?? 1
        let ready = Value.integer(ready(of: set))
        let status: Value = [
            "replicas": wanted, "readyReplicas": ready, "availableReplicas": ready,
            "observedGeneration": .integer(set.metadata.generation),
        ]
        let present = set["status"] ?? .emptyObject
        let isDone = ["replicas", "availableReplicas", "observedGeneration"].allSatisfy {
            present[$0] ?? 0 == status[$0] ?? 0
        }
        guard !isDone else { return false }
        do {
            try await client.patch(
                .replicaSets, set.metadata.name, namespace: set.metadata.namespace,
                .merge(["status": status]), subresource: "status")
        } catch let error as APIError where error.isNotFound {}
        return true
    }

    /// Takes up a route as it stands; answers whether that changed anything.
    func accept(_ route: Value) async throws -> Bool {
        let generation = Value.integer(route.metadata.generation)
        if route["status", "parents"]?[0]?["conditions"]?[0]?["observedGeneration"] == generation {
            return false
        }
        let condition: Value = [
            "type": "Accepted", "status": "True", "reason": "Accepted", "message": "",
            "observedGeneration": generation, "lastTransitionTime": "2026-01-01T00:00:00Z",
        ]
        let parent: Value = [
            "controllerName": "test", "parentRef": ["name": "gateway"], "conditions": [condition],
        ]
        try await client.patch(
            GatewayAPI.httpRoutes.resource, route.metadata.name, namespace: route.metadata.namespace,
            .merge(["status": ["parents": [parent]]]), subresource: "status")
        return true
    }

    // MARK: Jobs

    /// Ends a job whose time is over: its container's arguments are how many seconds it takes, and its exit code.
    /// Answers whether that changed anything.
    func play(job: Value) async throws -> Bool {
        guard job["status", "conditions"] == nil, let created = job.metadata.creationTimestamp else {
            return false
        }
        let container = job["spec", "template", "spec", "containers"]?[0] ?? .null
        if container["image"]?.stringValue == Self.absentImage { return try await addWaitingPod(of: job) }
        let arguments = (container["args"]?.arrayValue ?? []).compactMap {
            $0.stringValue.flatMap { Int64($0) }
        }
        let (duration, code) = (arguments.first ?? 0, arguments.last ?? 0)
        let age = clock.date.duration(since: created)
        if let limit = job["spec", "activeDeadlineSeconds"]?.integerValue, limit < duration {
            guard age >= .seconds(limit) else { return false }
            try await end(
                job, "Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
            return true
        }
        guard age >= .seconds(duration) else { return false }
        let reason = code == 0 ? "Completed" : "BackoffLimitExceeded"
        try await end(job, code == 0 ? "Complete" : "Failed", reason, "exit code \(code)")
        return true
    }

    private func end(_ job: Value, _ condition: String, _ reason: String, _ message: String) async throws {
        let entry: Value = [
            "type": .string(condition), "status": "True", "reason": .string(reason),
            "message": .string(message),
        ]
        do {
            try await client.patch(
                .jobs, job.metadata.name, namespace: job.metadata.namespace,
                .merge(["status": ["conditions": [entry]]]), subresource: "status")
        } catch let error as APIError where error.isNotFound {}
    }

    private func addWaitingPod(of job: Value) async throws -> Bool {
        let name = "pod-of-\(job.metadata.name)"
        let image = Value.string(Self.absentImage)
        do {
            try await client.create(
                .pods,
                [
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": [
                        "name": .string(name), "labels": ["job-name": .string(job.metadata.name)],
                    ],
                    "spec": ["containers": [["name": "task", "image": image]]],
                ], namespace: job.metadata.namespace)
        } catch let error as APIError where error.isAlreadyExists { return false }
        let waiting: Value = ["waiting": ["reason": "ErrImagePull", "message": "no such image"]]
        let container: Value = [
            "name": "task", "ready": false, "restartCount": 0, "image": image, "imageID": "",
            "state": waiting,
        ]
        try await client.patch(
            .pods, name, namespace: job.metadata.namespace,
            .merge(["status": ["containerStatuses": [container]]]), subresource: "status")
        return true
    }
}
