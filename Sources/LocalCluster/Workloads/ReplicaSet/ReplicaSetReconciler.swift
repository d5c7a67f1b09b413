import KubeClient
import KubeModel
import Manifest

/// Keeps as many pods as a ReplicaSet wants.
struct ReplicaSetReconciler: Reconciler {
    let client: KubeClient
    let caches: WorkloadCaches
    let overlay: WriteOverlay
    let recorder: EventRecorder

    init(client: KubeClient, caches: WorkloadCaches, recorder: EventRecorder) {
        self.client = client
        self.caches = caches
        self.recorder = recorder
        overlay = WriteOverlay(over: caches.pods)
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let set = caches.replicaSets[key]?.value else { return .done }
        let selector: LabelSelector
        do {
            selector = try LabelSelector(field: set["spec"]?["selector"])
        } catch {
            throw TerminalError("ReplicaSet \(key) has an invalid selector", cause: error)
        }
        let uid = set.metadata.uid
        let candidates = overlay.objects(of: uid) { caches.pods.candidates(for: set) }
        let owned = try await Claim(owner: set, selector: selector)
            .objects(among: candidates, .pods, ownerResource: .replicaSets, client: client)
        var pods = owned.map { PodSnapshot($0) }
        var failure: Failure?
        if !set.metadata.isDeleting {
            failure = try await scale(set, &pods)
        } else if pods.isEmpty {
            overlay.forget(uid)
        }
        let next = try await writeStatus(set, pods, failure)
        if let failure { throw failure.error }
        return next.map { .requeue(after: $0) } ?? .done
    }

    /// Why pods could not be created or deleted, as the condition `ReplicaFailure` tells it.
    private struct Failure {
        let reason: String
        let error: any Error
    }

    /// Creates and deletes pods; those that were deleted are taken out of `pods`, so that the status does not promise
    /// them to a deployment as available.
    private func scale(_ set: Value, _ pods: inout [PodSnapshot]) async throws -> Failure? {
        let replicas = set["spec"]?["replicas"]?.integerValue.flatMap { Int(exactly: $0) } ?? 1
        let plan = ReplicaSetPlan(replicas: replicas, pods: pods, now: client.timeline.date)
        if plan.creations > 0, let error = try await create(plan.creations, for: set) {
            return Failure(reason: "FailedCreate", error: error)
        }
        if plan.deletions.isEmpty { return nil }
        let outcome = try await delete(plan.deletions, of: set)
        pods.removeAll { outcome.deleted.contains($0.uid) }
        return outcome.failure.map { Failure(reason: "FailedDelete", error: $0) }
    }

    private func create(_ count: Int, for set: Value) async throws -> (any Error)? {
        let pod = PodTemplateInstance.pod(of: set)
        let namespace = set.metadata.namespace
        let owner = EventNote.Reference(set)
        let outcome = try await SlowStart.run(count: count) { _ in
            do {
                let created = try await client.create(.pods, pod, namespace: namespace)
                overlay.created(created, for: set.metadata.uid)
                recorder.note(
                    .normal, "SuccessfulCreate", "Created pod: \(created.metadata.name)", regarding: owner)
            } catch let error as APIError where error.isEndingNamespace {
                // Whatever is in the namespace goes with it.
                return
            }
        }
        guard let error = outcome.failure else { return nil }
        recorder.note(.warning, "FailedCreate", "Error creating: \(error)", regarding: owner)
        return error
    }

    private func delete(
        _ pods: [PodSnapshot], of set: Value
    ) async throws -> (deleted: Set<String>, failure: (any Error)?) {
        let owner = EventNote.Reference(set)
        let namespace = set.metadata.namespace
        let outcome = await withTaskGroup(of: Result<String, any Error>.self) { group in
            for pod in pods {
                group.addTask {
                    do {
                        var options = DeleteOptions()
                        options.uid = pod.uid
                        try await client.delete(.pods, pod.name, namespace: namespace, options: options)
                        overlay.deleted(uid: pod.uid, for: set.metadata.uid)
                        recorder.note(
                            .normal, "SuccessfulDelete", "Deleted pod: \(pod.name)", regarding: owner)
                        return .success(pod.uid)
                    } catch let error as APIError where error.isNotFound || error.isConflict {
                        return .success(pod.uid)
                    } catch {
                        recorder.note(
                            .warning, "FailedDelete", "Error deleting: \(error)", regarding: owner)
                        return .failure(error)
                    }
                }
            }
            var deleted: Set<String> = []
            var failure: (any Error)?
            for await result in group {
                switch result {
                case .success(let uid): deleted.insert(uid)
                case .failure(let error): failure = failure ?? error
                }
            }
            return (deleted, failure)
        }
        try Task.checkCancellation()
        return outcome
    }

    /// Writes the status where it changed, and answers when the next pod becomes available.
    private func writeStatus(
        _ set: Value, _ pods: [PodSnapshot], _ failure: Failure?
    ) async throws -> Duration? {
        let now = client.timeline.date
        let status = ReplicaSetStatus(
            pods: pods, templateLabels: set["spec"]?["template"]?.metadata.labels ?? [:],
            minReadySeconds: set["spec"]?["minReadySeconds"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0,
            generation: set.metadata.generation, now: now)
        var conditions = set.conditions
        if let failure {
            conditions.set(
                Condition(
                    type: "ReplicaFailure", status: .isTrue, reason: failure.reason,
                    message: "\(failure.error)"), now: now)
        } else {
            conditions.remove("ReplicaFailure")
        }
        let fields = status.value(conditions: conditions)
        if fields != set["status"] {
            try await client.writeStatus(fields, of: set, .replicaSets)
        }
        return status.nextAvailability
    }
}
