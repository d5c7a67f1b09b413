import KubeModel
import Manifest

extension PodMachine {
    /// A pod that another process has looked after before: its status says how far it was, the machine what is
    /// left of it.
    ///
    /// - Parameters:
    ///   - status: `status` as the API has it.
    ///   - recovered: what was found on the machine, nil for nothing.
    init(
        _ plan: PodPlan, status: Value, recovered: RecoveredPod?, settings: Settings = Settings(),
        at now: Moment
    ) {
        self.init(plan, settings: settings, at: now)
        if let began = status["startTime"]?.stringValue.flatMap(Timestamp.init(rfc3339:)) {
            startedAt = began
            self.began = now.elapsed - max(.zero, now.date.duration(since: began))
        }
        if let found = recovered?.status {
            network = found
            sandbox = .ready
        }
        for list in ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"] {
            for told in status.list(list) { recall(told) }
        }
        for container in plan.containers { adopt(container, recovered) }
        isPastDeadline = status.text("reason") == "DeadlineExceeded"
        let conditions = status.list("conditions")
        let wasInitialized = conditions.contains {
            $0.text("type") == "Initialized" && $0.text("status") == "True"
        }
        // A new network is a new pod to those in it: its init containers run again.
        isInitialized = wasInitialized && (sandbox == .ready || isFinished || isOver(status))
        if !isInitialized, sandbox != .ready, !isOver(status) { beginAgain() }
        if isOver(status) { sandbox = .disconnected }
        if let grace = plan.deletionGracePeriod {
            ending = Ending(cause: .deleted, began: now.elapsed, gracePeriod: grace)
        } else if isPastDeadline {
            ending = Ending(cause: .deadline, began: now.elapsed, gracePeriod: plan.gracePeriod)
        }
    }

    private func isOver(_ status: Value) -> Bool { ["Succeeded", "Failed"].contains(status.text("phase")) }

    /// Takes a container's past from its status.
    private mutating func recall(_ told: Value) {
        let name = told.text("name")
        guard plan.container(name) != nil else { return }
        let restarts = Int(told["restartCount"]?.integerValue ?? 0)
        let state = told["state"] ?? .emptyObject
        let hasRun = state.present("running") != nil || state.present("terminated") != nil
        self[name].lastEnd = told["lastState", "terminated"].flatMap(ContainerEnd.init)
        self[name].runs = hasRun || restarts > 0 || self[name].lastEnd != nil ? restarts + 1 : 0
        if !told.text("imageID").isEmpty {
            self[name].image = ContainerImage(
                name: told.text("image"), id: told.text("imageID"), message: "")
        }
        if let end = state["terminated"].flatMap(ContainerEnd.init) {
            self[name].stage = .ended(end)
            self[name].endedAt = elapsed(at: end.finishedAt)
        } else if let since = state["running", "startedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:)) {
            // Until it is found on the machine, it is taken for lost.
            self[name].stage = .ended(.lost(startedAt: since, at: now.date))
            self[name].endedAt = now.elapsed
        }
        self[name].isReady = told["ready"]?.boolValue ?? false
        self[name].isStarted = told["started"]?.boolValue ?? false
    }

    /// Goes on with what the machine has of a container.
    private mutating func adopt(_ container: ContainerPlan, _ recovered: RecoveredPod?) {
        let name = container.name
        let runs = (recovered?.containers ?? [:]).filter { $0.key.name == name }
        defer { if self[name].end != nil { (self[name].isReady, self[name].isStarted) = (false, false) } }
        guard let (id, state) = runs.max(by: { $0.key.attempt < $1.key.attempt }),
            id.attempt + 1 >= self[name].runs
        else { return }
        let isTold = id.attempt + 1 == self[name].runs
        if !isTold, let end = self[name].end { self[name].lastEnd = end }
        switch state {
        case .running(let run):
            self[name].runs = id.attempt + 1
            self[name].stage = .running(since: run.startedAt)
            self[name].began = elapsed(at: run.startedAt)
            self[name].isPostStartDone = true
            if !isTold || container.probes[.startup] == nil {
                self[name].isStarted = container.probes[.startup] == nil
                if !isTold {
                    self[name].isReady = self[name].isStarted && container.probes[.readiness] == nil
                }
            }
        case .exited(let exit):
            self[name].runs = id.attempt + 1
            if isTold, let end = self[name].end, end.reason != ContainerEnd.lostReason { return }
            self[name].stage = .ended(ContainerEnd(exit, message: ""))
            self[name].endedAt = elapsed(at: exit.finishedAt)
        case .created: break
        }
    }

    /// Has the init containers of a pod that lost its network run once more.
    private mutating func beginAgain() {
        let hadNetwork = containers.values.contains { $0.runs > 0 }
        guard hadNetwork else { return }
        note("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
        for container in plan.containers where container.role == .initial {
            guard let end = self[container.name].end else { continue }
            self[container.name].lastEnd = end
            self[container.name].stage = .idle
        }
    }

    /// A moment of the calendar on the monotonic clock.
    private func elapsed(at moment: Timestamp) -> Duration {
        now.elapsed - max(.zero, now.date.duration(since: moment))
    }
}

extension ContainerEnd {
    static let lostReason = "ContainerStatusUnknown"

    /// The end of a container that is nowhere to be found.
    static func lost(startedAt: Timestamp?, at now: Timestamp) -> ContainerEnd {
        ContainerEnd(
            code: 137, reason: lostReason,
            message: "The container could not be located when the pod was terminated", startedAt: startedAt,
            finishedAt: now)
    }

    init(_ exit: ContainerExit, message: String) {
        self.init(
            code: exit.code, reason: exit.code == 0 ? "Completed" : "Error", message: message,
            startedAt: exit.startedAt, finishedAt: exit.finishedAt)
    }

    /// Reads `state.terminated`.
    init?(_ terminated: Value) {
        guard let code = terminated["exitCode"]?.integerValue,
            let finished = terminated["finishedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(
            code: Int32(clamping: code), reason: terminated.text("reason"),
            message: terminated.text("message"),
            startedAt: terminated["startedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            finishedAt: finished)
    }
}
