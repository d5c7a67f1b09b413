extension SyncMachine {
    /// What the sync does or waits for at the moment, for `operationState.message`.
    public var message: String {
        switch stage {
        case .ready: return "waiting to start"
        case .validating: return "trying every object by a dry run"
        case .awaitingApproval(let reason, _): return reason
        case .running(let step, _):
            return step < plan.steps.count ? waitingMessage(plan.steps[step]) : SyncMessage.succeeded
        case .failing(let step, _, let message):
            guard step < plan.failureSteps.count else { return message }
            return "\(message); \(waitingMessage(plan.failureSteps[step]))"
        case .cleaning(let outcome), .finished(let outcome): return Self.message(of: outcome)
        }
    }

    static func message(of outcome: Outcome) -> String {
        switch outcome {
        case .succeeded: SyncMessage.succeeded
        case .failed(let message): message
        case .superseded(let revision): SyncMessage.superseded(revision)
        case .terminated(let reason): reason
        }
    }

    private func waitingMessage(_ step: SyncPlan.Step) -> String {
        var hooks: [String] = []
        var objects: [String] = []
        var deletions: [String] = []
        for id in step.tasks {
            switch (tasks[id].progress, plan.tasks[id].work) {
            case (.awaited, .hook): hooks.append(plan.tasks[id].label)
            case (.awaited, .apply): objects.append(plan.tasks[id].label)
            case (.awaited, .prune), (.clearing, _): deletions.append(plan.tasks[id].label)
            default: continue
            }
        }
        if !hooks.isEmpty { return SyncMessage.waiting(hooks: true, hooks) }
        if !objects.isEmpty { return SyncMessage.waiting(hooks: false, objects) }
        if !deletions.isEmpty { return SyncMessage.deleting(deletions) }
        return "syncing phase \(step.phase.rawValue), wave \(step.wave)"
    }
}
