import KubeClient
import KubeModel
import Manifest

/// Performs the actions of a plan on the API. Each can be performed again without doing more.
struct PlanPerformer: Sendable {
    let client: KubeClient
    let caches: RolloutCaches
    /// The rollout as the plan saw it, with what has been written to it since.
    private(set) var rollout: Value
    let router: (any TrafficRouter)?

    init(client: KubeClient, caches: RolloutCaches, rollout: Value, router: (any TrafficRouter)?) {
        (self.client, self.caches) = (client, caches)
        (self.rollout, self.router) = (rollout, router)
    }

    private var namespace: String { rollout.metadata.namespace }

    /// Performs an action; what the status has to remember of it is written there.
    ///
    /// - Throws: `APIError`, as `conflict` where the cache was behind; `KubeClientError`; ``RolloutsError``.
    mutating func perform(_ action: RolloutAction, _ status: inout RolloutStatus) async throws {
        switch action {
        case .createReplicaSet(let hash, let revision, let replicas):
            try await createReplicaSet(hash, revision, replicas, &status)
        case .setRevision(let name, let revision):
            try await annotate(name, SnapshotReader.revisionAnnotation, String(revision))
            try await note(revision: revision)
        case .scale(let name, let replicas):
            try await patch(name, ["spec": ["replicas": .integer(Int64(replicas))]])
        case .setScaleDownDeadline(let name, let deadline):
            try await annotate(name, SnapshotReader.deadlineAnnotation, deadline?.rfc3339)
        case .setRejected(let name, let moment):
            try await annotate(name, SnapshotReader.rejectedAnnotation, moment?.rfc3339)
        case .deleteReplicaSet(let name): try await delete(.replicaSets, name)
        case .select(let service, let hash):
            try await client.patch(
                .services, service, namespace: namespace,
                .merge([
                    "metadata": [
                        "annotations": [SnapshotReader.ownerAnnotation: .string(rollout.metadata.name)]
                    ],
                    "spec": ["selector": [PodTemplateIdentity.hashLabel: .string(hash)]],
                ]))
        case .release(let service): try await Self.release(service, in: namespace, client)
        case .setWeight(let weight, let baseline):
            try await router?.setWeight(weight, baseline: baseline)
        case .createBaseline(let hash, let stableHash, let replicas):
            try await createBaseline(hash, of: stableHash, replicas)
        case .deleteBaseline(let name): try await delete(.replicaSets, name)
        case .startRun(let request):
            let name = try await RunMaker(client: client, rollout: rollout, caches: caches).start(request)
            status.note(run: name, for: request.purpose)
        case .terminateRun(let name):
            try await client.patch(
                Analysis.runs, name, namespace: namespace, .merge(["spec": ["terminate": true]]))
        case .deleteRun(let name): try await delete(Analysis.runs, name)
        case .quarantine(let hash, let revision, let reason):
            try await quarantine(hash, revision, reason, status)
        }
    }

    /// Takes back what a rollout has written into a service.
    ///
    /// - Throws: `APIError`, `KubeClientError`; a service that is gone needs nothing.
    static func release(_ service: String, in namespace: String, _ client: KubeClient) async throws {
        do {
            try await client.patch(
                .services, service, namespace: namespace,
                .merge([
                    "metadata": ["annotations": [SnapshotReader.ownerAnnotation: .null]],
                    "spec": ["selector": [PodTemplateIdentity.hashLabel: .null]],
                ]))
        } catch let error as APIError where error.isNotFound {}
    }

    // MARK: ReplicaSets

    private mutating func createReplicaSet(
        _ hash: String, _ revision: Int, _ replicas: Int, _ status: inout RolloutStatus
    ) async throws {
        let spec = rollout["spec"] ?? .emptyObject
        var template = spec["template"] ?? .emptyObject
        template["metadata", "labels", PodTemplateIdentity.hashLabel] = .string(hash)
        var selector = spec["selector"] ?? .emptyObject
        selector["matchLabels", PodTemplateIdentity.hashLabel] = .string(hash)
        var set: Value = ["apiVersion": "apps/v1", "kind": "ReplicaSet"]
        set.metadata.name = "\(rollout.metadata.name)-\(hash)"
        set.metadata.namespace = namespace
        set.metadata.labels = StringMap(template["metadata", "labels"]?.objectValue ?? Object())
        var annotations = rollout.metadata.annotations
        annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
        annotations[SnapshotReader.revisionAnnotation] = String(revision)
        annotations["rollout.argoproj.io/desired-replicas"] = String(spec["replicas"]?.integerValue ?? 1)
        set.metadata.annotations = annotations
        set.metadata.ownerReferences = [OwnerReference(controller: rollout)]
        set["spec"] = [
            "replicas": .integer(Int64(replicas)), "selector": selector, "template": template,
            "minReadySeconds": spec["minReadySeconds"] ?? 0,
        ]
        do {
            try await client.create(.replicaSets, set, namespace: namespace)
        } catch let error as APIError where error.isAlreadyExists {
            let present = try await client.get(.replicaSets, set.metadata.name, namespace: namespace)
            // Ours, made before the cache could tell; otherwise the hash collides and another is taken.
            if present.metadata.controller?.uid != rollout.metadata.uid {
                status.collisions = (status.collisions ?? 0) + 1
            }
        }
        try await note(revision: revision)
    }

    /// Makes a ReplicaSet of the stable version's pods that is none of the versions: it has no revision.
    private func createBaseline(_ hash: String, of stableHash: String, _ replicas: Int) async throws {
        guard let stable = replicaSet(stableHash) else { return }
        var set: Value = ["apiVersion": "apps/v1", "kind": "ReplicaSet"]
        set.metadata.name = "\(rollout.metadata.name)-\(hash)"
        set.metadata.namespace = namespace
        set.metadata.ownerReferences = [OwnerReference(controller: rollout)]
        set.metadata.annotations = [FreshBaseline.annotation: stableHash]
        var spec = stable["spec"] ?? .emptyObject
        spec["replicas"] = .integer(Int64(replicas))
        spec["template", "metadata", "labels", PodTemplateIdentity.hashLabel] = .string(hash)
        spec["selector", "matchLabels", PodTemplateIdentity.hashLabel] = .string(hash)
        set["spec"] = spec
        set.metadata.labels = StringMap(spec["template", "metadata", "labels"]?.objectValue ?? Object())
        do {
            try await client.create(.replicaSets, set, namespace: namespace)
        } catch let error as APIError where error.isAlreadyExists {
            // Ours, made before the cache could tell.
        }
    }

    /// The version of a hash as last seen.
    private func replicaSet(_ hash: String) -> Value? {
        caches.replicaSets.objects(index: CacheIndex.owner.name, value: rollout.metadata.uid)
            .compactMap(\.value).first { $0.metadata.labels[PodTemplateIdentity.hashLabel] == hash }
    }

    /// Changes a ReplicaSet as the cache shows it: if it has changed since, the plan may not hold.
    private func patch(_ name: String, _ change: Value) async throws {
        var change = change
        if let seen = caches.replicaSets[ObjectKey(namespace: namespace, name: name)] {
            change["metadata", "resourceVersion"] = .string(seen.resourceVersion)
        }
        try await client.patch(.replicaSets, name, namespace: namespace, .merge(change))
    }

    private func annotate(_ name: String, _ annotation: String, _ text: String?) async throws {
        try await client.patch(
            .replicaSets, name, namespace: namespace,
            .merge(["metadata": ["annotations": .object([annotation: text.map { .string($0) } ?? .null])]]))
    }

    /// The revision people see on the rollout; only on the version that was planned for.
    private mutating func note(revision: Int) async throws {
        guard rollout.metadata.annotations[SnapshotReader.revisionAnnotation] != String(revision) else {
            return
        }
        rollout = try await client.patch(
            Rollout.resource, rollout.metadata.name, namespace: namespace,
            .merge([
                "metadata": [
                    "resourceVersion": .string(rollout.metadata.resourceVersion),
                    "annotations": .object([SnapshotReader.revisionAnnotation: .string(String(revision))]),
                ]
            ]))
    }

    private func delete(_ resource: GroupVersionResource, _ name: String) async throws {
        do {
            try await client.delete(resource, name, namespace: namespace)
        } catch let error as APIError where error.isNotFound {}
    }

    // MARK: Quarantine

    /// Leaves a ``Rollback`` for whoever owns the desired state in git.
    private func quarantine(
        _ hash: String, _ revision: Int, _ reason: String, _ status: RolloutStatus
    ) async throws {
        func images(_ hash: String) -> Value {
            let containers = replicaSet(hash)?["spec", "template", "spec", "containers"]?.arrayValue ?? []
            return .array(containers.compactMap { $0["image"] })
        }
        var spec: Object = [
            "workload": [
                "apiVersion": .string(rollout.apiVersion), "kind": "Rollout",
                "name": .string(rollout.metadata.name),
            ],
            "podTemplateHash": .string(hash), "revision": .integer(Int64(revision)), "images": images(hash),
            "stableImages": images(status.stableHash), "reason": .string(reason),
        ]
        let run = status.stepRun ?? status.backgroundRun ?? status.prePromotionRun ?? status.postPromotionRun
        if let run { spec["analysisRun"] = .string(run.name) }
        let object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback",
            "metadata": ["name": .string("\(rollout.metadata.name)-\(hash)")], "spec": .object(spec),
        ]
        try await client.apply(
            Rollback.resource, object, namespace: namespace, fieldManager: "slipway", force: true)
    }
}
