import KubeModel

/// The life of a pod as a pure state machine: what happens goes in, what is to be done comes out.
///
/// It decides everything a kubelet decides about a pod once it is bound: the order of its containers, restarts,
/// probes, termination. It does nothing itself and knows no clock, so that it is tested over random schedules.
struct PodMachine: Sendable {
    /// A moment on both clocks: the monotonic one for waits, the calendar for what people read.
    struct Moment: Sendable, Hashable {
        var elapsed: Duration
        var date: Timestamp
    }

    struct Settings: Sendable, Hashable {
        var restarts = RestartBackoff.Limits()
        var pulls = RestartBackoff.Limits()
        /// The wait after a pod could not be prepared; it doubles up to the limit.
        var preparation = RestartBackoff.Limits(
            base: .milliseconds(500), maximum: .seconds(120), reset: .seconds(600))
        /// How often a container is tried again whose configuration is faulty.
        var configurationRetry = Duration.seconds(5)
        /// What a pod that was deleted by force is given to end.
        var forcedGracePeriod = Duration.seconds(2)
        /// What a pod is given at most to end when the program does.
        var shutdownGracePeriod = Duration.seconds(10)
        /// What the last containers are given even where others have used up the pod's time.
        var minimumGracePeriod = Duration.seconds(2)
    }

    enum Sandbox: Sendable, Hashable {
        case absent(retryAt: Duration)
        case preparing
        case ready
        case disconnecting
        case disconnected
        case removing
        case removalFailed(retryAt: Duration)
        case removed
    }

    /// Why the pod's containers are being ended.
    struct Ending: Sendable, Hashable {
        enum Cause: Sendable, Hashable { case deleted, vanished, deadline, shutdown }

        var cause: Cause
        var began: Duration
        var gracePeriod: Duration
    }

    let settings: Settings
    var plan: PodPlan
    var sandbox = Sandbox.absent(retryAt: .zero)
    /// What the machine gave the pod last; kept for the status when it is gone.
    var network: PodSandboxStatus?
    var containers: [String: ContainerRecord] = [:]
    var startedAt: Timestamp?
    /// When the pod was seen first, on the monotonic clock.
    var began: Duration
    /// Whether all init containers were done once.
    var isInitialized = false
    var ending: Ending?
    /// Whether the pod outlived its `activeDeadlineSeconds`.
    var isPastDeadline = false
    var isReleased = false
    /// Whether the program is ending.
    var isShuttingDown = false
    var preparations = RestartBackoff()
    var now: Moment
    var actions: [PodAction] = []

    /// A pod that was just bound to this node.
    init(_ plan: PodPlan, settings: Settings = Settings(), at now: Moment) {
        self.plan = plan
        self.settings = settings
        self.now = now
        began = now.elapsed
        startedAt = now.date.wholeSeconds
    }

    /// Takes note of what happened and says what to do about it.
    mutating func handle(_ event: PodEvent, at now: Moment) -> [PodAction] {
        self.now = now
        apply(event)
        advance()
        defer { actions = [] }
        return actions
    }

    /// Whether nothing will ever happen again: the object is released, or was gone before.
    var isOver: Bool {
        switch ending?.cause {
        case .vanished: sandbox == .removed
        case .deleted: isReleased
        default: false
        }
    }

    /// Whether a pod that was shut down has come to rest. One that is being deleted goes to the end of that.
    var isSettled: Bool {
        guard isShuttingDown, let ending, ending.cause == .shutdown || ending.cause == .deadline else {
            return false
        }
        return sandbox != .preparing && !containers.values.contains { $0.isAlive }
    }

    subscript(name: String) -> ContainerRecord {
        get { containers[name] ?? ContainerRecord() }
        set { containers[name] = newValue }
    }

    mutating func note(
        _ reason: String, _ message: String, of container: String? = nil, isWarning: Bool = false
    ) {
        actions.append(
            .note(isWarning: isWarning, reason: reason, message: message, container: container))
    }

    private mutating func advance() {
        checkDeadline()
        if let ending { return end(ending) }
        if isFinished { return finish() }
        switch sandbox {
        case .ready:
            tendAll()
            // Tending may have found that there is nothing more to do.
            if isFinished { finish() }
        case .absent(let retryAt) where retryAt <= now.elapsed:
            sandbox = .preparing
            actions.append(.prepare)
        default: break
        }
    }

    /// Whether the pod has had its `activeDeadlineSeconds`; what has just happened may be noticed before that is.
    var isDeadlineDue: Bool { plan.activeDeadline.map { now.elapsed >= began + $0 } ?? false }

    private mutating func checkDeadline() {
        guard isDeadlineDue, ending == nil, !isPastDeadline, !isFinished else { return }
        isPastDeadline = true
        ending = Ending(cause: .deadline, began: now.elapsed, gracePeriod: plan.gracePeriod)
        note("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
    }

    /// The next moment at which something is due without anything happening; nil where there is none.
    var nextDeadline: Duration? {
        var moments: [Duration] = []
        switch sandbox {
        case .absent(let retryAt) where ending == nil: moments.append(retryAt)
        case .removalFailed(let retryAt): moments.append(retryAt)
        default: break
        }
        if let deadline = plan.activeDeadline, ending == nil, !isPastDeadline, !isFinished {
            moments.append(began + deadline)
        }
        if ending == nil, sandbox == .ready {
            for container in plan.containers {
                let record = self[container.name]
                if case .held(_, _, let until) = record.stage { moments.append(until) }
                if case .running = record.stage, record.stop == nil {
                    moments += record.probing.values.filter { !$0.isUnderWay }.map(\.next)
                }
            }
        }
        // What is due already and was not done waits for something else.
        return moments.filter { $0 > now.elapsed }.min()
    }
}
