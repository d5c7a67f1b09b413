public import KubeModel

/// A sync from its first to its last step: what has been done, what is awaited, and what comes next.
///
/// A pure value. The shell tells it what happened (``SyncEvent``) and performs what it answers (``SyncAction``);
/// ``deadline`` says when it wants to hear of the time. It is re-entrant: after a restart a new machine with the same
/// plan applies again what is applied already, which changes nothing, and takes up hooks that this sync has made.
///
/// Like Argo CD's engine it deletes, then applies kind by kind, then waits for health, wave by wave. It differs on
/// purpose: the last wave is awaited too, every wait ends, deletions of one wave go in the reverse order of kinds,
/// and a newer revision takes over at the next point where no request is on its way.
public struct SyncMachine: Sendable, Hashable {
    /// How a sync ends.
    public enum Outcome: Sendable, Hashable {
        case succeeded
        case failed(String)
        /// A newer revision has taken over.
        case superseded(revision: String)
        /// Somebody has ended it.
        case terminated(String)
    }

    /// Where a sync stands.
    public enum Stage: Sendable, Hashable {
        case ready
        /// Every object is tried without effect.
        case validating(since: Timestamp)
        /// The plan deletes more than it may without being asked.
        case awaitingApproval(reason: String, since: Timestamp)
        /// A step of the plan is under way.
        case running(step: Int, since: Timestamp)
        /// A step of what follows a failure is under way.
        case failing(step: Int, since: Timestamp, message: String)
        /// Hooks are deleted or let go.
        case cleaning(Outcome)
        case finished(Outcome)
    }

    /// Where a task stands.
    public enum Progress: Sendable, Hashable {
        case pending
        /// A former hook of the name is being removed.
        case clearing(since: Timestamp)
        /// A request is on its way.
        case requested(since: Timestamp)
        /// The object is as it should be, or is going; now it has to get healthy, or to be gone.
        case awaited(since: Timestamp)
        case done
        case failed
    }

    /// What is known of a task.
    public struct TaskState: Sendable, Hashable {
        /// How far the task has come.
        public internal(set) var progress = Progress.pending
        /// What is to be said about it.
        public internal(set) var message = ""
        /// How the object was when it was last looked at.
        public internal(set) var health: Health?
        /// When the health last changed.
        var changedAt: Timestamp?
        /// Whether a former hook of the name is in the way.
        var isBlocked: Bool
        /// Whether a hook exists that this sync has made.
        var isMade = false
        /// Whether an object that was to be deleted stays.
        var isKept = false
        var release = Release.none

        enum Release: Sendable, Hashable { case none, requested(since: Timestamp), done }
    }

    /// What is to be done.
    public let plan: SyncPlan
    /// What is synced.
    public let revision: String
    /// How long what waits.
    public let limits: SyncLimits
    /// Why the plan has to be approved, nil where it need not.
    public let approvalReason: String?
    /// Whether every object is tried first.
    public let validates: Bool
    /// Whether nothing is done but trying.
    public let isDryRun: Bool
    /// Where the sync stands.
    public internal(set) var stage = Stage.ready
    /// What is known of each task of the plan, by its id.
    public internal(set) var tasks: [TaskState]
    /// What ends the sync at the next safe point.
    var interruption: Outcome?
    var isApproved = false

    /// A sync that has not begun.
    ///
    /// - Parameters:
    ///   - revision: what is synced; a newer one takes over.
    ///   - approvalReason: why nothing may be done before somebody approves it, nil where that is not needed.
    ///   - validates: whether every object is first tried by a dry run, so that one the server refuses stops the sync
    ///     before it has begun.
    ///   - isDryRun: whether the sync ends after the dry run.
    public init(
        _ plan: SyncPlan, revision: String, limits: SyncLimits = SyncLimits(), approvalReason: String? = nil,
        validates: Bool = false, isDryRun: Bool = false
    ) {
        self.plan = plan
        self.revision = revision
        self.limits = limits
        self.approvalReason = approvalReason
        self.validates = validates || isDryRun
        self.isDryRun = isDryRun
        tasks = plan.tasks.map { task in
            TaskState(
                isBlocked: task.work == .hook && task.isLive && !task.isResumed
                    && task.deletePolicies.contains(.beforeHookCreation),
                isMade: task.isResumed)
        }
    }

    /// How the sync ended, nil while it has not.
    public var outcome: Outcome? {
        if case .finished(let outcome) = stage { outcome } else { nil }
    }

    /// Whether a request is on its way, so that nothing else may be begun or broken off.
    var isBusy: Bool {
        if case .validating = stage { return true }
        return tasks.contains { state in
            if case .requested = state.progress { true } else { false }
        }
    }

    /// The tasks whose objects are to be looked at: ``SyncEvent/observed(_:_:)`` says how they are.
    public var observed: [Int] {
        switch stage {
        case .running, .failing: break
        default: return []
        }
        return tasks.indices.filter { place in
            switch tasks[place].progress {
            case .awaited, .clearing: true
            default: false
            }
        }
    }

    /// Takes note of what happened, and answers what is to be done.
    public mutating func handle(_ event: SyncEvent, at now: Timestamp) -> [SyncAction] {
        if outcome != nil { return [] }
        note(event, at: now)
        expire(at: now)
        return advance(at: now)
    }
}
