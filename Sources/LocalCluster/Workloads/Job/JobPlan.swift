import KubeClient
import KubeModel
import Manifest

/// What a job needs next, decided from one view of it and its pods (upstream: the job controller's `syncJob` with
/// tracking by finalizers).
///
/// Pods are counted in three steps, each of which may be the last before a crash: their uids go into
/// `uncountedTerminatedPods`, then their finalizers are removed, then they move into the counts. A plan performs one
/// step for each pod; ``pods`` to create and delete come with it.
struct JobPlan: Sendable {
    /// Why pods of the job are created no more.
    private struct Ending: Sendable {
        var isSuccess: Bool
        var reason: String
        var message: String
    }

    /// Settings that Kubernetes has as constants.
    struct Limits: Sendable {
        /// The delay after the first failure; doubled after each further one in a row.
        var backoff = Backoff(base: .seconds(10), maximum: .seconds(600), jitter: 0)
        /// Uids in `uncountedTerminatedPods`; what is beyond follows when these are counted.
        var uncounted = 500

        init() {}
    }

    /// The status to write before any finalizer is removed; its `active` does not yet include ``creations``.
    private(set) var status: JobStatus
    /// Pods to create: an index for Indexed jobs, nil for others.
    private(set) var creations: [Int?] = []
    private(set) var deletions: [PodSnapshot] = []
    /// Pods whose finalizer is to be removed once the status is written.
    private(set) var releases: [PodSnapshot] = []
    private(set) var notes: [Note] = []
    /// When to look again though nothing changes.
    private(set) var nextLook: Duration?
    /// Whether the job has lived its time after its end.
    private(set) var isExpired = false

    struct Note: Sendable, Hashable {
        var severity: EventNote.Severity
        var reason: String
        var message: String
    }

    private let job: JobState
    private let pods: [PodSnapshot]
    private let limits: Limits
    private let now: Timestamp

    init(_ job: JobState, pods: [PodSnapshot], limits: Limits = Limits(), now: Timestamp) {
        self.job = job
        self.pods = pods.sorted { ($0.created, $0.name) < ($1.created, $1.name) }
        self.limits = limits
        self.now = now
        status = job.status
        decide()
    }

    // MARK: Decisions

    private mutating func decide() {
        guard !job.status.isFinished else {
            releases = pods.filter { $0.finalizers.contains(PodSnapshot.trackingFinalizer) }
            return checkAge()
        }
        if status.startTime == nil, !job.isSuspended { status.startTime = now }
        countReleased()
        let ending = ending()
        countEnded(ending)
        if let ending {
            finish(ending)
        } else if !job.isDeleting {
            noteSuspension()
            manage()
            lookAtDeadline()
        }
        let leaving = Set(deletions.map(\.uid))
        let active = pods.filter { $0.isActive && !leaving.contains($0.uid) }
        status.active = active.count
        status.ready = active.count(where: \.isReady)
        status.terminating = pods.count { !$0.isFinished && ($0.isDeleting || leaving.contains($0.uid)) }
    }

    /// Whether a pod has failed as far as the job is concerned.
    private func hasFailed(_ pod: PodSnapshot) -> Bool {
        if pod.phase == .failed { return true }
        return !job.replacesFailedOnly && pod.isDeleting && pod.phase != .succeeded
    }

    private func isTracked(_ pod: PodSnapshot) -> Bool {
        pod.finalizers.contains(PodSnapshot.trackingFinalizer)
    }

    // MARK: Counting

    /// Moves pods whose finalizers are gone from the waiting list into the counts.
    private mutating func countReleased() {
        let tracked = Set(pods.filter(isTracked).map(\.uid))
        let (succeeded, failed) = (status.uncountedSucceeded, status.uncountedFailed)
        status.uncountedSucceeded = succeeded.filter(tracked.contains)
        status.uncountedFailed = failed.filter(tracked.contains)
        if !job.isIndexed { status.succeeded += succeeded.count - status.uncountedSucceeded.count }
        status.failed += failed.count - status.uncountedFailed.count
    }

    /// Puts pods that have ended on the waiting list.
    private mutating func countEnded(_ ending: Ending?) {
        let isFailing = ending.map { !$0.isSuccess } ?? false
        let listed = Set(status.uncountedSucceeded + status.uncountedFailed)
        var room = limits.uncounted - listed.count
        for pod in pods where isTracked(pod) {
            if listed.contains(pod.uid) {
                releases.append(pod)
                continue
            }
            guard room > 0 else { break }
            if pod.phase == .succeeded {
                releases.append(pod)
                if job.isIndexed {
                    // The index tells whether it is counted already.
                    if let index = pod.completionIndex, index < job.completions ?? 0 {
                        status.completed.insert(index)
                    }
                } else {
                    status.uncountedSucceeded.append(pod.uid)
                    room -= 1
                }
            } else if hasFailed(pod) || (isFailing && pod.isDeleting) {
                releases.append(pod)
                if job.failurePolicy?.decision(on: pod, namespace: job.namespace)?.action != .ignore {
                    status.uncountedFailed.append(pod.uid)
                    room -= 1
                }
            } else if ending != nil || job.isDeleting, pod.isDeleting {
                releases.append(pod)
            }
        }
        if job.isIndexed { status.succeeded = status.completed.count }
    }

    private var succeededCount: Int {
        var completed = status.completed
        let listed = status.uncountedSucceeded
        // One that counts as failed because it was being deleted may still succeed; it is not counted again.
        let known = Set(listed + status.uncountedFailed)
        let fresh = pods.filter { isTracked($0) && $0.phase == .succeeded && !known.contains($0.uid) }
        guard job.isIndexed else { return status.succeeded + listed.count + fresh.count }
        for index in fresh.compactMap(\.completionIndex) where index < job.completions ?? 0 {
            completed.insert(index)
        }
        return completed.count
    }

    private var failedCount: Int {
        let listed = Set(status.uncountedFailed)
        let fresh = pods.filter { pod in
            isTracked(pod) && hasFailed(pod) && !listed.contains(pod.uid)
                && job.failurePolicy?.decision(on: pod, namespace: job.namespace)?.action != .ignore
        }
        return status.failed + listed.count + fresh.count
    }

    // MARK: The end

    /// Why the job is to end; nil where it goes on.
    private func ending() -> Ending? {
        if let condition = status.conditions["FailureTarget"], condition.status == .isTrue {
            return Ending(isSuccess: false, reason: condition.reason, message: condition.message)
        }
        if let condition = status.conditions["SuccessCriteriaMet"], condition.status == .isTrue {
            return Ending(isSuccess: true, reason: condition.reason, message: condition.message)
        }
        for pod in pods where isTracked(pod) {
            guard let decision = job.failurePolicy?.decision(on: pod, namespace: job.namespace),
                decision.action == .failJob
            else { continue }
            return Ending(isSuccess: false, reason: "PodFailurePolicy", message: decision.message)
        }
        if failedCount > job.backoffLimit || hasTooManyRestarts {
            return Ending(
                isSuccess: false, reason: "BackoffLimitExceeded",
                message: "Job has reached the specified backoff limit")
        }
        if let rest = timeToDeadline, rest <= .zero {
            return Ending(
                isSuccess: false, reason: "DeadlineExceeded",
                message: "Job was active longer than specified deadline")
        }
        guard isSatisfied else { return nil }
        return Ending(
            isSuccess: true, reason: "CompletionsReached",
            message: "Reached expected number of succeeded pods")
    }

    private var isSatisfied: Bool {
        guard !job.isSuspended || job.completions.map({ succeededCount >= $0 }) == true else { return false }
        guard let completions = job.completions else {
            return succeededCount > 0 && !pods.contains(where: \.isActive)
        }
        return succeededCount >= completions
    }

    /// Containers that are restarted in their pods make no failed pods; their restarts count instead.
    private var hasTooManyRestarts: Bool {
        guard job.restartsContainers else { return false }
        let restarts = pods.filter { $0.phase == .running || $0.phase == .pending }.reduce(0) {
            $0 + $1.restarts
        }
        return job.backoffLimit == 0 ? restarts > 0 : restarts >= job.backoffLimit
    }

    private var timeToDeadline: Duration? {
        guard let limit = job.activeDeadline, let start = status.startTime, !job.isSuspended else {
            return nil
        }
        return start.advanced(by: .seconds(limit)).duration(since: now)
    }

    /// Ends the job: its pods first, and the job when the last of them has ended and is counted.
    private mutating func finish(_ ending: Ending) {
        let target = ending.isSuccess ? "SuccessCriteriaMet" : "FailureTarget"
        if !status.conditions.isTrue(target) {
            set(target, .isTrue, ending.reason, ending.message)
        }
        deletions = pods.filter(\.isActive)
        guard pods.allSatisfy(\.isFinished), !pods.contains(where: isTracked),
            status.uncountedSucceeded.isEmpty,
            status.uncountedFailed.isEmpty
        else { return }
        set(ending.isSuccess ? "Complete" : "Failed", .isTrue, ending.reason, ending.message)
        if ending.isSuccess {
            status.completionTime = now
            note(.normal, "Completed", "Job completed")
        } else {
            note(.warning, ending.reason, ending.message)
        }
        if job.timeToLive != nil { checkAge() }
    }

    private mutating func checkAge() {
        guard let limit = job.timeToLive, let end = status.finishTime, !job.isDeleting else { return }
        let rest = end.advanced(by: .seconds(limit)).duration(since: now)
        if rest <= .zero { isExpired = job.status.isFinished } else { look(in: rest) }
        if rest <= .zero, !isExpired { look(in: .milliseconds(1)) }
    }

    // MARK: The pods

    private mutating func manage() {
        let active = pods.filter(\.isActive)
        guard !job.isSuspended else {
            deletions = active
            return
        }
        let succeeded = succeededCount
        var wanted = job.parallelism
        if let completions = job.completions {
            wanted = min(max(completions - succeeded, 0), job.parallelism)
        } else if succeeded > 0 {
            // One worker has found the queue empty: no further ones are made.
            wanted = min(active.count, job.parallelism)
        }
        let duplicates = job.isIndexed ? superfluous(active) : []
        if active.count - duplicates.count > wanted || !duplicates.isEmpty {
            remove(duplicates, downTo: wanted, of: active)
            return
        }
        let leaving = job.replacesFailedOnly ? pods.count { $0.isDeleting && !$0.isFinished } : 0
        let missing = wanted - active.count - leaving
        guard missing > 0 else { return }
        let delay = backoffDelay
        guard delay <= .zero else { return look(in: delay) }
        if job.isIndexed {
            creations = openIndexes(active).prefix(min(missing, ReplicaSetPlan.burst)).map { $0 }
        } else {
            creations = Array(repeating: nil, count: min(missing, ReplicaSetPlan.burst))
        }
    }

    /// Active pods of an index that another one has, that is done, or that is not wanted.
    private func superfluous(_ active: [PodSnapshot]) -> [PodSnapshot] {
        var seen: Set<Int> = []
        return active.filter { pod in
            guard let index = pod.completionIndex, index < job.completions ?? 0,
                !status.completed.contains(index)
            else { return true }
            return !seen.insert(index).inserted
        }
    }

    private mutating func remove(_ first: [PodSnapshot], downTo wanted: Int, of active: [PodSnapshot]) {
        let gone = Set(first.map(\.uid))
        let rest = active.filter { !gone.contains($0.uid) }.sorted(by: DeletionOrder(now: now).precedes)
        deletions = first + rest.prefix(max(rest.count - wanted, 0))
    }

    private func openIndexes(_ active: [PodSnapshot]) -> [Int] {
        var taken = Set(active.compactMap(\.completionIndex))
        if job.replacesFailedOnly {
            taken.formUnion(pods.filter { $0.isDeleting && !$0.isFinished }.compactMap(\.completionIndex))
        }
        return (0..<(job.completions ?? 0)).filter { !taken.contains($0) && !status.completed.contains($0) }
    }

    /// How long the next pod waits after failures in a row: 10 s, 20 s, 40 s, … up to 10 min after the last one.
    private var backoffDelay: Duration {
        func end(_ pod: PodSnapshot) -> Timestamp { pod.finished ?? pod.readySince ?? pod.created }
        let lastSuccess = pods.filter { $0.phase == .succeeded }.map(end).max()
        let failures = pods.filter { hasFailed($0) }.map(end).filter { failure in
            lastSuccess.map { failure > $0 } ?? true
        }
        guard let last = failures.max() else { return .zero }
        let delay = limits.backoff.delay(failures: failures.count, random: 0)
        return last.advanced(by: delay).duration(since: now)
    }

    // MARK: Suspension, time, words

    private mutating func noteSuspension() {
        let known = status.conditions["Suspended"]
        if job.isSuspended {
            guard known?.status != .isTrue else { return }
            set("Suspended", .isTrue, "JobSuspended", "Job suspended")
            note(.normal, "Suspended", "Job suspended")
        } else if known?.status == .isTrue {
            set("Suspended", .isFalse, "JobResumed", "Job resumed")
            note(.normal, "Resumed", "Job resumed")
            // The deadline counts from the time the job goes on.
            status.startTime = now
        }
    }

    private mutating func lookAtDeadline() {
        if let rest = timeToDeadline { look(in: rest) }
    }

    private mutating func look(in delay: Duration) { nextLook = min(nextLook ?? delay, delay) }

    private mutating func note(_ severity: EventNote.Severity, _ reason: String, _ message: String) {
        notes.append(Note(severity: severity, reason: reason, message: message))
    }

    private mutating func set(_ type: String, _ state: Condition.Status, _ reason: String, _ message: String)
    {
        var items = status.conditions.items.filter { $0["type"]?.stringValue != type }
        items.append([
            "type": .string(type), "status": .string(state.rawValue), "lastProbeTime": .string(now.rfc3339),
            "lastTransitionTime": .string(now.rfc3339), "reason": .string(reason),
            "message": .string(message),
        ])
        status.conditions = Conditions(items)
    }
}
