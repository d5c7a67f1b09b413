import KubeClient
import KubeModel
import Manifest

extension ApplicationReconciler {
    /// Deletes what an application has made, where its finalizers ask for it, and then lets the application go.
    ///
    /// What there is to delete is known from the cluster, by the objects' marks; so a repository or project that is gone
    /// cannot keep an application from being deleted. Hooks of the phases PreDelete and PostDelete come from the source
    /// and are run only where it can still be rendered, which a condition says.
    func delete(_ pass: inout Pass) async throws {
        let finalizers = pass.application.object.metadata.finalizers
        let cascades = finalizers.contains { $0.hasPrefix(Application.resourcesFinalizer) }
        guard cascades else {
            if pass.record.sync != nil { pass.record.sync = nil }
            return
        }
        if let sync = pass.record.sync, !sync.isDeletion {
            try await interrupt(&pass, .terminate("the application is being deleted"))
        }
        if pass.record.sync == nil {
            try await watchKnownKinds(pass)
            let objects = live.objects(of: pass.name).filter { !$0.isOwned }
            let remaining = objects.filter { !Self.stays($0) }
            if remaining.isEmpty, pass.status.value["operationState"]?["phase"]?.stringValue != "Running" {
                return try await release(&pass)
            }
            try await startDeletion(&pass, objects)
        }
        _ = try await drive(&pass, nil)
        let failure = pass.status.value["operationState"]
        if pass.record.sync == nil {
            if failure?["phase"]?.stringValue == "Succeeded" { return try await release(&pass) }
            pass.conditions.append(("DeletionError", failure?["message"]?.stringValue ?? "deletion failed"))
            pass.comeAgain(at: timeline.date.advanced(by: .seconds(30)))
        }
        try await write(&pass)
    }

    private static func stays(_ object: LiveSummary) -> Bool {
        object.annotations.options.delete == .never || object.key.kind == "CustomResourceDefinition"
            || object.annotations.isHook
    }

    private func startDeletion(_ pass: inout Pass, _ objects: [LiveSummary]) async throws {
        let now = timeline.date
        let propagation =
            pass.application.object.metadata.finalizers.contains(Application.backgroundFinalizer)
            ? PrunePropagation.background : .foreground
        var options = ApplicationSyncOptions(pass.application.syncPolicy.options)
        options.propagation = propagation
        let hooks = await deletionHooks(&pass)
        let planner = SyncPlanner(options: options, prunes: true)
        let plan = planner.deletionPlan(
            hooks: hooks.map { target in
                SyncPlanner.Target(
                    key: target.key, version: target.kind.version, annotations: target.annotations,
                    isLive: live[target.key] != nil, isChanged: true)
            },
            objects: objects.filter { !$0.annotations.isHook }.map {
                SyncPlanner.Extra(key: $0.key, version: $0.version, annotations: $0.annotations)
            })
        let known = Dictionary(objects.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let targets = Dictionary(hooks.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let subjects = plan.tasks.compactMap { task -> RunningSync.Subject? in
            if task.work == .prune { return known[task.key].map(RunningSync.Subject.extra) }
            return targets[task.key].map(RunningSync.Subject.target)
        }
        guard subjects.count == plan.tasks.count else { return }
        let confirmations = plan.deletions.filter { $0.options.delete == .withApproval }
        var request = SyncRequest(automated: pass.application, revision: "", isHealing: true, startedAt: now)
        request.operation = [
            "initiatedBy": ["automated": true], "info": [["name": "deletion", "value": "cascade"]],
        ]
        let reason = settings.blastRadius.approvalReason(
            deletions: 0, existing: 0, rendersNothing: false, confirmations: confirmations.map(\.label))
        pass.record.sync = RunningSync(
            request: request,
            machine: SyncMachine(plan, revision: "", limits: settings.limits, approvalReason: reason),
            subjects: subjects, options: options, isDeletion: true)
        pass.status.value["operationState"] = [
            "operation": request.operation, "phase": "Running", "startedAt": .string(now.rfc3339),
            "message": "deleting the application's objects",
        ]
    }

    /// The hooks of the deletion, none where the source cannot be rendered any more.
    private func deletionHooks(_ pass: inout Pass) async -> [ApplicationTarget] {
        let known = pass.record.targets?.values
        if let known { return known.filter { $0.annotations.hookPhases.contains { $0 > .syncFail } } }
        guard let source = pass.application.source else { return [] }
        do {
            let rendering = try await renders.render(source)
            let hooks = rendering.objects.filter { $0.annotations.hookPhases.contains { $0 > .syncFail } }
            return hooks.map { object in
                ApplicationTarget(
                    object, mapping: nil, isNamespaced: true, application: pass.name,
                    namespace: pass.application.destination.namespace)
            }
        } catch {
            pass.conditions.append(
                (
                    "DeletionError",
                    "the source cannot be rendered, so that PreDelete and PostDelete hooks are left out: \(error)"
                ))
            return []
        }
    }

    /// Takes Argo CD's finalizers from the application, after which it goes.
    private func release(_ pass: inout Pass) async throws {
        let object = pass.application.object
        let ours = [
            "resources-finalizer.argocd.argoproj.io", "pre-delete-finalizer.argocd",
            "post-delete-finalizer.argocd",
        ]
        let rest = object.metadata.finalizers.filter { name in !ours.contains { name.hasPrefix($0) } }
        guard rest.count != object.metadata.finalizers.count else { return }
        try await patchApplication(
            pass.key, ["metadata": ["finalizers": rest.isEmpty ? .null : .array(rest.map { .string($0) })]])
        recorder.note(
            .normal, "ResourcesDeleted", "all objects of the application are deleted",
            regarding: .init(object))
    }
}
