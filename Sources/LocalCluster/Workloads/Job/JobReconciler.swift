import KubeClient
import KubeModel
import Manifest

/// Runs a job's pods to their ends, by its ``JobPlan``.
struct JobReconciler: Reconciler {
    let client: KubeClient
    let caches: WorkloadCaches
    let overlay: WriteOverlay
    let recorder: EventRecorder
    let limits: JobPlan.Limits

    init(client: KubeClient, caches: WorkloadCaches, recorder: EventRecorder, limits: JobPlan.Limits) {
        self.client = client
        self.caches = caches
        self.recorder = recorder
        self.limits = limits
        overlay = WriteOverlay(over: caches.pods)
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let job = caches.jobs[key]?.value, !JobState.isForeign(job) else { return .done }
        let unsupported = JobState.unsupportedFields(of: job)
        guard unsupported.isEmpty else {
            let fields = unsupported.map { "spec.\($0)" }.joined(separator: ", ")
            recorder.note(
                .warning, "NotSupported",
                "\(fields) is not supported by the local cluster; remove it and use spec.backoffLimit",
                regarding: .init(job))
            return .done
        }
        let selector: LabelSelector
        do {
            selector = try LabelSelector(field: job["spec"]?["selector"])
        } catch {
            throw TerminalError("Job \(key) has an invalid selector", cause: error)
        }
        let candidates = overlay.objects(of: job.metadata.uid) { caches.pods.candidates(for: job) }
        let owned = try await Claim(owner: job, selector: selector)
            .objects(among: candidates, .pods, ownerResource: .jobs, client: client)
        let state = JobState(job)
        let plan = JobPlan(
            state, pods: owned.map { PodSnapshot($0) }, limits: limits, now: client.timeline.date)
        if plan.isExpired { return try await expire(job) }
        return try await perform(plan, for: job, state, owned)
    }

    private func perform(
        _ plan: JobPlan, for job: Value, _ state: JobState, _ pods: [Value]
    ) async throws -> ReconcileResult {
        try await delete(plan.deletions, of: job)
        let created = try await create(plan.creations, for: job)
        var status = plan.status
        status.active += created.succeeded
        if status != state.status { try await client.writeStatus(status.value, of: job, .jobs) }
        for note in plan.notes {
            recorder.note(note.severity, note.reason, note.message, regarding: .init(job))
        }
        // Only now: a pod whose finalizer is gone may vanish, and is then known by the status alone.
        try await release(plan.releases, among: pods)
        if let failure = created.failure { throw failure }
        return plan.nextLook.map { .requeue(after: $0) } ?? .done
    }

    private func create(_ indexes: [Int?], for job: Value) async throws -> SlowStart.Outcome {
        guard !indexes.isEmpty else { return SlowStart.Outcome() }
        let owner = EventNote.Reference(job)
        let outcome = try await SlowStart.run(count: indexes.count) { place in
            let pod = JobPod.object(for: job, index: indexes[place])
            do {
                let created = try await client.create(.pods, pod, namespace: job.metadata.namespace)
                overlay.created(created, for: job.metadata.uid)
                recorder.note(
                    .normal, "SuccessfulCreate", "Created pod: \(created.metadata.name)", regarding: owner)
            } catch let error as APIError where error.isEndingNamespace {
                return
            }
        }
        if let failure = outcome.failure {
            recorder.note(.warning, "FailedCreate", "Error creating: \(failure)", regarding: owner)
        }
        return outcome
    }

    private func delete(_ pods: [PodSnapshot], of job: Value) async throws {
        for pod in pods {
            var options = DeleteOptions()
            options.uid = pod.uid
            do {
                try await client.delete(
                    .pods, pod.name, namespace: job.metadata.namespace, options: options)
                overlay.deleted(uid: pod.uid, for: job.metadata.uid)
                recorder.note(.normal, "SuccessfulDelete", "Deleted pod: \(pod.name)", regarding: .init(job))
            } catch let error as APIError where error.isNotFound || error.isConflict {
                continue
            }
        }
    }

    private func release(_ snapshots: [PodSnapshot], among pods: [Value]) async throws {
        for snapshot in snapshots {
            guard let pod = pods.first(where: { $0.metadata.uid == snapshot.uid }) else { continue }
            try await JobPod.release(pod, client: client)
        }
    }

    private func expire(_ job: Value) async throws -> ReconcileResult {
        var options = DeleteOptions()
        options.uid = job.metadata.uid
        options.resourceVersion = job.metadata.resourceVersion
        options.propagation = .foreground
        do {
            try await client.delete(
                .jobs, job.metadata.name, namespace: job.metadata.namespace, options: options)
        } catch let error as APIError where error.isNotFound {
            return .done
        }
        return .done
    }
}

/// Takes the finalizer off pods whose job is gone, which nobody else would.
struct OrphanedJobPodReconciler: Reconciler {
    let client: KubeClient
    let caches: WorkloadCaches

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let pod = caches.pods[key]?.value,
            pod.metadata.finalizers.contains(PodSnapshot.trackingFinalizer)
        else { return .done }
        if let owner = pod.metadata.controller, owner.kind == "Job" {
            // The cache of jobs may be behind that of pods.
            do {
                let job = try await client.get(.jobs, owner.name, namespace: key.namespace)
                if job.metadata.uid == owner.uid { return .done }
            } catch let error as APIError where error.isNotFound {}
        }
        try await JobPod.release(pod, client: client)
        return .done
    }

    /// Tracked pods whose job the cache does not show, or that are told of when their job goes.
    func sources() -> [KeySource<ObjectKey>] {
        let (jobs, pods) = (caches.jobs, caches.pods)
        let isOrphan: @Sendable (CachedObject) -> Bool = { object in
            guard let metadata = object.value?.metadata,
                metadata.finalizers.contains(PodSnapshot.trackingFinalizer)
            else { return false }
            guard let owner = metadata.controller, owner.kind == "Job" else { return true }
            return jobs[ObjectKey(namespace: metadata.namespace, name: owner.name)]?.uid != owner.uid
        }
        return [
            .events(of: pods) { isOrphan($0.object) ? [$0.key] : [] },
            .events(of: jobs) { event in
                guard case .deleted(let job) = event else { return [] }
                return pods.objects(index: "controller", value: job.uid).filter(isOrphan).map(\.key)
            },
        ]
    }
}
