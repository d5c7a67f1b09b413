import KubeModel

extension SyncMachine {
    /// Goes on as far as it goes without hearing of anything, and answers what is to be done.
    mutating func advance(at now: Timestamp) -> [SyncAction] {
        while true {
            if let interruption, !isBusy, !isEnding {
                stage = .cleaning(interruption)
                continue
            }
            // While somebody waits to take over, nothing new is begun.
            if interruption != nil, !isEnding { return [] }
            switch stage {
            case .ready, .finished: return []
            case .validating(let since): return since == now ? [.validate] : []
            case .awaitingApproval:
                guard isApproved else { return [] }
                stage = .running(step: 0, since: now)
            case .running(let step, _):
                guard step < plan.steps.count else {
                    stage = .cleaning(.succeeded)
                    continue
                }
                switch advance(plan.steps[step], isLast: step == plan.steps.count - 1, at: now) {
                case .wait(let actions): return actions
                case .done: stage = .running(step: step + 1, since: now)
                case .failed(let message): stage = .failing(step: 0, since: now, message: message)
                }
            case .failing(let step, _, let message):
                guard step < plan.failureSteps.count else {
                    stage = .cleaning(.failed(message))
                    continue
                }
                switch advance(plan.failureSteps[step], isLast: false, at: now) {
                case .wait(let actions): return actions
                case .done: stage = .failing(step: step + 1, since: now, message: message)
                case .failed:
                    stage = .cleaning(.failed("\(message), and one or more SyncFail hooks failed"))
                }
            case .cleaning(let outcome):
                let actions = releaseHooks(after: outcome, at: now)
                guard actions.isEmpty, !isReleasing else { return actions }
                stage = .finished(outcome)
                return [.finish(outcome)]
            }
        }
    }

    private var isEnding: Bool {
        switch stage {
        case .cleaning, .finished: true
        default: false
        }
    }

    private enum StepProgress {
        case wait([SyncAction])
        case done
        case failed(String)
    }

    /// Deletes, clears former hooks away, applies kind by kind, waits.
    private mutating func advance(_ step: SyncPlan.Step, isLast: Bool, at now: Timestamp) -> StepProgress {
        let prunes = step.tasks.filter { plan.tasks[$0].work == .prune }
        // The reverse of the order in which they are applied: what refers goes before what is referred to.
        if let wait = request(prunes.reversed(), at: now, { .prune($0) }) { return wait }
        let applies = step.tasks.filter { plan.tasks[$0].work != .prune }
        if let wait = clear(applies, at: now) { return wait }
        if let wait = request(applies, at: now, isLast: isLast, { .apply($0) }) { return wait }
        // As in Argo CD a group that failed does not keep the next ones of its step from being applied.
        let failures = step.tasks.filter { tasks[$0].progress == .failed }
        if !failures.isEmpty { return .failed(failureMessage(failures)) }
        return step.tasks.allSatisfy { tasks[$0].progress == .done } ? .done : .wait([])
    }

    /// Requests group by group of equal kinds; nil where all are requested and answered.
    private mutating func request(
        _ ids: some Collection<Int>, at now: Timestamp, isLast: Bool = false, _ action: (Int) -> SyncAction
    ) -> StepProgress? {
        var rest = ids[...]
        while let first = rest.first {
            let rank = KindOrder.rank(of: plan.tasks[first].key.kind)
            let group = rest.prefix { KindOrder.rank(of: plan.tasks[$0].key.kind) == rank }
            rest = rest.dropFirst(group.count)
            var actions: [SyncAction] = []
            var isBusy = false
            for id in group {
                if case .requested = tasks[id].progress { isBusy = true }
                guard case .pending = tasks[id].progress else { continue }
                if isSettled(id, isLast: isLast, at: now) { continue }
                tasks[id].progress = .requested(since: now)
                actions.append(action(id))
            }
            if !actions.isEmpty || isBusy { return .wait(actions) }
        }
        return nil
    }

    /// Whether an object need not be applied: it is as it should be, or a hook that is under way.
    ///
    /// Argo CD applies what is in sync all the same unless `ApplyOutOfSyncOnly` is set. Server-side apply of what is in
    /// sync changes nothing, so it is left out here. Its health still gates the next wave.
    private mutating func isSettled(_ id: Int, isLast: Bool, at now: Timestamp) -> Bool {
        let task = plan.tasks[id]
        if task.work == .hook, task.isResumed {
            tasks[id].progress = .awaited(since: now)
            tasks[id].changedAt = now
            return true
        }
        guard task.work == .apply, task.isLive, !task.isChanged else { return false }
        tasks[id].message = "unchanged"
        tasks[id].progress = isLast ? .done : .awaited(since: now)
        tasks[id].changedAt = now
        return true
    }

    /// Has hooks of former syncs removed that are in the way; nil where none is.
    private mutating func clear(_ ids: [Int], at now: Timestamp) -> StepProgress? {
        var actions: [SyncAction] = []
        var isBusy = false
        for id in ids {
            if case .clearing = tasks[id].progress { isBusy = true }
            guard tasks[id].isBlocked, case .pending = tasks[id].progress else { continue }
            tasks[id].progress = .clearing(since: now)
            actions.append(.clearHook(id))
        }
        return actions.isEmpty && !isBusy ? nil : .wait(actions)
    }

    private func failureMessage(_ failures: [Int]) -> String {
        let wasApplied = failures.contains { tasks[$0].health != nil }
        let summary = wasApplied ? SyncMessage.failedTasks : SyncMessage.failedToApply
        let details = failures.prefix(3).map { "\(plan.tasks[$0].label): \(tasks[$0].message)" }
        let others = failures.count > 3 ? "; and \(failures.count - 3) more" : ""
        return "\(summary) (\(details.joined(separator: "; "))\(others))"
    }

    /// Lets every hook go that this sync has made, and has those deleted whose policy says so, or that still run.
    private mutating func releaseHooks(after outcome: Outcome, at now: Timestamp) -> [SyncAction] {
        var actions: [SyncAction] = []
        for id in tasks.indices where tasks[id].isMade && tasks[id].release == .none {
            let policies = plan.tasks[id].deletePolicies
            let deletes: Bool
            switch tasks[id].progress {
            case .done: deletes = policies.contains(.hookSucceeded)
            case .failed: deletes = policies.contains(.hookFailed)
            // Broken off; nobody is left to see how it ends.
            case .pending, .clearing, .requested, .awaited: deletes = true
            }
            tasks[id].release = .requested(since: now)
            actions.append(.releaseHook(id, deletes: deletes))
        }
        return actions
    }

    private var isReleasing: Bool {
        tasks.contains { state in
            if case .requested = state.release { true } else { false }
        }
    }
}
