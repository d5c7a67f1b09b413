import KubeModel

extension PodMachine {
    /// Brings every container on whose turn it is.
    mutating func tendAll() {
        for container in plan.containers(.ephemeral) { tend(container) }
        tendInitial()
        guard isInitialized else { return }
        for container in plan.containers(.regular) { tend(container) }
    }

    /// One init container after another; a sidecar holds up the next until it is started.
    private mutating func tendInitial() {
        var isHeldUp = false
        for container in plan.containers where container.role == .initial || container.role == .sidecar {
            let record = self[container.name]
            if isInitialized || isHeldUp {
                // What is not its turn yet but has run before goes on, and sidecars are kept alive.
                if container.role == .sidecar, isInitialized || record.runs > 0 {
                    tend(container)
                } else if record.isAlive {
                    tend(container)
                }
                continue
            }
            switch container.role {
            case .initial:
                if record.end?.isSuccess == true { continue }
                tend(container)
                isHeldUp = true
            default:
                tend(container)
                if !self[container.name].isUp { isHeldUp = true }
            }
        }
        if !isHeldUp { isInitialized = true }
    }

    private mutating func tend(_ container: ContainerPlan) {
        let name = container.name
        switch self[name].stage {
        case .idle: begin(container)
        case .fetching, .starting: break
        case .held(let reason, let message, let until):
            if until > now.elapsed { break }
            if reason == "ErrImagePull" {
                backOffPulling(container, message)
            } else {
                begin(container)
            }
        case .running: scheduleProbes(container)
        case .ended(let end):
            if restarts(container, after: end) { restart(container, end) }
        }
    }

    private mutating func begin(_ container: ContainerPlan) {
        if case .ended(let end) = self[container.name].stage { self[container.name].lastEnd = end }
        self[container.name].stage = .fetching
        actions.append(.fetchImage(container.name))
    }

    private mutating func restart(_ container: ContainerPlan, _ end: ContainerEnd) {
        let name = container.name
        let wait = self[name].restarts.waitToRestart(after: self[name].endedAt, settings.restarts)
        let moment = self[name].endedAt + wait
        self[name].lastEnd = end
        guard moment > now.elapsed else { return begin(container) }
        let text = GoDuration.text(wait)
        self[name].stage = .held(
            reason: "CrashLoopBackOff",
            message: "back-off \(text) restarting failed container=\(name) pod=\(plan.fullName)",
            until: moment)
        note(
            "BackOff", "Back-off restarting failed container \(name) in pod \(plan.fullName)", of: name,
            isWarning: true)
    }

    private mutating func backOffPulling(_ container: ContainerPlan, _ failure: String) {
        let message = "Back-off pulling image \"\(container.image)\""
        note("BackOff", message, of: container.name)
        note("Failed", "Error: ImagePullBackOff", of: container.name, isWarning: true)
        self[container.name].stage = .held(
            reason: "ImagePullBackOff", message: "\(message): ErrImagePull: \(failure)",
            until: self[container.name].pulls.end)
    }

    /// Whether a container that has ended is started again.
    func restarts(_ container: ContainerPlan, after end: ContainerEnd) -> Bool {
        switch container.role {
        case .sidecar: true
        case .ephemeral: false
        case .initial: !end.isSuccess && plan.restartPolicy != .never
        case .regular:
            plan.restartPolicy == .always || plan.restartPolicy == .onFailure && !end.isSuccess
        }
    }

    /// Whether the pod has run to its end, be it good or bad: nothing but sidecars may run any more.
    var isFinished: Bool {
        if isPastDeadline { return true }
        let initFailed = plan.containers(.initial).contains { container in
            !isInitialized && plan.restartPolicy == .never && self[container.name].end?.isSuccess == false
        }
        if initFailed { return true }
        guard plan.restartPolicy != .always else { return false }
        return plan.containers(.regular).allSatisfy { container in
            guard let end = self[container.name].end else { return false }
            return !restarts(container, after: end)
        }
    }
}
