import KubeClient
import KubeModel
import Manifest

extension ApplicationReconciler {
    /// Tells the running sync what has come about, and does what it answers, as far as it goes at once.
    ///
    /// - Returns: whether the cluster may have been changed.
    func drive(_ pass: inout Pass, _ comparison: ApplicationComparison?) async throws -> Bool {
        guard var sync = pass.record.sync else { return false }
        if case .ready = sync.machine.stage {
            guard try await mayBegin(&pass, sync) else { return false }
            // Before anything is deleted, so that who starts anew adds it up with the rest of the commit.
            if !sync.machine.plan.deletions.isEmpty, !sync.isDeletion { try await write(&pass) }
        }
        let executor = executor(for: sync, pass)
        var told = Set(sync.machine.observed)
        var queue = events(for: sync, &pass, comparison)
        var hasChanged = false
        repeat {
            while let event = queue.popFirst() {
                let actions = sync.machine.handle(event, at: timeline.date)
                guard !actions.isEmpty else { continue }
                hasChanged = true
                let outcomes = try await perform(actions, &sync, executor, &pass)
                for outcome in outcomes { queue += outcome }
                // Between two batches nothing is on its way: the point at which a newer revision takes over.
                if let newer = try await newerRevision(than: sync, pass) {
                    queue.append(.newRevision(newer))
                }
                if case .ready = sync.machine.stage { continue }
                queue.append(.tick)
            }
            // What has come to be awaited on the way may be well already, as an object that need not be applied is;
            // then nothing will happen to it that would wake this application again.
            for id in sync.machine.observed where told.insert(id).inserted {
                guard let observation = observation(of: id, sync, &pass) else { continue }
                queue.append(.observed(id, observation))
            }
        } while !queue.isEmpty
        pass.record.sync = sync
        if let outcome = sync.machine.outcome {
            try await conclude(&pass, sync, outcome)
        } else {
            report(&pass, sync)
            pass.comeAgain(at: sync.machine.deadline)
        }
        return hasChanged
    }

    /// Ends the sync that is under way, whatever it does.
    func interrupt(_ pass: inout Pass, _ event: SyncEvent) async throws {
        guard var sync = pass.record.sync else { return }
        let executor = executor(for: sync, pass)
        var queue: ArraySlice<SyncEvent> = [event]
        while let event = queue.popFirst() {
            let actions = sync.machine.handle(event, at: timeline.date)
            guard !actions.isEmpty else { continue }
            for outcome in try await perform(actions, &sync, executor, &pass) { queue += outcome }
        }
        if let outcome = sync.machine.outcome { try await conclude(&pass, sync, outcome) }
        pass.record.sync = nil
    }

    private func executor(for sync: RunningSync, _ pass: Pass) -> SyncExecutor {
        SyncExecutor(
            client: client, live: live,
            differ: ObjectDiffer(
                catalog: catalog.current, ignored: IgnoreRules(pass.application.ignoreDifferences)),
            options: sync.options, actor: sync.request.actor, application: pass.key.description,
            revision: sync.machine.revision, operation: sync.request.id, timeline: timeline)
    }

    /// Whether a sync may begin: nothing holds it back, images are trusted, the namespace is there.
    private func mayBegin(_ pass: inout Pass, _ sync: RunningSync) async throws -> Bool {
        let rolled = sync.machine.plan.tasks.count { task in
            task.work == .apply && task.isChanged
                && ["Deployment", "StatefulSet", "DaemonSet", "Rollout"].contains(task.key.kind)
        }
        if sync.request.isAutomated, !sync.request.isHealing {
            let name = pass.name
            let now = timeline.date
            let commit = sync.commit
            switch storm.withControl({ $0.admit(name, commit: commit, workloads: rolled, at: now) }) {
            case .admitted: break
            case .held(let reason):
                hold(&pass, until: now.advanced(by: .seconds(30)), reason)
                return false
            case .heldUntil(let moment, let reason):
                hold(&pass, until: moment, reason)
                return false
            }
        }
        guard try await areImagesTrusted(&pass, sync) else { return false }
        let namespace = pass.application.destination.namespace
        if sync.options.createsNamespace, !namespace.isEmpty, !sync.isDeletion, !sync.request.isDryRun {
            try await createNamespace(namespace, pass.application)
        }
        return true
    }

    /// Whether every image that the sync would run may run; what cannot be found out holds the sync back.
    private func areImagesTrusted(_ pass: inout Pass, _ sync: RunningSync) async throws -> Bool {
        var images: [String: Set<String>] = [:]
        for task in sync.machine.plan.tasks where task.work == .hook || task.isChanged {
            guard task.work != .prune, case .target(let target) = sync.subjects[task.id] else { continue }
            images[target.key.namespace, default: []]
                .formUnion(LiveSummary.images(of: target.rendered.value))
        }
        var faults: [String] = []
        do {
            for (namespace, names) in images.sorted(by: { $0.key < $1.key }) where !names.isEmpty {
                faults += try await guards.imageFaults(names.sorted(), namespace)
            }
        } catch {
            try Task.checkCancellation()
            hold(
                &pass, until: timeline.date.advanced(by: .seconds(30)),
                "images could not be verified: \("\(error)".shortened(to: 500))")
            return false
        }
        guard !faults.isEmpty else { return true }
        pass.record.sync = nil
        end(
            &pass, sync.request, sync.machine.revision, phase: "Failed",
            message: faults.joined(separator: "; "), results: [])
        return false
    }

    private func hold(_ pass: inout Pass, until moment: Timestamp, _ reason: String) {
        var state = pass.status.value["operationState"]?.objectValue ?? Object()
        state["message"] = .string("waiting to start: \(reason)")
        pass.status.value["operationState"] = .object(state)
        pass.comeAgain(at: moment)
    }

    /// Makes the destination's namespace, with the labels and annotations the policy asks for.
    ///
    /// As in Argo CD the namespace is not the application's, and stays when the application goes.
    private func createNamespace(_ name: String, _ application: Application) async throws {
        var object: Value = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)],
        ]
        let metadata = application.syncPolicy.managedNamespaceMetadata
        if let labels = metadata?["labels"], labels.objectValue?.isEmpty == false {
            object.set(labels, at: ["metadata", "labels"])
        }
        if let annotations = metadata?["annotations"], annotations.objectValue?.isEmpty == false {
            object.set(annotations, at: ["metadata", "annotations"])
        }
        if metadata?.objectValue == nil {
            do {
                _ = try await client.get(.namespaces, name, namespace: nil)
                return
            } catch let error as APIError where error.isNotFound {
                // It is made below.
            }
        }
        try await client.apply(
            .namespaces, object, namespace: nil, fieldManager: KindCatalog.fieldManager, force: true)
    }

    /// What has come about since the machine was last told.
    private func events(
        for sync: RunningSync, _ pass: inout Pass, _ comparison: ApplicationComparison?
    ) -> ArraySlice<SyncEvent> {
        var events: ArraySlice<SyncEvent> = []
        if isApproved(sync, pass) { events.append(.approved) }
        if case .ready = sync.machine.stage { events.append(.begin) }
        for id in sync.machine.observed {
            if let observation = observation(of: id, sync, &pass) {
                events.append(.observed(id, observation))
            }
        }
        if let comparison, comparison.revision != sync.machine.revision, sync.request.revision.isEmpty,
            !sync.isDeletion
        {
            events.append(.newRevision(comparison.revision))
        }
        if comparison != nil, !sync.isDeletion, sync.request.settings != Self.settings(of: pass.application) {
            events.append(.newRevision("\(sync.machine.revision) with other settings"))
        }
        if events.isEmpty { events.append(.tick) }
        return events
    }

    private func isApproved(_ sync: RunningSync, _ pass: Pass) -> Bool {
        let text = pass.application.object.metadata.annotations[ResourceAnnotations.Name.deletionApproved]
        guard let approval = sync.approval, let text else { return false }
        return approval.isGiven(by: text)
    }

    /// How an awaited object is; nil where the watch has not told of it yet.
    private func observation(
        of id: Int, _ sync: RunningSync, _ pass: inout Pass
    ) -> SyncEvent.Observation? {
        let task = sync.machine.plan.tasks[id]
        guard let summary = live[task.key] else {
            guard let version = sync.appliedVersions[id] else { return .absent }
            return live.hasSeen(version, of: task.key.groupKind) ? .absent : nil
        }
        if case .extra(let extra) = sync.subjects[id], extra.uid != summary.uid { return .absent }
        if let version = sync.appliedVersions[id],
            !ResourceVersion.isAtLeast(summary.resourceVersion, version)
        {
            return nil
        }
        return .present(summary.health)
    }

    /// The newest revision where it is another one than a sync's.
    private func newerRevision(than sync: RunningSync, _ pass: Pass) async throws -> String? {
        guard !sync.isDeletion, sync.request.revision.isEmpty, let source = pass.application.source else {
            return nil
        }
        guard let rendering = try? await renders.render(source), rendering.revision != sync.machine.revision
        else {
            return nil
        }
        let quarantine = Quarantine(pass.application)
        let pinned = quarantine.pinnedRevision(newest: [rendering.commit, rendering.revision])
        return pinned == nil ? rendering.revision : nil
    }

    /// Performs actions side by side, and answers what is to be told to the machine.
    private func perform(
        _ actions: [SyncAction], _ sync: inout RunningSync, _ executor: SyncExecutor, _ pass: inout Pass
    ) async throws -> [[SyncEvent]] {
        var events: [[SyncEvent]] = []
        var records: [AuditRecord] = []
        var rest = actions[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(settings.requestsPerSync))
            rest = rest.dropFirst(batch.count)
            let current = sync
            let width = settings.requestsPerSync
            let outcomes = try await withThrowingTaskGroup(of: (SyncAction, SyncExecutor.Outcome).self) {
                group in
                for action in batch {
                    group.addTask {
                        (action, try await Self.perform(action, current, executor, width: width))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (action, outcome) in outcomes {
                events.append(outcome.events)
                if let record = outcome.record { records.append(record) }
                note(action, outcome, &sync, &pass)
            }
        }
        try await audit.append(records)
        return events
    }

    private static func perform(
        _ action: SyncAction, _ sync: RunningSync, _ executor: SyncExecutor, width: Int
    ) async throws -> SyncExecutor.Outcome {
        let plan = sync.machine.plan
        switch action {
        case .validate:
            let faults = try await validate(sync, executor, width: width)
            return SyncExecutor.Outcome(events: [.validated(faults: faults)])
        case .apply(let id):
            guard case .target(let target) = sync.subjects[id] else {
                return SyncExecutor.Outcome(events: [])
            }
            return try await executor.apply(plan.tasks[id], target)
        case .prune(let id):
            guard case .extra(let extra) = sync.subjects[id] else { return SyncExecutor.Outcome(events: []) }
            return try await executor.prune(plan.tasks[id], extra, withApplication: sync.isDeletion)
        case .clearHook(let id): return try await executor.clearHook(plan.tasks[id])
        case .releaseHook(let id, let deletes):
            do {
                try await executor.releaseHook(plan.tasks[id], deletes: deletes)
            } catch {
                // The next sync removes what is left; the outcome of this one stands.
                try Task.checkCancellation()
            }
            return SyncExecutor.Outcome(events: [.hookReleased(id)])
        case .finish: return SyncExecutor.Outcome(events: [])
        }
    }

    /// Tries every object that the sync would change, some side by side; answers why the server refuses which.
    private static func validate(
        _ sync: RunningSync, _ executor: SyncExecutor, width: Int
    ) async throws -> [Int: String] {
        let plan = sync.machine.plan
        var rest = plan.tasks.filter { $0.work != .prune && ($0.isChanged || $0.work == .hook) }[...]
        return try await withThrowingTaskGroup(of: (Int, String?).self) { group in
            func addNext() {
                guard let task = rest.popFirst(), case .target(let target) = sync.subjects[task.id] else {
                    return
                }
                group.addTask { (task.id, try await executor.validate(task, target, plan: plan)) }
            }
            for _ in 0..<max(width, 1) { addNext() }
            var faults: [Int: String] = [:]
            while let (id, fault) = try await group.next() {
                faults[id] = fault
                addNext()
            }
            return faults
        }
    }

    /// Remembers what was written until the watch tells of it.
    private func note(
        _ action: SyncAction, _ outcome: SyncExecutor.Outcome, _ sync: inout RunningSync, _ pass: inout Pass
    ) {
        switch action {
        case .apply(let id):
            guard let object = outcome.object else { return }
            let summary = LiveSummary(of: object)
            sync.appliedVersions[id] = summary.resourceVersion
            pass.record.recent[summary.key] = summary
            if object.kind == "CustomResourceDefinition" { catalog.learn(object) }
            guard case .target(let target) = sync.subjects[id], sync.machine.plan.tasks[id].work == .apply
            else {
                return
            }
            pass.record.verdicts[target.key] = ApplicationRecord.Verdict(
                target: target.fingerprint, live: summary.fingerprint, isSynced: true)
        case .prune(let id):
            guard case .extra(let extra) = sync.subjects[id], outcome.record?.fault.isEmpty == true else {
                return
            }
            if pass.record.gone.count > 10_000 { pass.record.gone = [] }
            pass.record.gone.insert(extra.uid)
        default: return
        }
    }
}
