import KubeModel
import Manifest

/// A deployment as the planner sees it.
struct DeploymentState: Sendable, Hashable {
    var name: String
    var uid: String = ""
    var generation: Int64 = 1
    var isDeleting = false
    var isPaused = false
    var replicas = 1
    var isRollingUpdate = true
    var maxSurge: IntOrString = "25%"
    var maxUnavailable: IntOrString = "25%"
    var minReadySeconds = 0
    /// Nil where the deployment may take as long as it likes.
    var progressDeadline: Int? = 600
    /// Nil where every old set is kept.
    var revisionHistoryLimit: Int? = 10
    var annotations: StringMap = [:]
    var template: Value = .emptyObject
    var status = DeploymentStatus()

    init(name: String) {
        self.name = name
    }

    /// Reads a Deployment object.
    init(_ object: Value) {
        let metadata = object.metadata
        self.init(name: metadata.name)
        uid = metadata.uid
        generation = metadata.generation
        isDeleting = metadata.isDeleting
        annotations = metadata.annotations
        status = DeploymentStatus(object["status"] ?? .emptyObject)
        guard let spec = object["spec"] else { return }
        func count(_ name: String) -> Int? { spec[name]?.integerValue.flatMap { Int(exactly: $0) } }
        isPaused = spec["paused"]?.boolValue ?? false
        replicas = count("replicas") ?? 1
        isRollingUpdate = spec["strategy"]?["type"]?.stringValue != "Recreate"
        let rolling = spec["strategy"]?["rollingUpdate"]
        maxSurge = rolling?["maxSurge"].flatMap(IntOrString.init) ?? maxSurge
        maxUnavailable = rolling?["maxUnavailable"].flatMap(IntOrString.init) ?? maxUnavailable
        minReadySeconds = count("minReadySeconds") ?? 0
        progressDeadline = count("progressDeadlineSeconds").flatMap { $0 == Self.unlimited ? nil : $0 }
        revisionHistoryLimit = count("revisionHistoryLimit").flatMap { $0 == Self.unlimited ? nil : $0 }
        template = spec["template"] ?? .emptyObject
    }

    /// The number that means no limit.
    private static let unlimited = Int(Int32.max)

    /// Pods that may be there beyond ``replicas``, and pods that may be missing: shares of surge are rounded up, shares
    /// of unavailability down, and where both come to nothing one pod may be missing (`ResolveFenceposts`).
    private var fenceposts: (surge: Int, unavailable: Int) {
        let surge = (try? maxSurge.scaled(of: replicas, rounding: .up)) ?? 0
        let unavailable = (try? maxUnavailable.scaled(of: replicas, rounding: .down)) ?? 0
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable)
    }

    /// Pods that may be there beyond ``replicas``.
    var surge: Int { isRollingUpdate ? fenceposts.surge : 0 }

    /// Pods that may be missing from ``replicas``.
    var unavailable: Int {
        guard isRollingUpdate, replicas > 0 else { return 0 }
        return min(fenceposts.unavailable, replicas)
    }

    /// The revision that a roll-back is asked to; 0 for the one before, nil where none is asked for.
    var rollbackRevision: Int? { annotations[DeploymentAnnotations.rollback].flatMap { Int($0) } }
}

/// `status` of a deployment.
struct DeploymentStatus: Sendable, Hashable {
    var observedGeneration: Int64 = 0
    var replicas = 0
    var updated = 0
    var ready = 0
    var available = 0
    var unavailable = 0
    var collisionCount: Int?
    var conditions = Conditions()

    init() {}

    init(_ status: Value) {
        func count(_ name: String) -> Int? { status[name]?.integerValue.flatMap { Int(exactly: $0) } }
        observedGeneration = status["observedGeneration"]?.integerValue ?? 0
        replicas = count("replicas") ?? 0
        updated = count("updatedReplicas") ?? 0
        ready = count("readyReplicas") ?? 0
        available = count("availableReplicas") ?? 0
        unavailable = count("unavailableReplicas") ?? 0
        collisionCount = count("collisionCount")
        conditions = Conditions(status["conditions"]?.arrayValue ?? [])
    }

    /// The fields as the API has them; counts of 0 are left out, as Go does.
    var value: Value {
        var fields = Object()
        func put(_ name: String, _ count: Int) {
            if count != 0 { fields[name] = .integer(Int64(count)) }
        }
        put("observedGeneration", Int(observedGeneration))
        put("replicas", replicas)
        put("updatedReplicas", updated)
        put("readyReplicas", ready)
        put("availableReplicas", available)
        put("unavailableReplicas", unavailable)
        if !conditions.items.isEmpty { fields["conditions"] = .array(conditions.items) }
        put("collisionCount", collisionCount ?? 0)
        return .object(fields)
    }
}

/// A ReplicaSet of a deployment as the planner sees it.
struct ReplicaSetState: Sendable, Hashable {
    var name: String
    var uid: String = ""
    var created = Timestamp(seconds: 0)
    var isDeleting = false
    var annotations: StringMap = [:]
    var replicas = 0
    var minReadySeconds = 0
    var template: Value = .emptyObject
    var generation: Int64 = 1
    var observedGeneration: Int64 = 0
    var actualReplicas = 0
    var ready = 0
    var available = 0
    /// The condition `ReplicaFailure`.
    var failure: Condition?

    init(name: String) {
        self.name = name
    }

    /// Reads a ReplicaSet object.
    init(_ object: Value) {
        let metadata = object.metadata
        self.init(name: metadata.name)
        uid = metadata.uid
        created = metadata.creationTimestamp ?? created
        isDeleting = metadata.isDeleting
        annotations = metadata.annotations
        generation = metadata.generation
        let (spec, status) = (object["spec"], object["status"])
        func count(_ fields: Value?, _ name: String) -> Int {
            fields?[name]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        }
        replicas = count(spec, "replicas")
        minReadySeconds = count(spec, "minReadySeconds")
        template = spec?["template"] ?? .emptyObject
        observedGeneration = status?["observedGeneration"]?.integerValue ?? 0
        actualReplicas = count(status, "replicas")
        ready = count(status, "readyReplicas")
        available = count(status, "availableReplicas")
        failure = object.conditions["ReplicaFailure"]
    }

    /// The revision, 0 where the set has none.
    var revision: Int { annotations[DeploymentAnnotations.revision].flatMap { Int($0) } ?? 0 }
}
