public import KubeModel

extension SyncMachine {
    /// When the machine wants to hear of the time at the latest; nil where nothing depends on it.
    public var deadline: Timestamp? {
        var moments = tasks.indices.flatMap { deadlines(of: $0) }
        switch stage {
        case .validating(let since): moments.append(since.advanced(by: limits.request * 10))
        case .awaitingApproval(_, let since): moments.append(since.advanced(by: limits.approval))
        case .running(_, let since), .failing(_, let since, _):
            moments.append(since.advanced(by: limits.step))
        case .ready, .cleaning, .finished: break
        }
        return moments.min()
    }

    private func deadlines(of id: Int) -> [Timestamp] {
        let state = tasks[id]
        if case .requested(let since) = state.release { return [since.advanced(by: limits.request)] }
        switch state.progress {
        case .requested(let since): return [since.advanced(by: limits.request)]
        case .clearing(let since): return [since.advanced(by: limits.deletion)]
        case .awaited(let since):
            if plan.tasks[id].work == .prune { return [since.advanced(by: limits.deletion)] }
            if state.health?.status == .suspended { return [] }
            return [(state.changedAt ?? since).advanced(by: limits.stall)]
        case .pending, .done, .failed: return []
        }
    }

    /// Ends what has been waited for long enough.
    mutating func expire(at now: Timestamp) {
        switch stage {
        case .validating(let since) where since.advanced(by: limits.request * 10) <= now:
            stage = .cleaning(.failed(SyncMessage.noAnswer(limits.request * 10)))
        case .awaitingApproval(_, let since) where since.advanced(by: limits.approval) <= now && !isApproved:
            stage = .cleaning(.failed(SyncMessage.notApproved(limits.approval)))
        case .running(_, let since) where since.advanced(by: limits.step) <= now:
            expireStep()
        case .failing(_, let since, _) where since.advanced(by: limits.step) <= now:
            expireStep()
        default: break
        }
        for id in tasks.indices { expire(id, at: now) }
    }

    private mutating func expireStep() {
        for id in tasks.indices {
            switch tasks[id].progress {
            case .awaited, .clearing, .requested: fail(id, SyncMessage.overlong(limits.step))
            case .pending, .done, .failed: continue
            }
        }
    }

    private mutating func expire(_ id: Int, at now: Timestamp) {
        guard deadlines(of: id).contains(where: { $0 <= now }) else { return }
        if case .requested = tasks[id].release {
            tasks[id].release = .done
            return
        }
        switch tasks[id].progress {
        case .requested: fail(id, SyncMessage.noAnswer(limits.request))
        case .clearing: fail(id, SyncMessage.notGone(limits.deletion))
        case .awaited where plan.tasks[id].work == .prune: fail(id, SyncMessage.notGone(limits.deletion))
        case .awaited: fail(id, SyncMessage.stalled(tasks[id].health, limits.stall))
        case .pending, .done, .failed: return
        }
    }
}
