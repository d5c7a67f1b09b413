import KubeModel

extension PodMachine {
    /// Ends what still runs of a pod that has done its work, and gives back what it had.
    mutating func finish() {
        guard stopAll(grace: plan.gracePeriod, drains: false) else { return }
        if sandbox == .ready {
            sandbox = .disconnecting
            actions.append(.disconnect)
        }
    }

    /// Ends a pod for a cause from outside.
    mutating func end(_ ending: Ending) {
        let left = max(ending.began + ending.gracePeriod - now.elapsed, .zero)
        let least = min(ending.gracePeriod, settings.minimumGracePeriod)
        guard stopAll(grace: max(left, least), drains: ending.cause == .deleted) else { return }
        switch (ending.cause, sandbox) {
        case (_, .preparing), (_, .disconnecting), (_, .removing): break
        case (.deadline, .ready), (.shutdown, .ready):
            sandbox = .disconnecting
            actions.append(.disconnect)
        case (.deadline, _), (.shutdown, _): break
        case (_, .removalFailed(let retryAt)) where retryAt > now.elapsed: break
        case (_, .removed):
            if ending.cause == .deleted, !isReleased {
                isReleased = true
                actions.append(.release)
            }
        default:
            sandbox = .removing
            actions.append(.remove)
        }
    }

    /// Ends all but the sidecars at once, then the sidecars, the last one first; whether nothing is left.
    private mutating func stopAll(grace: Duration, drains: Bool) -> Bool {
        var isQuiet = true
        // Nobody waits for images any more.
        for container in plan.containers where self[container.name].stage == .fetching {
            self[container.name].stage = .idle
        }
        for container in plan.containers where container.role != .sidecar {
            switch self[container.name].stage {
            case .starting: isQuiet = false
            case .running:
                isQuiet = false
                requestStop(container.name, grace: grace, drains: drains, isNoted: true)
            case .idle, .fetching, .held, .ended: break
            }
        }
        guard isQuiet else { return false }
        for container in plan.containers.reversed() where container.role == .sidecar {
            switch self[container.name].stage {
            case .starting: return false
            case .running:
                requestStop(container.name, grace: grace, drains: drains, isNoted: true)
                return false
            case .idle, .fetching, .held, .ended: break
            }
        }
        return true
    }

    /// Has a running container ended, unless that is under way and will not take longer.
    mutating func requestStop(
        _ name: String, grace: Duration, drains: Bool = false, isNoted: Bool = false
    ) {
        let deadline = now.elapsed + grace
        if let stop = self[name].stop, stop.deadline <= deadline { return }
        if isNoted, self[name].stop == nil { note("Killing", "Stopping container \(name)", of: name) }
        self[name].stop = ContainerRecord.Stop(deadline: deadline)
        actions.append(.stop(name, attempt: self[name].attempt, grace: grace, drains: drains))
    }
}
