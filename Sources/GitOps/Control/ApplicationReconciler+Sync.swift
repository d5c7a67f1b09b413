import KubeClient
import KubeModel
import Manifest

extension ApplicationReconciler {
    /// Goes on with the sync that is under way, or begins one that is asked for or due.
    ///
    /// - Returns: whether the cluster may have been changed.
    func advanceSync(
        _ pass: inout Pass, _ comparison: ApplicationComparison, _ policy: ProjectPolicy, _ commit: String
    ) async throws -> Bool {
        try await takeOperation(&pass)
        // What has not begun is planned anew, as things may have changed while it was held back.
        if case .ready? = pass.record.sync?.machine.stage { pass.record.sync = nil }
        if pass.record.sync == nil, waitsForRetry(&pass, comparison) { return false }
        if pass.record.sync == nil { try resume(&pass, comparison, policy, commit) }
        if pass.record.sync == nil { try await startAutomatically(&pass, comparison, policy, commit) }
        guard pass.record.sync != nil else { return false }
        if case .ready? = pass.record.sync?.machine.stage { pass.record.sync?.commit = commit }
        return try await drive(&pass, comparison)
    }

    /// Takes up what somebody has asked for in `operation`.
    private func takeOperation(_ pass: inout Pass) async throws {
        guard let operation = pass.application.operation else { return }
        let now = timeline.date
        let state = pass.status.value["operationState"]
        let isTaken = state?["operation"] == operation && state?["phase"]?.stringValue == "Running"
        if !isTaken {
            // Somebody's wish goes before what the automation is doing.
            if pass.record.sync != nil {
                try await interrupt(&pass, .terminate("another sync was asked for"))
            }
            pass.record.retryAt = nil
            var fields: Object = ["operation": operation, "startedAt": .string(now.rfc3339)]
            do {
                _ = try SyncRequest(operation, application: pass.application, startedAt: now)
                fields["phase"] = "Running"
            } catch {
                fields["phase"] = "Error"
                fields["message"] = .string(error.description)
                fields["finishedAt"] = .string(now.rfc3339)
            }
            pass.status.value["operationState"] = .object(fields)
            try await write(&pass)
        }
        pass.record.operationTakenAt = try await remove(operation, from: pass.key)
    }

    /// Takes an operation from an application, unless somebody has written another one meanwhile, which stays.
    ///
    /// - Returns: the application's version without it; nil where it was not removed.
    private func remove(_ operation: Value, from key: ObjectKey) async throws -> String? {
        do {
            let object = try await client.patch(
                Application.resource, key.name, namespace: key.namespace,
                .json([
                    ["op": "test", "path": "/operation", "value": operation],
                    ["op": "remove", "path": "/operation"],
                ]))
            return object.metadata.resourceVersion
        } catch let error as APIError where error.isNotFound || error.code == 422 {
            return nil
        }
    }

    /// Whether the pause after a failure is not over; it is at once where another revision or other settings are there.
    private func waitsForRetry(_ pass: inout Pass, _ comparison: ApplicationComparison) -> Bool {
        guard let retryAt = pass.record.retryAt else { return false }
        let state = pass.status.value["operationState"]
        let isSame =
            state?["syncResult", "revision"]?.stringValue == comparison.revision
            && state?["syncResult", "settings"]?.stringValue == Self.settings(of: pass.application)
        var due = retryAt
        if state?["operation", "initiatedBy", "automated"]?.boolValue == true,
            let until = pass.application.healingWaitsUntil
        {
            due = max(due, until)
        }
        if isSame, due > timeline.date {
            pass.comeAgain(at: due)
            return true
        }
        pass.record.retryAt = nil
        if !isSame, state?["operation", "initiatedBy", "automated"]?.boolValue == true {
            // The automation begins with what is new; attempts at what is old do not count.
            pass.status.value["operationState"]?["phase"] = "Failed"
            pass.status.value["operationState"]?["finishedAt"] = .string(timeline.date.rfc3339)
        }
        return false
    }

    /// Makes the sync anew that the status says is running: it was just asked for, is tried again, or the controller was
    /// restarted. What is done already is done again without effect.
    private func resume(
        _ pass: inout Pass, _ comparison: ApplicationComparison, _ policy: ProjectPolicy, _ commit: String
    ) throws {
        guard let state = pass.status.value["operationState"], state["phase"]?.stringValue == "Running",
            let operation = state["operation"]
        else { return }
        let startedAt = state["startedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:)) ?? timeline.date
        guard
            var request = try? SyncRequest(operation, application: pass.application, startedAt: startedAt)
        else { return }
        request.failures = Int(clamping: state["retryCount"]?.integerValue ?? 0)
        start(request, &pass, comparison, policy, commit)
    }

    private func startAutomatically(
        _ pass: inout Pass, _ comparison: ApplicationComparison, _ policy: ProjectPolicy, _ commit: String
    ) async throws {
        let now = timeline.date
        let automation = pass.application.syncPolicy
        var situation = AutomatedSync.Situation(
            policy: AutomatedSync.Policy(
                isAutomated: automation.isAutomated, prunes: automation.prunes,
                selfHeals: automation.selfHeals,
                allowsEmpty: automation.allowsEmpty))
        situation.isOutOfSync = !comparison.isSynced
        situation.revision = comparison.revision
        situation.settings = Self.settings(of: pass.application)
        situation.last = Self.lastAttempt(pass.status)
        let differing = comparison.entries.filter { $0.isSynced == false }
        situation.needsOnlyPruning = differing.allSatisfy(\.requiresPruning)
        situation.prunesEverything =
            !comparison.entries.isEmpty && comparison.entries.allSatisfy(\.requiresPruning)
        situation.healings = pass.record.healings
        situation.healingWaitsUntil = pass.application.healingWaitsUntil
        situation.now = now
        var decision = AutomatedSync.decide(situation)
        if decision == .heal {
            // Whoever changed the cluster may have said before that it is to stay so, which the watch may tell later.
            situation.healingWaitsUntil = try await healingWaitsUntil(pass.key)
            decision = AutomatedSync.decide(situation)
        }
        switch decision {
        case .none: return
        case .refused(let reason): pass.conditions.append(("SyncError", reason))
        case .healAt(let moment):
            pass.comeAgain(at: moment)
            if let until = situation.healingWaitsUntil, until > now { tellOfWaiting(until, &pass) }
        case .sync, .heal:
            let isHealing = situation.last?.revision == comparison.revision
            if isHealing { pass.record.healings += 1 }
            let request = SyncRequest(
                automated: pass.application, revision: comparison.revision, isHealing: isHealing,
                startedAt: now)
            start(request, &pass, comparison, policy, commit)
        }
    }

    /// Until when changes in the cluster are left as they are, as the API has it at this moment.
    private func healingWaitsUntil(_ key: ObjectKey) async throws -> Timestamp? {
        do {
            let object = try await client.get(Application.resource, key.name, namespace: key.namespace)
            return Application(object).healingWaitsUntil
        } catch let error as APIError where error.isNotFound {
            return nil
        }
    }

    private func tellOfWaiting(_ until: Timestamp, _ pass: inout Pass) {
        pass.conditions.append(
            (
                "RollbackWarning",
                "changes in the cluster are left as they are until \(until.rfc3339), as a rollback has made them that is "
                    + "still to be in git"
            ))
    }

    /// What makes two syncs of one revision different.
    static func settings(of application: Application) -> String {
        Fingerprint(
            of: [
                application.object["spec", "source"] ?? .null,
                application.object["spec", "destination"] ?? .null,
                .array(application.syncPolicy.options.map { .string($0) }),
                .array(application.ignoreDifferences),
            ]
        ).description
    }

    private static func lastAttempt(_ status: ApplicationStatus) -> AutomatedSync.Attempt? {
        guard let state = status.value["operationState"], let phase = state["phase"]?.stringValue,
            phase == "Succeeded" || phase == "Failed" || phase == "Error",
            let finished = state["finishedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        if state["operation", "sync", "dryRun"]?.boolValue == true {
            // A sync that was only tried says nothing about the one before it.
            guard let last = status.value["history"]?.arrayValue?.last,
                let revision = last["revision"]?.stringValue
            else {
                return nil
            }
            return AutomatedSync.Attempt(
                revision: revision, settings: state["syncResult", "settings"]?.stringValue ?? "",
                succeeded: true,
                finishedAt: finished)
        }
        return AutomatedSync.Attempt(
            revision: state["syncResult", "revision"]?.stringValue ?? "",
            settings: state["syncResult", "settings"]?.stringValue ?? "", succeeded: phase == "Succeeded",
            finishedAt: finished)
    }

    /// Makes the plan and the machine of a sync.
    private func start(
        _ request: SyncRequest, _ pass: inout Pass, _ comparison: ApplicationComparison,
        _ policy: ProjectPolicy, _ commit: String
    ) {
        var request = request
        request.settings = Self.settings(of: pass.application)
        let options = ApplicationSyncOptions(pass.application.syncPolicy.options + request.options)
        let planner = SyncPlanner(options: options, prunes: request.prunes)
        let targets = planTargets(pass, comparison, request)
        let extras = comparison.extras.map {
            SyncPlanner.Extra(key: $0.key, version: $0.version, annotations: $0.annotations)
        }
        let plan = planner.plan(targets, extras: extras)
        let subjects = Self.subjects(plan, comparison)
        var approvalReason = approvalReason(plan, comparison, request, pass, commit)
        let approval = approvalReason.map { _ in self.approval(of: plan, subjects, request, pass) }
        if let approval { approvalReason?.append(" (plan \(approval.plan))") }
        var sync = RunningSync(
            request: request,
            machine: SyncMachine(
                plan, revision: comparison.revision, limits: settings.limits,
                approvalReason: approvalReason,
                validates: settings.validatesBeforeSync, isDryRun: request.isDryRun),
            subjects: subjects, options: options)
        sync.approval = approval
        let faults = self.faults(plan, comparison, pass, policy, options)
        if let fault = faults.first {
            let others = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
            sync.machine = SyncMachine(SyncPlan([]), revision: comparison.revision)
            _ = sync.machine.handle(.begin, at: timeline.date)
            pass.record.sync = nil
            end(&pass, request, comparison.revision, phase: "Failed", message: fault + others, results: [])
            return
        }
        pass.record.sync = sync
        var state = pass.status.value["operationState"]?.objectValue ?? Object()
        if !request.isAutomated || request.failures > 0 {
            state["message"] = "waiting to start"
        } else {
            state = ["operation": request.operation, "message": "waiting to start"]
        }
        if approvalReason == nil, !plan.deletions.isEmpty, !request.isDryRun {
            note(deletions: plan.deletions.count, of: commit, in: &pass)
        }
        state["phase"] = "Running"
        state["startedAt"] = .string(request.startedAt.rfc3339)
        state["finishedAt"] = nil
        pass.status.value["operationState"] = .object(state)
        recorder.note(
            .normal, "OperationStarted",
            "\(request.actor) started to sync to \(comparison.revision.prefix(10))"
                + (request.isHealing ? " to undo changes in the cluster" : ""),
            regarding: .init(pass.application.object))
    }

    private func planTargets(
        _ pass: Pass, _ comparison: ApplicationComparison, _ request: SyncRequest
    ) -> [SyncPlanner.Target] {
        zip(comparison.targets, zip(comparison.live, comparison.isChanged)).map { target, state in
            var item = SyncPlanner.Target(
                key: target.key, version: target.kind.version, annotations: target.annotations,
                defines: target.rendered.definition?.kind, isLive: state.0 != nil, isChanged: state.1)
            guard target.annotations.isHook else { return item }
            let isGenerated = target.rendered.value.metadata.name.isEmpty
            if isGenerated {
                let stem = target.key.name + comparison.revision.prefix(7)
                let id = request.id
                item.nameInPhase = { "\(stem)-\($0.rawValue.lowercased())-\(id)" }
            }
            for phase in target.annotations.hookPhases {
                var key = target.key
                if let name = item.nameInPhase?(phase) { key.name = name }
                if live[key]?.hookOrigin == "\(request.id)/\(phase.rawValue)" {
                    item.resumedPhases.insert(phase)
                }
            }
            return item
        }
    }

    private static func subjects(_ plan: SyncPlan, _ comparison: ApplicationComparison) -> [RunningSync
        .Subject]
    {
        let targets = Dictionary(
            comparison.targets.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let generated = comparison.targets.filter { $0.annotations.isHook }
        let extras = Dictionary(
            comparison.extras.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        return plan.tasks.map { task in
            if task.work == .prune, let extra = extras[task.key] { return .extra(extra) }
            if let target = targets[task.key] { return .target(target) }
            // A hook under a generated name: the target is the one whose prefix it has.
            let target = generated.first {
                $0.key.groupKind == task.key.groupKind && task.key.name.hasPrefix($0.key.name)
            }
            return .target(target ?? comparison.targets[0])
        }
    }

    private func approvalReason(
        _ plan: SyncPlan, _ comparison: ApplicationComparison, _ request: SyncRequest, _ pass: Pass,
        _ commit: String
    ) -> String? {
        guard !request.isDryRun else { return nil }
        let existing = comparison.live.count { $0 != nil } + comparison.extras.count
        let reason = settings.blastRadius.approvalReason(
            deletions: plan.deletions.count, existing: existing,
            rendersNothing: comparison.targets.isEmpty && !plan.deletions.isEmpty,
            confirmations: plan.deletions.filter { $0.options.prune == .withApproval }.map(\.label))
        return reason
            ?? deletions.approvalReason(
                pass.name, commit: commit, deletions: plan.deletions.count, existing: live.managedCount,
                known: plan.deletions.isEmpty || deletions.knows(commit) ? [:] : deletionShares(of: commit))
    }

    /// What somebody is asked to approve: what was asked before, where that covers the plan.
    private func approval(
        of plan: SyncPlan, _ subjects: [RunningSync.Subject], _ request: SyncRequest, _ pass: Pass
    ) -> PlanApproval {
        let losses = zip(plan.tasks, subjects).compactMap { task, subject in
            switch subject {
            case .extra(let extra): (task.key, extra.uid)
            // It may be deleted and made anew.
            case .target:
                task.work == .apply && task.isLive && task.isChanged && task.options.force
                    ? (task.key, "") : nil
            }
        }
        let state = pass.status.value["operationState"]
        let isSameSync = state?["startedAt"]?.stringValue == request.startedAt.rfc3339
        let asked = isSameSync ? PlanApproval(state?["approval"]) : nil
        // What was approved up to now, times are whole seconds, was not this plan.
        let isFirst = asked == nil && request.failures == 0
        let approval = PlanApproval(
            losses: losses, startedAt: request.startedAt,
            askedAt: isFirst ? request.startedAt : timeline.date.advanced(by: .seconds(1)))
        return asked.flatMap { $0.covers(approval) ? $0 : nil } ?? approval
    }

    /// Notes in the status what a sync is going to delete; of one that goes on, only the rest is left to delete.
    private func note(deletions: Int, of commit: String, in pass: inout Pass) {
        let before = DeletionShare(["status": .object(pass.status.value)])
        let begun = before?.commit == commit ? before?.objects ?? 0 : 0
        pass.status.value["pruning"] =
            DeletionShare(commit: commit, objects: max(begun, deletions)).value
    }

    /// What the applications have deleted of a commit, as their status tells it.
    private func deletionShares(of commit: String) -> [String: Int] {
        var shares: [String: Int] = [:]
        for object in applications.objects {
            guard let value = object.value, let share = DeletionShare(value), share.commit == commit else {
                continue
            }
            shares[TrackingID.name(of: object.key, controlNamespace: settings.controlNamespace)] =
                share.objects
        }
        return shares
    }

    /// Why a plan must not be carried out.
    private func faults(
        _ plan: SyncPlan, _ comparison: ApplicationComparison, _ pass: Pass, _ policy: ProjectPolicy,
        _ options: ApplicationSyncOptions
    ) -> [String] {
        var faults: [String] = []
        for task in plan.tasks where task.work != .prune {
            guard !policy.allows(task.key, to: pass.application.destination) else { continue }
            faults.append(
                "\(task.key.kind) \(task.key.name) is not permitted in project \(pass.application.project)"
                    + (task.key.namespace.isEmpty ? "" : " for namespace \(task.key.namespace)"))
        }
        if options.failsOnSharedResource {
            for (key, other) in comparison.sharedWith.sorted(by: { $0.key < $1.key }) {
                faults.append(
                    "\(key.kind) \(key.name) is part of application \(other) (FailOnSharedResource)")
            }
        }
        return faults
    }
}
