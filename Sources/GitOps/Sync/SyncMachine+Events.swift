import KubeModel

extension SyncMachine {
    /// Takes note of what happened.
    mutating func note(_ event: SyncEvent, at now: Timestamp) {
        switch event {
        case .begin: begin(at: now)
        case .validated(let faults): validated(faults, at: now)
        case .approved: isApproved = true
        case .applied(let id): applied(id, at: now)
        case .refused(let id, let message): refused(id, message)
        case .deletionRequested(let id):
            guard case .requested = tasks[id].progress, plan.tasks[id].work == .prune else { return }
            tasks[id].progress = .awaited(since: now)
        case .kept(let id, let message):
            guard case .requested = tasks[id].progress, plan.tasks[id].work == .prune else { return }
            finish(id, message)
            tasks[id].isKept = true
        case .observed(let id, let observation): observed(id, observation, at: now)
        case .hookReleased(let id):
            if case .requested = tasks[id].release { tasks[id].release = .done }
        case .newRevision(let newer):
            guard newer != revision else { return }
            // What somebody has ended stays ended.
            if case .terminated = interruption { return }
            interruption = .superseded(revision: newer)
        case .terminate(let reason): interruption = .terminated(reason)
        case .tick: return
        }
    }

    private mutating func begin(at now: Timestamp) {
        guard case .ready = stage else { return }
        if validates, !plan.tasks.isEmpty {
            stage = .validating(since: now)
        } else {
            afterValidation(at: now)
        }
    }

    private mutating func validated(_ faults: [Int: String], at now: Timestamp) {
        guard case .validating = stage else { return }
        guard faults.isEmpty else {
            for (id, message) in faults {
                tasks[id].progress = .failed
                tasks[id].message = message
            }
            // Nothing has been done, so there is nothing for SyncFail hooks to clean up after.
            stage = .cleaning(.failed("one or more objects are refused by the cluster; nothing was changed"))
            return
        }
        afterValidation(at: now)
    }

    private mutating func afterValidation(at now: Timestamp) {
        if isDryRun {
            stage = .cleaning(.succeeded)
            return
        }
        if let approvalReason, !isApproved {
            stage = .awaitingApproval(reason: approvalReason, since: now)
        } else {
            stage = .running(step: 0, since: now)
        }
    }

    private mutating func applied(_ id: Int, at now: Timestamp) {
        guard case .requested = tasks[id].progress, plan.tasks[id].work != .prune else { return }
        tasks[id].progress = .awaited(since: now)
        tasks[id].changedAt = now
        if plan.tasks[id].work == .hook { tasks[id].isMade = true }
    }

    private mutating func refused(_ id: Int, _ message: String) {
        switch tasks[id].progress {
        case .requested, .clearing: fail(id, message)
        default: return
        }
    }

    private mutating func observed(_ id: Int, _ observation: SyncEvent.Observation, at now: Timestamp) {
        let work = plan.tasks[id].work
        switch (tasks[id].progress, observation) {
        case (.clearing, .absent):
            tasks[id].progress = .pending
            tasks[id].isBlocked = false
        case (.awaited, .absent) where work == .prune:
            tasks[id].progress = .done
            tasks[id].message = "pruned"
        case (.awaited, .absent):
            tasks[id].isMade = false
            fail(id, work == .hook ? SyncMessage.hookVanished : SyncMessage.vanished)
        case (.awaited, .present(let health)) where work != .prune:
            if tasks[id].health != health || tasks[id].changedAt == nil {
                tasks[id].health = health
                tasks[id].changedAt = now
            }
            judge(id, health ?? .healthy)
        default: return
        }
    }

    /// Says what a state of health means for a task.
    private mutating func judge(_ id: Int, _ health: Health) {
        let isHook = plan.tasks[id].work == .hook
        switch health.status {
        case .healthy: finish(id, health.message)
        // As in Argo CD, a hook that cannot be judged has failed; of other objects nothing is concluded.
        case .unknown where isHook: fail(id, health.message)
        case .degraded: fail(id, health.message)
        // Nobody can be waited for who has paused on purpose, unless something else comes after.
        case .suspended where !isHook && isLastStep: finish(id, health.message)
        case .unknown, .suspended, .progressing, .missing: return
        }
    }

    private var isLastStep: Bool {
        guard case .running(let step, _) = stage else { return false }
        return step == plan.steps.count - 1
    }

    mutating func finish(_ id: Int, _ message: String) {
        tasks[id].progress = .done
        if !message.isEmpty { tasks[id].message = message }
    }

    mutating func fail(_ id: Int, _ message: String) {
        tasks[id].progress = .failed
        tasks[id].message = message
    }
}
