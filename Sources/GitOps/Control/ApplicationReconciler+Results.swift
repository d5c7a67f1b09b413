import KubeClient
import KubeModel
import Manifest

extension ApplicationReconciler {
    /// Writes down how far a sync has come.
    func report(_ pass: inout Pass, _ sync: RunningSync) {
        var state = pass.status.value["operationState"]?.objectValue ?? Object()
        state["phase"] = "Running"
        state["message"] = .string(sync.machine.message)
        noteApproval(of: sync, in: &state)
        state["syncResult"] = syncResult(
            sync.machine.revision, sync.request, pass, Self.results(of: sync))
        pass.status.value["operationState"] = .object(state)
    }

    /// Writes down what was asked to be approved, from which later attempts tell what they may do.
    private func noteApproval(of sync: RunningSync, in state: inout Object) {
        // What has not begun has not asked anybody, and is planned anew.
        if case .ready = sync.machine.stage { return }
        if let approval = sync.approval { state["approval"] = approval.value }
    }

    /// Ends a sync: it has succeeded, is tried again later, or has failed.
    func conclude(_ pass: inout Pass, _ sync: RunningSync, _ outcome: SyncMachine.Outcome) async throws {
        pass.record.sync = nil
        let results = Self.results(of: sync)
        let revision = sync.machine.revision
        let message = SyncMachine.message(of: outcome)
        switch outcome {
        case .succeeded:
            end(&pass, sync.request, revision, phase: "Succeeded", message: message, results: results)
        case .failed:
            // What was deleted and is still there is to be seen again.
            pass.record.gone = []
            let failures = sync.request.failures + 1
            let next = sync.request.retry.nextAttempt(failures: failures, failedAt: timeline.date)
            guard let next, !sync.isDeletion else {
                let retries = failures > 1 ? " (retried \(failures - 1) times)." : ""
                end(
                    &pass, sync.request, revision, phase: "Failed", message: message + retries,
                    results: results)
                return
            }
            retry(&pass, sync, message, failures, at: next, results)
        case .superseded where !sync.request.isAutomated:
            // Who asked for the newest revision gets it.
            report(&pass, sync)
            pass.comeAgain(at: timeline.date)
        case .superseded(let newer):
            end(&pass, sync.request, revision, phase: "Failed", message: message, results: results)
            recorder.note(
                .normal, "OperationSuperseded",
                "the sync to \(revision.prefix(10)) gave way to \(newer.prefix(10))",
                regarding: .init(pass.application.object))
            pass.comeAgain(at: timeline.date)
        case .terminated:
            end(&pass, sync.request, revision, phase: "Failed", message: message, results: results)
        }
    }

    private func retry(
        _ pass: inout Pass, _ sync: RunningSync, _ message: String, _ failures: Int, at next: Timestamp,
        _ results: [Value]
    ) {
        var state = pass.status.value["operationState"]?.objectValue ?? Object()
        state["phase"] = "Running"
        state["retryCount"] = .integer(Int64(failures))
        state["message"] = .string("\(message). Retrying attempt #\(failures) at \(next.rfc3339).")
        state["syncResult"] = syncResult(sync.machine.revision, sync.request, pass, results)
        noteApproval(of: sync, in: &state)
        pass.status.value["operationState"] = .object(state)
        // Who asked for a revision gets that one again, unless the policy says that the newest is better.
        if sync.request.retry.refreshes, var operation = state["operation"] {
            operation["sync"]?["revision"] = nil
            state["operation"] = operation
            pass.status.value["operationState"] = .object(state)
        }
        pass.record.retryAt = next
        pass.comeAgain(at: next)
        recorder.note(
            .warning, "OperationRetried", "sync to \(sync.machine.revision.prefix(10)) failed: \(message)",
            regarding: .init(pass.application.object))
    }

    /// Writes down how a sync ended.
    func end(
        _ pass: inout Pass, _ request: SyncRequest, _ revision: String, phase: String, message: String,
        results: [Value]
    ) {
        let now = timeline.date
        var state: Object = [
            "operation": request.operation, "phase": .string(phase),
            "message": .string(message.shortened(to: 2000)),
            "startedAt": .string(request.startedAt.rfc3339), "finishedAt": .string(now.rfc3339),
        ]
        state["syncResult"] = syncResult(revision, request, pass, results)
        if request.failures > 0 { state["retryCount"] = .integer(Int64(request.failures)) }
        pass.status.value["operationState"] = .object(state)
        if phase == "Succeeded", !request.isDryRun {
            pass.status.appendHistory(
                revision: revision, source: pass.application.object["spec", "source"],
                startedAt: request.startedAt, deployedAt: now, initiatedBy: request.initiatedBy,
                limit: pass.application.revisionHistoryLimit)
        }
        recorder.note(
            phase == "Succeeded" ? .normal : .warning,
            phase == "Succeeded" ? "OperationCompleted" : "OperationFailed",
            "sync to \(revision.prefix(10)): \(message)", regarding: .init(pass.application.object))
        // The next pass sees how things are now.
        pass.comeAgain(at: now)
    }

    /// The sync's result in Argo CD's fields, its list cut to the limit, what failed first.
    private func syncResult(
        _ revision: String, _ request: SyncRequest, _ pass: Pass, _ results: [Value]
    ) -> Value {
        var used = 0
        let sorted =
            results.filter { $0["status"] == "SyncFailed" } + results.filter { $0["status"] != "SyncFailed" }
        let listed = sorted.prefix { result in
            used += JSON.write(result).count + 1
            return used <= settings.resultListLimit
        }
        var value: Object = [
            "revision": .string(revision), "settings": .string(request.settings),
            "resources": .array(Array(listed)),
        ]
        value["source"] = pass.application.object["spec", "source"]
        if listed.count < results.count { value["resourceCount"] = .integer(Int64(results.count)) }
        return .object(value)
    }

    private static func results(of sync: RunningSync) -> [Value] {
        zip(sync.machine.plan.tasks, sync.machine.tasks).compactMap { task, state in
            if case .pending = state.progress { return nil }
            let failed = state.progress == .failed
            let done = task.work != .prune ? "Synced" : state.isKept ? "PruneSkipped" : "Pruned"
            var value: Object = [
                "group": .string(task.key.group), "version": .string(task.version),
                "kind": .string(task.key.kind),
                "namespace": .string(task.key.namespace), "name": .string(task.key.name),
                "status": .string(failed ? "SyncFailed" : done),
                "syncPhase": .string(task.phase.rawValue),
            ]
            if !state.message.isEmpty { value["message"] = .string(state.message.shortened(to: 300)) }
            if task.work == .hook {
                value["hookType"] = .string(task.phase.rawValue)
                value["hookPhase"] =
                    failed ? "Failed" : state.progress == .done ? "Succeeded" : "Running"
            }
            return .object(value)
        }
    }

    /// Tells the control of storms how an application fares that is not syncing.
    func settleStorm(_ pass: Pass, _ comparison: ApplicationComparison, _ commit: String) {
        guard pass.record.sync == nil else { return }
        let phase = pass.status.value["operationState"]?["phase"]?.stringValue ?? ""
        let health = comparison.health.status
        let isRight = comparison.isSynced && (health == .healthy || health == .suspended)
        let isWrong = phase == "Failed" || phase == "Error" || (comparison.isSynced && health == .degraded)
        guard isRight || isWrong else { return }
        let name = pass.name
        let waiting = storm.withControl { $0.ended(name, commit: commit, isHealthy: isRight) }
        if !waiting.isEmpty { wake(waiting) }
    }
}
