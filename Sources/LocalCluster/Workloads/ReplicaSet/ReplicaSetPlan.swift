import KubeModel
import Manifest

/// What a ReplicaSet needs next, decided from one view of it and its pods (upstream: `manageReplicas`).
struct ReplicaSetPlan: Sendable, Hashable {
    /// Pods to create.
    var creations = 0
    /// Names and uids of the pods to delete, the least useful first.
    var deletions: [PodSnapshot] = []

    /// Pods created or deleted in one go; the rest follows when these are seen.
    static let burst = 500

    /// - Parameters:
    ///   - replicas: the number wanted.
    ///   - pods: those that the set controls, ended ones included.
    init(replicas: Int, pods: [PodSnapshot], now: Timestamp) {
        let active = pods.filter(\.isActive)
        let missing = replicas - active.count
        if missing > 0 {
            creations = min(missing, Self.burst)
        } else if missing < 0 {
            let order = DeletionOrder(now: now)
            deletions = Array(active.sorted(by: order.precedes).prefix(min(-missing, Self.burst)))
        }
    }
}

/// `status` of a ReplicaSet without its conditions.
struct ReplicaSetStatus: Sendable, Hashable {
    var replicas = 0
    var fullyLabeled = 0
    var ready = 0
    var available = 0
    var observedGeneration: Int64 = 0
    /// When the next ready pod becomes available; nil where none waits for that.
    var nextAvailability: Duration?

    init() {}

    /// Counts active pods.
    ///
    /// - Parameter templateLabels: the labels a pod must have to count as fully labelled.
    init(
        pods: [PodSnapshot], templateLabels: StringMap, minReadySeconds: Int, generation: Int64,
        now: Timestamp
    ) {
        let full = LabelSelector(templateLabels)
        observedGeneration = generation
        for pod in pods where pod.isActive {
            replicas += 1
            if full.matches(pod.labels) { fullyLabeled += 1 }
            guard pod.isReady else { continue }
            ready += 1
            if pod.isAvailable(minReadySeconds: minReadySeconds, at: now) { available += 1 }
            if let rest = pod.timeToAvailability(minReadySeconds: minReadySeconds, at: now) {
                nextAvailability = min(nextAvailability ?? rest, rest)
            }
        }
    }

    /// The fields as the API has them; counts of 0 are left out, as Go does, except `replicas`.
    func value(conditions: Conditions) -> Value {
        var fields: Object = ["replicas": .integer(Int64(replicas))]
        func put(_ name: String, _ count: Int64) {
            if count != 0 { fields[name] = .integer(count) }
        }
        put("fullyLabeledReplicas", Int64(fullyLabeled))
        put("readyReplicas", Int64(ready))
        put("availableReplicas", Int64(available))
        put("observedGeneration", observedGeneration)
        if !conditions.items.isEmpty { fields["conditions"] = .array(conditions.items) }
        return .object(fields)
    }
}
