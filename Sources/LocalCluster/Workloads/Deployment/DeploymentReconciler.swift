import KubeClient
import KubeModel
import Manifest

/// Brings a deployment's ReplicaSets to what it wants, by its ``DeploymentPlan``.
struct DeploymentReconciler: Reconciler {
    let client: KubeClient
    let caches: WorkloadCaches
    let overlay: WriteOverlay
    let recorder: EventRecorder

    init(client: KubeClient, caches: WorkloadCaches, recorder: EventRecorder) {
        self.client = client
        self.caches = caches
        self.recorder = recorder
        overlay = WriteOverlay(over: caches.replicaSets)
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let deployment = caches.deployments[key]?.value else { return .done }
        let selector: LabelSelector
        do {
            selector = try LabelSelector(field: deployment["spec"]?["selector"])
        } catch {
            throw TerminalError("Deployment \(key) has an invalid selector", cause: error)
        }
        if selector.isEmpty {
            recorder.note(
                .warning, "SelectingAll",
                "This deployment is selecting all pods. A non-empty selector is required.",
                regarding: .init(deployment))
            return .done
        }
        let candidates = overlay.objects(of: deployment.metadata.uid) {
            caches.replicaSets.candidates(for: deployment)
        }
        let owned = try await Claim(owner: deployment, selector: selector)
            .objects(among: candidates, .replicaSets, ownerResource: .deployments, client: client)
        let plan = DeploymentPlan(
            DeploymentState(deployment), sets: owned.map { ReplicaSetState($0) },
            setsWithPods: setsWithPods(owned), now: client.timeline.date)
        var current = deployment
        for action in plan.actions { try await perform(action, on: &current, owned) }
        return plan.nextLook.map { .requeue(after: $0) } ?? .done
    }

    /// The uids of the sets that have pods which have not ended.
    private func setsWithPods(_ sets: [Value]) -> Set<String> {
        Set(
            sets.map(\.metadata.uid).filter { uid in
                caches.pods.objects(index: "controller", value: uid).contains { pod in
                    pod.value.map { !PodSnapshot($0).isFinished } ?? false
                }
            })
    }

    private func perform(
        _ action: DeploymentAction, on deployment: inout Value, _ sets: [Value]
    ) async throws {
        switch action {
        case .create(let draft): try await create(draft, for: deployment)
        case .update(let change): try await update(change, sets)
        case .delete(let name, let uid): try await delete(name, uid, of: deployment)
        case .note(let severity, let reason, let message):
            recorder.note(severity, reason, message, regarding: .init(deployment))
        case .rollBack(let template, let annotations):
            try await rollBack(&deployment, to: template, annotations)
        case .dropRollback: try await rollBack(&deployment, to: nil, [:])
        case .writeStatus(let status, let revision):
            let annotations: StringMap = revision.map { [DeploymentAnnotations.revision: $0] } ?? [:]
            try await client.writeStatus(
                status.value, of: deployment, .deployments, annotations: annotations)
        }
    }

    private func create(_ draft: ReplicaSetDraft, for deployment: Value) async throws {
        let namespace = deployment.metadata.namespace
        let set = draft.object(for: deployment)
        do {
            let created = try await client.create(.replicaSets, set, namespace: namespace)
            overlay.created(created, for: deployment.metadata.uid)
        } catch let error as APIError where error.isAlreadyExists {
            try await settleCollision(draft, for: deployment)
        } catch let error as APIError where error.isEndingNamespace {
            return
        } catch let error as APIError {
            try await noteFailure(error, draft, for: deployment)
            throw error
        }
    }

    /// Finds out whose the set of that name is; where it is another's, another hash is to be taken.
    private func settleCollision(_ draft: ReplicaSetDraft, for deployment: Value) async throws {
        let metadata = deployment.metadata
        let present = try await client.get(.replicaSets, draft.name, namespace: metadata.namespace)
        if present.metadata.controller?.uid == metadata.uid,
            TemplateHash.isSame(present["spec"]?["template"] ?? .null, draft.template)
        {
            // Made by an earlier call whose answer was lost.
            overlay.created(present, for: metadata.uid)
            return
        }
        var status = DeploymentStatus(deployment["status"] ?? .emptyObject)
        status.collisionCount = (status.collisionCount ?? 0) + 1
        try await client.writeStatus(status.value, of: deployment, .deployments)
        // The change of the status calls again; nothing that follows in this plan may be done.
        throw APIError.conflict(
            GroupVersionResource.replicaSets.groupResource, name: draft.name,
            "the name belongs to another object")
    }

    private func noteFailure(
        _ error: APIError, _ draft: ReplicaSetDraft, for deployment: Value
    ) async throws {
        let message = "Failed to create new replica set \"\(draft.name)\": \(error)"
        recorder.note(.warning, "ReplicaSetCreateError", message, regarding: .init(deployment))
        guard deployment["spec"]?["progressDeadlineSeconds"]?.integerValue != nil else { return }
        var state = DeploymentPlan(
            DeploymentState(deployment), sets: [], setsWithPods: [], now: client.timeline.date)
        state.deployment.status = state.original
        state.setCondition("Progressing", .isFalse, "ReplicaSetCreateError", message)
        guard state.deployment.status != state.original else { return }
        try await client.writeStatus(state.deployment.status.value, of: deployment, .deployments)
    }

    private func update(_ change: ReplicaSetChange, _ sets: [Value]) async throws {
        guard let set = sets.first(where: { $0.metadata.uid == change.uid }) else { return }
        var metadata: Object = [
            "uid": .string(change.uid), "resourceVersion": .string(set.metadata.resourceVersion),
        ]
        if !change.annotations.isEmpty { metadata["annotations"] = change.annotations.value }
        var spec = Object()
        if let replicas = change.replicas { spec["replicas"] = .integer(Int64(replicas)) }
        if let seconds = change.minReadySeconds { spec["minReadySeconds"] = .integer(Int64(seconds)) }
        var fields: Object = ["metadata": .object(metadata)]
        if !spec.isEmpty { fields["spec"] = .object(spec) }
        try await client.patch(
            .replicaSets, change.name, namespace: set.metadata.namespace, .merge(.object(fields)))
    }

    private func delete(_ name: String, _ uid: String, of deployment: Value) async throws {
        var options = DeleteOptions()
        options.uid = uid
        do {
            try await client.delete(
                .replicaSets, name, namespace: deployment.metadata.namespace, options: options)
            overlay.deleted(uid: uid, for: deployment.metadata.uid)
        } catch let error as APIError where error.isNotFound {
            return
        }
    }

    /// Writes a template back, if there is one, and takes the request for it away.
    private func rollBack(
        _ deployment: inout Value, to template: Value?, _ annotations: StringMap
    ) async throws {
        var changed = deployment
        var kept = changed.metadata.annotations
        if template != nil {
            for (name, _) in changed.metadata.annotations
            where !DeploymentAnnotations.notCopied.contains(name) {
                kept[name] = nil
            }
            kept.merge(annotations)
        }
        kept[DeploymentAnnotations.rollback] = nil
        changed.metadata.annotations = kept
        if let template { changed["spec", default: .emptyObject]["template"] = template }
        deployment = try await client.update(
            .deployments, changed, namespace: changed.metadata.namespace)
    }
}

extension ReplicaSetDraft {
    /// The object that is created.
    func object(for deployment: Value) -> Value {
        var metadata = ObjectMetadata(Object())
        metadata.name = name
        metadata.namespace = deployment.metadata.namespace
        var labels = deployment["spec"]?["template"]?.metadata.labels ?? [:]
        labels[DeploymentAnnotations.hashLabel] = hash
        metadata.labels = labels
        metadata.annotations = annotations
        metadata.ownerReferences = [OwnerReference(controller: deployment)]
        var selector = deployment["spec"]?["selector"] ?? .emptyObject
        selector["matchLabels", default: .emptyObject][DeploymentAnnotations.hashLabel] = .string(hash)
        var spec: Object = ["replicas": .integer(Int64(replicas))]
        if minReadySeconds > 0 { spec["minReadySeconds"] = .integer(Int64(minReadySeconds)) }
        spec["selector"] = selector
        spec["template"] = template
        return [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": .object(metadata.fields),
            "spec": .object(spec),
        ]
    }
}

extension DeploymentReconciler {
    /// The deployments whose pods have ended or gone: one that is recreated waits for its last old pod.
    func endedPods() -> KeySource<ObjectKey> {
        let (sets, deployments) = (caches.replicaSets, caches.deployments)
        return .events(of: caches.pods) { event in
            let pod = event.object
            if case .added = event { return [] }
            if case .modified(_, let new) = event, let value = new.value, !PodSnapshot(value).isFinished {
                return []
            }
            guard let owner = pod.value?.metadata.controller, owner.kind == "ReplicaSet",
                let set = sets[ObjectKey(namespace: pod.key.namespace, name: owner.name)]?.value,
                let deployment = set.metadata.controller
            else { return [] }
            let key = ObjectKey(namespace: pod.key.namespace, name: deployment.name)
            guard deployments[key]?.value?["spec"]?["strategy"]?["type"]?.stringValue == "Recreate" else {
                return []
            }
            return [key]
        }
    }
}
