import KubeClient
import KubeModel
import Manifest

/// Makes snapshots of rollouts from what the caches show.
struct SnapshotReader: Sendable {
    /// The annotations Argo Rollouts keeps on ReplicaSets and Rollouts.
    static let revisionAnnotation = "rollout.argoproj.io/revision"
    static let deadlineAnnotation = "scale-down-deadline"

    let caches: RolloutCaches

    /// Everything a plan for a rollout depends on.
    ///
    /// - Throws: ``RolloutsError`` where traffic is to be split by what is not there.
    func snapshot(of rollout: Value, now: Timestamp, router: (any TrafficRouter)?) throws(RolloutsError)
        -> RolloutSnapshot
    {
        let specification = RolloutSpecification(rollout)
        let status = RolloutStatus(rollout["status"])
        let sets = caches.replicaSets.objects(index: CacheIndex.owner.name, value: rollout.metadata.uid)
            .compactMap(\.value).filter {
                !$0.metadata.isDeleting && $0.metadata.controller?.uid == rollout.metadata.uid
            }
        let wanted = wantedHash(specification, status, sets)
        var snapshot = RolloutSnapshot(
            name: rollout.metadata.name, generation: rollout.metadata.generation,
            specification: specification,
            status: status, wantedHash: wanted, replicaSets: sets.map(Self.state), now: now)
        snapshot.fault = fault(of: rollout)
        guard snapshot.fault == nil else { return snapshot }
        for name in RolloutCaches.services(of: rollout) {
            let key = ObjectKey(namespace: rollout.metadata.namespace, name: name)
            guard let service = caches.services[key]?.value else { continue }
            snapshot.services[name] = .some(
                service["spec", "selector", PodTemplateIdentity.hashLabel]?.stringValue)
        }
        snapshot.pods = caches.pods(of: wanted, in: rollout.metadata.namespace).map(Self.pod)
        snapshot.runs = caches.runs.objects(index: CacheIndex.owner.name, value: rollout.metadata.uid)
            .compactMap(\.value).compactMap(Self.run)
        snapshot.traffic = try router?.observe()
        return snapshot
    }

    /// The first fault of a rollout or of what it refers to.
    private func fault(of rollout: Value) -> String? {
        if let fault = RolloutValidation.faults(of: rollout).first {
            return "\(fault.field): \(fault.message)"
        }
        for name in RolloutCaches.services(of: rollout)
        where caches.services[ObjectKey(namespace: rollout.metadata.namespace, name: name)] == nil {
            return "spec.strategy: Invalid value: \"\(name)\": service \"\(name)\" not found"
        }
        return nil
    }

    // MARK: ReplicaSets

    /// The hash of the wanted template: that of the ReplicaSet which has it, whoever hashed it.
    private func wantedHash(
        _ specification: RolloutSpecification, _ status: RolloutStatus, _ sets: [Value]
    ) -> String {
        let hash = PodTemplateIdentity.hash(specification.template, collisions: status.collisions)
        let label = PodTemplateIdentity.hashLabel
        if sets.contains(where: { $0.metadata.labels[label] == hash }) { return hash }
        // Made by Argo Rollouts, which hashes Go's JSON.
        let wanted = PodTemplateIdentity.canonical(specification.template)
        let same = sets.first { set in
            set["spec", "template"].map { PodTemplateIdentity.canonical($0) == wanted } ?? false
        }
        return same?.metadata.labels[label] ?? hash
    }

    private static func state(_ set: Value) -> ReplicaSetState {
        var state = ReplicaSetState(
            name: set.metadata.name, hash: set.metadata.labels[PodTemplateIdentity.hashLabel] ?? "",
            revision: set.metadata.annotations[revisionAnnotation].flatMap { Int($0) } ?? 0,
            created: set.metadata.creationTimestamp ?? Timestamp(seconds: 0),
            wanted: Int(set["spec", "replicas"]?.integerValue ?? 1))
        state.present = Int(set["status", "replicas"]?.integerValue ?? 0)
        state.ready = Int(set["status", "readyReplicas"]?.integerValue ?? 0)
        state.available = Int(set["status", "availableReplicas"]?.integerValue ?? 0)
        state.scaleDownDeadline =
            set.metadata.annotations[deadlineAnnotation].flatMap(Timestamp.init(rfc3339:))
        state.isObserved = set["status", "observedGeneration"]?.integerValue ?? 0 >= set.metadata.generation
        let conditions = Conditions(set["status", "conditions"]?.arrayValue ?? [])
        if let failure = conditions["ReplicaFailure"], failure.status == .isTrue {
            state.failure = .init(reason: failure.reason, message: failure.message)
        }
        return state
    }

    // MARK: Pods and runs

    private static func pod(_ pod: Value) -> CanaryPod {
        var state = CanaryPod(name: pod.metadata.name)
        let statuses = pod["status", "containerStatuses"]?.arrayValue ?? []
        for status in statuses + (pod["status", "initContainerStatuses"]?.arrayValue ?? []) {
            let waiting = status["state", "waiting", "reason"]?.stringValue
            let ended = status["state", "terminated"] ?? status["lastState", "terminated"]
            if waiting == "CrashLoopBackOff" { state.isCrashLooping = true }
            if let code = ended?["exitCode"]?.integerValue, code != 0 {
                state.failures = max(state.failures, Int(status["restartCount"]?.integerValue ?? 0), 1)
                let reason = ended?["reason"]?.stringValue ?? "Error"
                state.reason =
                    "container \(status["name"]?.stringValue ?? "") ended with code \(code) (\(reason))"
            }
            if waiting == "ContainerCreating" || waiting == "Pulling",
                status["imageID"]?.stringValue ?? "" == ""
            {
                state.isPulling = true
            }
        }
        let annotations = pod.metadata.annotations
        state.pulledBytes = annotations["slipway.dev/pulled-bytes"].flatMap { Int64($0) }
        state.totalBytes = annotations["slipway.dev/image-bytes"].flatMap { Int64($0) }
        state.unreadySince = unreadySince(pod, statuses)
        return state
    }

    /// Since when a pod whose containers run is not ready any more; nil for one that never was.
    private static func unreadySince(_ pod: Value, _ statuses: [Value]) -> Timestamp? {
        let conditions = Conditions(pod["status", "conditions"]?.arrayValue ?? [])
        guard !pod.metadata.isDeleting, let ready = conditions["Ready"], ready.status == .isFalse,
            let since = ready.lastTransitionTime, !statuses.isEmpty,
            statuses.allSatisfy({
                $0["state", "running"] != nil && $0["restartCount"]?.integerValue ?? 0 == 0
            })
        else { return nil }
        let starts = statuses.compactMap {
            $0["state", "running", "startedAt"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        }
        // A pod that was never ready has not been so since before its containers ran.
        guard let start = starts.max(), since > start.advanced(by: .seconds(1)) else { return nil }
        return since
    }

    private static func run(_ run: Value) -> RolloutSnapshot.Run? {
        let labels = run.metadata.labels
        guard let purpose = labels["rollout-type"].flatMap(RolloutSnapshot.Run.Purpose.init) else {
            return nil
        }
        return RolloutSnapshot.Run(
            name: run.metadata.name, purpose: purpose, hash: labels[PodTemplateIdentity.hashLabel] ?? "",
            step: labels["step-index"].flatMap { Int($0) }, phase: run["status", "phase"]?.stringValue ?? "",
            message: run["status", "message"]?.stringValue ?? "",
            isTerminating: run["spec", "terminate"]?.boolValue ?? false,
            created: run.metadata.creationTimestamp ?? Timestamp(seconds: 0))
    }
}
