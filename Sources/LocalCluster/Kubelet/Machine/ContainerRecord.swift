import KubeModel

/// What a ``PodMachine`` knows of one container.
struct ContainerRecord: Sendable, Hashable {
    enum Stage: Sendable, Hashable {
        /// Nothing has been done yet.
        case idle
        /// Waits for its image.
        case fetching
        /// Not tried again before a moment, for a reason that people are told.
        case held(reason: String, message: String, until: Duration)
        /// Being started: it may run or not.
        case starting
        case running(since: Timestamp)
        case ended(ContainerEnd)
    }

    struct Stop: Sendable, Hashable {
        /// When it is killed.
        var deadline: Duration
    }

    /// The results of a probe.
    struct Probing: Sendable, Hashable {
        var next: Duration
        var isUnderWay = false
        var successes = 0
        var failures = 0
    }

    var stage = Stage.idle
    /// How many runs were begun: the number of the present one is one less.
    var runs = 0
    /// How the run before the present one ended.
    var lastEnd: ContainerEnd?
    var image: ContainerImage?
    var restarts = RestartBackoff()
    var pulls = RestartBackoff()
    var stop: Stop?
    var probing: [ProbeKind: Probing] = [:]
    var isPostStartDone = false
    /// Whether the startup probe, if there is one, has succeeded.
    var isStarted = false
    var isReady = false
    /// When the present run began and when the last one ended, on the monotonic clock.
    var began = Duration.zero
    var endedAt = Duration.zero

    var attempt: Int { max(0, runs - 1) }

    /// Whether a process of it may run.
    var isAlive: Bool {
        switch stage {
        case .starting, .running: true
        default: false
        }
    }

    var end: ContainerEnd? {
        if case .ended(let end) = stage { end } else { nil }
    }

    /// The end of its last run, whatever it does now.
    var latestEnd: ContainerEnd? { end ?? lastEnd }

    /// Whether it runs and has passed its hook and startup probe.
    var isUp: Bool {
        if case .running = stage { isStarted } else { false }
    }
}
