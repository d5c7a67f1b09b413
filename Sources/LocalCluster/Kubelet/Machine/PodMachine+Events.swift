import KubeModel

extension PodMachine {
    /// Writes an event into the state; what follows from it is decided afterwards.
    mutating func apply(_ event: PodEvent) {
        switch event {
        case .changed(let plan): change(plan)
        case .vanished: vanish()
        case .shutdown:
            isShuttingDown = true
            let grace = min(ending?.gracePeriod ?? plan.gracePeriod, settings.shutdownGracePeriod)
            var end = ending ?? Ending(cause: .shutdown, began: now.elapsed, gracePeriod: grace)
            end.gracePeriod = grace
            ending = end
        case .clock: break
        case .referencesChanged: retryConfigurations()
        case .prepared(let status):
            guard sandbox == .preparing else { break }
            network = status
            sandbox = .ready
        case .preparationFailed(let failure):
            guard sandbox == .preparing else { break }
            let wait = preparations.wait(after: now.elapsed, settings.preparation)
            sandbox = .absent(retryAt: now.elapsed + wait)
            note(failure.reason, failure.message, isWarning: true)
        case .disconnected:
            if sandbox == .disconnecting { sandbox = .disconnected }
        case .removed:
            if sandbox == .removing { sandbox = .removed }
        case .removalFailed(let message):
            guard sandbox == .removing else { break }
            sandbox = .removalFailed(retryAt: now.elapsed + .seconds(1))
            note("FailedKillPod", "error killing pod: \(message)", isWarning: true)
        case .imageReady(let name, let image): imageIsReady(name, image)
        case .imageFailed(let name, let failure): imageFailed(name, failure)
        case .started(let name, let attempt, let moment): started(name, attempt: attempt, at: moment)
        case .startFailed(let name, let attempt, let failure):
            startFailed(name, attempt: attempt, failure)
        case .postStartEnded(let name, let attempt, let failure):
            postStartEnded(name, attempt: attempt, failure: failure)
        case .exited(let name, let attempt, let end): exited(name, attempt: attempt, end)
        case .probed(let name, let attempt, let kind, let outcome):
            probed(name, attempt: attempt, kind, outcome)
        }
    }

    private mutating func change(_ plan: PodPlan) {
        let images = Dictionary(self.plan.containers.map { ($0.name, $0.image) }) { first, _ in first }
        self.plan = plan
        // A pod that ends with the same change ends in its own order.
        let isEnding = ending != nil || plan.deletionGracePeriod != nil || isDeadlineDue
        for container in plan.containers where self[container.name].isAlive && !isEnding {
            guard let before = images[container.name], before != container.image else { continue }
            note(
                "Killing", "Container \(container.name) definition changed, will be restarted",
                of: container.name)
            requestStop(container.name, grace: plan.gracePeriod)
        }
        guard let grace = plan.deletionGracePeriod else { return }
        if let present = ending, present.cause == .deleted || present.cause == .vanished {
            if grace < present.gracePeriod { ending?.gracePeriod = grace }
            return
        }
        ending = Ending(cause: .deleted, began: now.elapsed, gracePeriod: grace)
    }

    private mutating func vanish() {
        let grace = min(plan.deletionGracePeriod ?? settings.forcedGracePeriod, settings.forcedGracePeriod)
        var end = Ending(cause: .vanished, began: now.elapsed, gracePeriod: grace)
        if let present = ending, present.cause == .deleted || present.cause == .vanished {
            end.began = present.began
            end.gracePeriod = min(present.gracePeriod, grace)
        }
        ending = end
    }

    private mutating func retryConfigurations() {
        for (name, record) in containers {
            if case .held(let reason, _, _) = record.stage, reason == "CreateContainerConfigError" {
                containers[name]?.stage = .idle
            }
        }
        if case .absent = sandbox { sandbox = .absent(retryAt: now.elapsed) }
    }

    // MARK: Images

    private mutating func imageIsReady(_ name: String, _ image: ContainerImage) {
        guard self[name].stage == .fetching, let container = plan.container(name) else { return }
        self[name].image = image
        self[name].pulls = RestartBackoff()
        note("Pulled", image.message, of: name)
        if let refusal = container.refusal {
            return hold(name, "CreateContainerConfigError", refusal, for: settings.configurationRetry)
        }
        self[name].stage = .starting
        actions.append(.start(name, attempt: self[name].runs))
    }

    private mutating func imageFailed(_ name: String, _ failure: ImageFailure) {
        guard self[name].stage == .fetching else { return }
        switch failure.reason {
        case "ErrImageNeverPull":
            note("ErrImageNeverPull", failure.message, of: name, isWarning: true)
            hold(name, failure.reason, failure.message, for: settings.pulls.base)
        case "InvalidImageName":
            note("InspectFailed", failure.message, of: name, isWarning: true)
            hold(name, failure.reason, failure.message, for: settings.pulls.base)
        case ImageFailure.unusable:
            note("Failed", "Error: \(failure.message)", of: name, isWarning: true)
            hold(name, failure.reason, failure.message, for: settings.configurationRetry)
        default:
            note(
                "Failed", "Failed to pull image \"\(plan.container(name)?.image ?? "")\": \(failure.message)",
                of: name, isWarning: true)
            note("Failed", "Error: \(failure.reason)", of: name, isWarning: true)
            let wait = self[name].pulls.wait(after: now.elapsed, settings.pulls)
            // For a moment people see what failed; the wait that follows has a name of its own.
            hold(name, failure.reason, failure.message, for: min(.seconds(1), wait / 2))
        }
    }

    // MARK: Containers

    private mutating func started(_ name: String, attempt: Int, at moment: Timestamp) {
        guard self[name].stage == .starting, self[name].runs == attempt, let container = plan.container(name)
        else { return }
        self[name].runs = attempt + 1
        self[name].stage = .running(since: moment)
        self[name].began = now.elapsed
        self[name].isPostStartDone = !container.hasPostStart
        self[name].isStarted = container.probes[.startup] == nil && !container.hasPostStart
        self[name].isReady = self[name].isStarted && container.probes[.readiness] == nil
        self[name].probing = [:]
        note("Created", "Created container: \(name)", of: name)
        note("Started", "Started container \(name)", of: name)
        if container.hasPostStart, ending == nil {
            actions.append(.runPostStart(name, attempt: attempt))
        }
        // The last run is kept for those who ask for its log.
        if attempt >= 2 { actions.append(.forget(name, attempt: attempt - 2)) }
    }

    private mutating func startFailed(_ name: String, attempt: Int, _ failure: StartFailure) {
        guard self[name].stage == .starting, self[name].runs == attempt else { return }
        note("Failed", "Error: \(failure.message)", of: name, isWarning: true)
        switch failure.kind {
        case .configuration:
            hold(name, "CreateContainerConfigError", failure.message, for: settings.configurationRetry)
        case .creation:
            hold(name, "CreateContainerError", failure.message, for: settings.configurationRetry)
        case .execution:
            self[name].runs = attempt + 1
            finish(
                name,
                ContainerEnd(
                    code: 128, reason: "StartError", message: failure.message, startedAt: now.date,
                    finishedAt: now.date))
        }
    }

    private mutating func postStartEnded(_ name: String, attempt: Int, failure: String?) {
        guard case .running = self[name].stage, self[name].attempt == attempt else { return }
        if let failure {
            note("FailedPostStartHook", failure, of: name, isWarning: true)
            if ending != nil || isFinished || isDeadlineDue { return }
            note("Killing", "FailedPostStartHook", of: name)
            return requestStop(name, grace: plan.gracePeriod)
        }
        self[name].isPostStartDone = true
        let container = plan.container(name)
        self[name].isStarted = container?.probes[.startup] == nil
        self[name].isReady = self[name].isStarted && container?.probes[.readiness] == nil
    }

    private mutating func exited(_ name: String, attempt: Int, _ end: ContainerEnd) {
        guard case .running = self[name].stage, self[name].attempt == attempt else { return }
        finish(name, end)
    }

    mutating func finish(_ name: String, _ end: ContainerEnd) {
        self[name].stage = .ended(end)
        self[name].endedAt = now.elapsed
        self[name].stop = nil
        self[name].probing = [:]
        self[name].isReady = false
        self[name].isStarted = false
    }

    mutating func hold(_ name: String, _ reason: String, _ message: String, for delay: Duration) {
        self[name].stage = .held(reason: reason, message: message, until: now.elapsed + delay)
    }
}
