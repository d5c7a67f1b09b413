import KubeClient
import KubeModel
import Manifest
import Synchronization

/// Gives pods that have no node one, the most important and then the oldest first.
///
/// Works on all pods at once, since every placement changes what the next pod finds. Pods of other schedulers and gated
/// ones are left alone.
struct PodScheduler: Reconciler {
    /// The one thing there is to work on.
    enum Key: Hashable, Sendable { case all }

    let client: KubeClient
    let caches: WorkloadCaches
    let recorder: EventRecorder
    /// Pods bound by this process whose binding the cache may not show yet, with their nodes.
    private let bound = Bindings()

    init(client: KubeClient, caches: WorkloadCaches, recorder: EventRecorder) {
        self.client = client
        self.caches = caches
        self.recorder = recorder
    }

    /// Whenever a pod comes, goes or changes in what counts, or a node does.
    func sources() -> [KeySource<Key>] {
        let pods = KeySource<Key>.events(of: caches.pods) { event in
            switch event {
            case .added, .deleted: [.all]
            case .modified(let old, let new):
                old.value.map(Self.summary) != new.value.map(Self.summary) ? [.all] : []
            }
        }
        let nodes = KeySource<Key>.events(of: caches.nodes) { event in
            if case .modified(let old, let new) = event,
                old.value.map(Self.nodeSummary) == new.value.map(Self.nodeSummary)
            {
                return []
            }
            return [.all]
        }
        return [pods, nodes]
    }

    private static func summary(_ pod: Value) -> Value {
        [
            "node": pod["spec"]?["nodeName"] ?? .null, "phase": pod["status"]?["phase"] ?? .null,
            "gates": pod["spec"]?["schedulingGates"] ?? .null,
        ]
    }

    private static func nodeSummary(_ node: Value) -> Value {
        [
            "spec": node["spec"] ?? .null, "allocatable": node["status"]?["allocatable"] ?? .null,
            "labels": node.metadata.labels.value,
        ]
    }

    func reconcile(_ key: Key) async throws -> ReconcileResult {
        let objects = caches.pods.objects.compactMap(\.value)
        let known = bound.update(objects)
        var assigned: [Value] = []
        var waiting: [Value] = []
        for var pod in objects {
            let node = pod["spec"]?["nodeName"]?.stringValue ?? ""
            if !node.isEmpty {
                assigned.append(pod)
            } else if let node = known[pod.metadata.uid] {
                pod["spec", "nodeName"] = .string(node)
                assigned.append(pod)
            } else if Self.isOurs(pod) {
                waiting.append(pod)
            }
        }
        guard !waiting.isEmpty else { return .done }
        var plan = SchedulingPlan(nodes: caches.nodes.objects.compactMap(\.value), assigned: assigned)
        var failure: (any Error)?
        for pod in waiting.sorted(by: Self.precedes) {
            do {
                switch plan.schedule(pod) {
                case .node(let node): try await bind(pod, to: node)
                case .unschedulable(let message): try await refuse(pod, message)
                }
            } catch let error as APIError where error.isNotFound || error.isConflict {
                continue
            } catch {
                try Task.checkCancellation()
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .done
    }

    private static func isOurs(_ pod: Value) -> Bool {
        let scheduler = pod["spec"]?["schedulerName"]?.stringValue ?? "default-scheduler"
        return scheduler == "default-scheduler" && !pod.metadata.isDeleting
            && (pod["spec"]?["schedulingGates"]?.arrayValue ?? []).isEmpty && !PodSnapshot(pod).isFinished
    }

    private static func precedes(_ left: Value, _ right: Value) -> Bool {
        let first = left["spec"]?["priority"]?.integerValue ?? 0
        let second = right["spec"]?["priority"]?.integerValue ?? 0
        if first != second { return first > second }
        let (older, newer) = (left.metadata, right.metadata)
        let zero = Timestamp(seconds: 0)
        let (made, later) = (older.creationTimestamp ?? zero, newer.creationTimestamp ?? zero)
        return made == later ? older.name < newer.name : made < later
    }

    private func bind(_ pod: Value, to node: String) async throws {
        let metadata = pod.metadata
        let binding: Value = [
            "apiVersion": "v1", "kind": "Binding",
            "metadata": [
                "name": .string(metadata.name), "namespace": .string(metadata.namespace),
                "uid": .string(metadata.uid),
            ],
            "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
        ]
        try await client.create(
            .pods, binding, namespace: metadata.namespace, name: metadata.name, subresource: "binding")
        bound.add(metadata.uid, node: node)
        recorder.note(
            .normal, "Scheduled",
            "Successfully assigned \(metadata.namespace)/\(metadata.name) to \(node)", regarding: .init(pod))
    }

    /// Says why a pod waits, once for every reason.
    private func refuse(_ pod: Value, _ message: String) async throws {
        var conditions = pod.conditions
        let condition = Condition(
            type: "PodScheduled", status: .isFalse, reason: "Unschedulable", message: message)
        guard conditions.set(condition, now: client.timeline.date) else { return }
        recorder.note(.warning, "FailedScheduling", message, regarding: .init(pod))
        var status = pod["status"] ?? .emptyObject
        status["conditions"] = .array(conditions.items)
        try await client.writeStatus(status, of: pod, .pods)
    }
}

/// The bindings made that the cache does not show.
private final class Bindings: Sendable {
    private let nodes = Mutex<[String: String]>([:])

    func add(_ uid: String, node: String) { nodes.withLock { $0[uid] = node } }

    /// Forgets what the objects show or what is gone, and answers the rest.
    func update(_ pods: [Value]) -> [String: String] {
        let unassigned = Set(
            pods.filter { ($0["spec"]?["nodeName"]?.stringValue ?? "").isEmpty }.map(\.metadata.uid))
        return nodes.withLock { nodes in
            nodes = nodes.filter { unassigned.contains($0.key) }
            return nodes
        }
    }
}
