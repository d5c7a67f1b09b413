import KubeModel
import Manifest

/// A job as the planner sees it.
struct JobState: Sendable, Hashable {
    var name: String
    var namespace = ""
    var isDeleting = false
    var parallelism = 1
    /// Nil for a work queue: the job is done when one pod has succeeded and all have ended.
    var completions: Int? = 1
    var isIndexed = false
    var backoffLimit = 6
    var activeDeadline: Int?
    var timeToLive: Int?
    var isSuspended = false
    /// Whether a pod that is being deleted is replaced only when it has ended (`podReplacementPolicy: Failed`).
    var replacesFailedOnly = false
    /// Whether containers are restarted in their pods, whose restarts then count against the limit.
    var restartsContainers = false
    var failurePolicy: PodFailurePolicy?
    var status = JobStatus()

    init(name: String) {
        self.name = name
    }

    /// Reads a Job object.
    init(_ job: Value) {
        let metadata = job.metadata
        self.init(name: metadata.name)
        namespace = metadata.namespace
        isDeleting = metadata.isDeleting
        guard let spec = job["spec"] else { return }
        func count(_ name: String) -> Int? { spec[name]?.integerValue.flatMap { Int(exactly: $0) } }
        parallelism = count("parallelism") ?? 1
        completions = count("completions")
        isIndexed = spec["completionMode"]?.stringValue == "Indexed"
        backoffLimit = count("backoffLimit") ?? 6
        activeDeadline = count("activeDeadlineSeconds")
        timeToLive = count("ttlSecondsAfterFinished")
        isSuspended = spec["suspend"]?.boolValue ?? false
        replacesFailedOnly = spec["podReplacementPolicy"]?.stringValue == "Failed"
        restartsContainers = spec["template"]?["spec"]?["restartPolicy"]?.stringValue == "OnFailure"
        failurePolicy = spec["podFailurePolicy"].map { PodFailurePolicy($0) }
        status = JobStatus(job["status"] ?? .emptyObject, completions: completions ?? 0)
    }

    /// What the job asks for that this controller does not do; empty where it does all of it.
    static func unsupportedFields(of job: Value) -> [String] {
        ["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"].filter { job["spec"]?[$0] != nil }
    }

    /// Whether another controller manages the job.
    static func isForeign(_ job: Value) -> Bool {
        job["spec"]?["managedBy"]?.stringValue.map { $0 != "kubernetes.io/job-controller" } ?? false
    }
}

/// `status` of a job.
struct JobStatus: Sendable, Hashable {
    var conditions = Conditions()
    var startTime: Timestamp?
    var completionTime: Timestamp?
    var active = 0
    var ready = 0
    var terminating = 0
    var succeeded = 0
    var failed = 0
    var completed = CompletedIndexes()
    /// Uids of ended pods that are not in the counts yet: they are counted when their finalizers are gone, so that no
    /// pod is counted twice or never, whenever the controller stops.
    var uncountedSucceeded: [String] = []
    var uncountedFailed: [String] = []

    init() {}

    init(_ status: Value, completions: Int) {
        func count(_ name: String) -> Int { status[name]?.integerValue.flatMap { Int(exactly: $0) } ?? 0 }
        func moment(_ name: String) -> Timestamp? {
            status[name]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        }
        func uids(_ name: String) -> [String] {
            (status["uncountedTerminatedPods"]?[name]?.arrayValue ?? []).compactMap(\.stringValue)
        }
        conditions = Conditions(status["conditions"]?.arrayValue ?? [])
        startTime = moment("startTime")
        completionTime = moment("completionTime")
        active = count("active")
        ready = count("ready")
        terminating = count("terminating")
        succeeded = count("succeeded")
        failed = count("failed")
        completed = CompletedIndexes(status["completedIndexes"]?.stringValue ?? "", completions: completions)
        uncountedSucceeded = uids("succeeded")
        uncountedFailed = uids("failed")
    }

    /// Whether the job has ended for good.
    var isFinished: Bool { conditions.isTrue("Complete") || conditions.isTrue("Failed") }

    /// When it did.
    var finishTime: Timestamp? {
        ["Complete", "Failed"].lazy.compactMap { conditions[$0] }.first { $0.status == .isTrue }?
            .lastTransitionTime
    }

    /// The fields as the API has them.
    var value: Value {
        var fields = Object()
        func put(_ name: String, _ count: Int) {
            if count != 0 { fields[name] = .integer(Int64(count)) }
        }
        if !conditions.items.isEmpty { fields["conditions"] = .array(conditions.items) }
        if let startTime { fields["startTime"] = .string(startTime.rfc3339) }
        if let completionTime { fields["completionTime"] = .string(completionTime.rfc3339) }
        put("active", active)
        put("succeeded", succeeded)
        put("failed", failed)
        fields["terminating"] = .integer(Int64(terminating))
        if completed.count > 0 { fields["completedIndexes"] = .string(completed.text) }
        var uncounted = Object()
        if !uncountedSucceeded.isEmpty {
            uncounted["succeeded"] = .array(uncountedSucceeded.map { .string($0) })
        }
        if !uncountedFailed.isEmpty { uncounted["failed"] = .array(uncountedFailed.map { .string($0) }) }
        fields["uncountedTerminatedPods"] = .object(uncounted)
        fields["ready"] = .integer(Int64(ready))
        return .object(fields)
    }
}
