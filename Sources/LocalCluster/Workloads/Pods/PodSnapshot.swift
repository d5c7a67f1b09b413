import KubeModel
import Manifest

/// What workload controllers have to know of a pod, read from the object once.
struct PodSnapshot: Sendable, Hashable {
    /// Where the pod is in its life (`status.phase`).
    enum Phase: String, Sendable, Hashable {
        case pending = "Pending"
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case unknown = "Unknown"
    }

    var name: String
    var uid: String
    var labels: StringMap = [:]
    /// The uid of the object that controls the pod, empty where none does.
    var controller = ""
    var created = Timestamp(seconds: 0)
    var isDeleting = false
    var phase = Phase.pending
    var nodeName = ""
    var isReady = false
    /// Since when ``isReady`` is as it is.
    var readySince: Timestamp?
    var deletionCost = 0
    /// Restarts of all containers.
    var restarts = 0
    var finalizers: [String] = []
    /// The index in an Indexed job, nil where the pod has none.
    var completionIndex: Int?
    /// When the last container ended; nil where none did.
    var finished: Timestamp?
    /// The exit codes of containers that ended, with the names of their containers.
    var exitCodes: [ExitCode] = []
    /// `status.conditions` by type, with their status.
    var conditions: [String: String] = [:]

    /// How a container ended.
    struct ExitCode: Sendable, Hashable {
        var container: String
        var code: Int
    }

    init(name: String, uid: String) {
        self.name = name
        self.uid = uid
    }

    /// Reads a Pod object.
    init(_ pod: Value) {
        let metadata = pod.metadata
        self.init(name: metadata.name, uid: metadata.uid)
        labels = metadata.labels
        controller = metadata.controller?.uid ?? ""
        created = metadata.creationTimestamp ?? created
        isDeleting = metadata.isDeleting
        finalizers = metadata.finalizers
        let annotations = metadata.annotations
        deletionCost = annotations[Self.deletionCostAnnotation].flatMap { Int($0) } ?? 0
        completionIndex = annotations[Self.indexAnnotation].flatMap { Int($0) }
        nodeName = pod["spec"]?["nodeName"]?.stringValue ?? ""
        guard let status = pod["status"] else { return }
        phase = status["phase"]?.stringValue.flatMap(Phase.init(rawValue:)) ?? .pending
        readConditions(status)
        readContainers(status)
    }

    private mutating func readConditions(_ status: Value) {
        for condition in status["conditions"]?.arrayValue ?? [] {
            guard let type = condition["type"]?.stringValue, let state = condition["status"]?.stringValue
            else {
                continue
            }
            conditions[type] = state
            if type == "Ready" {
                isReady = state == "True"
                readySince = condition["lastTransitionTime"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
            }
        }
    }

    private mutating func readContainers(_ status: Value) {
        for list in ["initContainerStatuses", "containerStatuses"] {
            for container in status[list]?.arrayValue ?? [] {
                restarts += container["restartCount"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
                guard let ended = container["state"]?["terminated"] else { continue }
                exitCodes.append(
                    ExitCode(
                        container: container["name"]?.stringValue ?? "",
                        code: ended["exitCode"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0))
                if let time = ended["finishedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:)) {
                    finished = max(finished ?? time, time)
                }
            }
        }
    }

    static let deletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost"
    static let indexAnnotation = "batch.kubernetes.io/job-completion-index"
    static let trackingFinalizer = "batch.kubernetes.io/job-tracking"

    /// Whether the pod has ended by itself.
    var isFinished: Bool { phase == .succeeded || phase == .failed }

    /// Whether the pod counts as one of its controller's: it has not ended and is not being deleted.
    var isActive: Bool { !isFinished && !isDeleting }

    /// Whether the pod is ready and has been for `minReadySeconds`.
    func isAvailable(minReadySeconds: Int, at now: Timestamp) -> Bool {
        guard isReady else { return false }
        guard minReadySeconds > 0 else { return true }
        return readySince.map { $0.advanced(by: .seconds(minReadySeconds)) <= now } ?? false
    }

    /// How long until a ready pod counts as available; nil where it does, or is not ready.
    func timeToAvailability(minReadySeconds: Int, at now: Timestamp) -> Duration? {
        guard isReady, minReadySeconds > 0, let readySince else { return nil }
        let rest = readySince.advanced(by: .seconds(minReadySeconds)).duration(since: now)
        return rest > .zero ? rest : nil
    }
}
