import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest

/// Writes the status of pods as a kubelet would whose containers do what a script says.
struct ScriptedKubelet: Reconciler {
    /// What becomes of a pod once it has a node.
    enum Behaviour: Sendable, Hashable {
        /// It stays as it was made.
        case pending
        case ready
        /// It runs and its readiness probe fails.
        case unready
        case succeeds
        /// Its container ends with the code.
        case fails(Int)
        /// It runs, was restarted so often, and is ready.
        case restarted(Int)
    }

    let client: KubeClient
    let pods: WatchCache
    let behaviour: @Sendable (Value) -> Behaviour

    func run() async {
        let controller = Controller(
            "kubelet", self, sources: [.objects(of: pods)], concurrency: 4, logger: .silent)
        await controller.run()
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let pod = pods[key]?.value, let node = pod["spec"]?["nodeName"]?.stringValue, !node.isEmpty
        else { return .done }
        do {
            if pod.metadata.isDeleting {
                var options = DeleteOptions()
                options.gracePeriodSeconds = 0
                options.uid = pod.metadata.uid
                try await client.delete(.pods, key.name, namespace: key.namespace, options: options)
                return .done
            }
            guard let status = status(of: pod, behaviour(pod)), !Self.isSame(status, pod["status"]) else {
                return .done
            }
            try await client.patch(
                .pods, key.name, namespace: key.namespace,
                .merge(["metadata": ["uid": .string(pod.metadata.uid)], "status": status]),
                subresource: "status")
        } catch let error as APIError where error.isNotFound || error.isConflict {}
        return .done
    }

    private static func isSame(_ wanted: Value, _ present: Value?) -> Bool {
        guard let present else { return false }
        let states = ["phase", "containerStatuses"].allSatisfy { wanted[$0] == present[$0] }
        return states
            && Conditions(wanted["conditions"]?.arrayValue ?? [])["Ready"]?.status
                == Conditions(present["conditions"]?.arrayValue ?? [])["Ready"]?.status
    }

    private func status(of pod: Value, _ behaviour: Behaviour) -> Value? {
        var conditions = pod.conditions
        let now = client.timeline.date
        let isReady: Bool
        var phase = "Running"
        var container: Object = [
            "name": "main", "image": "x", "imageID": "", "ready": true, "restartCount": 0,
        ]
        switch behaviour {
        case .pending: return nil
        case .ready: isReady = true
        case .unready: isReady = false
        case .restarted(let count):
            isReady = true
            container["restartCount"] = .integer(Int64(count))
        case .succeeds, .fails:
            isReady = false
            var code = 0
            if case .fails(let number) = behaviour { code = number }
            phase = code == 0 ? "Succeeded" : "Failed"
            if let time = pod["status"]?["containerStatuses"]?[0]?["state"]?["terminated"] {
                container["state"] = ["terminated": time]
            } else {
                container["state"] = [
                    "terminated": ["exitCode": .integer(Int64(code)), "finishedAt": .string(now.rfc3339)]
                ]
            }
        }
        container["ready"] = .bool(isReady)
        conditions.set(Condition(type: "Ready", status: .init(isReady), reason: ""), now: now)
        return [
            "phase": .string(phase), "conditions": .array(conditions.items),
            "podIP": .string(Self.address(of: pod)),
            "podIPs": [["ip": .string(Self.address(of: pod))]], "containerStatuses": [.object(container)],
        ]
    }

    /// An address that follows from the pod's name.
    static func address(of pod: Value) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in pod.metadata.name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return "10.77.\(hash >> 8 & 0xff).\(hash & 0xff)"
    }
}
