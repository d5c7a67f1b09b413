import KubeClient
import KubeModel
import Manifest

/// Makes snapshots of rollouts from what the caches show.
struct SnapshotReader: Sendable {
    /// The annotations Argo Rollouts keeps on ReplicaSets and Rollouts.
    static let revisionAnnotation = "rollout.argoproj.io/revision"
    static let deadlineAnnotation = "scale-down-deadline"
    /// The one it keeps on services whose selector it writes: the rollout's name.
    static let ownerAnnotation = "argo-rollouts.argoproj.io/managed-by-rollouts"

    let caches: RolloutCaches
    /// For how long what is not there is waited for before a rollout counts as degraded.
    var referenceGrace = Duration.zero

    /// Everything a plan for a rollout depends on; what it refers to and is not there is its fault.
    func snapshot(of rollout: Value, now: Timestamp, router: (any TrafficRouter)?) -> RolloutSnapshot {
        let specification = RolloutSpecification(rollout)
        let status = RolloutStatus(rollout["status"])
        let owned = caches.replicaSets.objects(index: CacheIndex.owner.name, value: rollout.metadata.uid)
            .compactMap(\.value).filter { $0.metadata.controller?.uid == rollout.metadata.uid }
        let all = owned.filter { !$0.metadata.isDeleting }
        let baselines = all.compactMap(Self.baseline)
        let sets = all.filter { $0.metadata.annotations[FreshBaseline.annotation] == nil }
        let wanted = wantedHash(specification, status, sets)
        var snapshot = RolloutSnapshot(
            name: rollout.metadata.name, generation: rollout.metadata.generation,
            specification: specification,
            status: status, wantedHash: wanted, replicaSets: sets.map(Self.state), now: now)
        snapshot.goingHashes = Set(
            owned.filter(\.metadata.isDeleting).compactMap {
                $0.metadata.labels[PodTemplateIdentity.hashLabel]
            })
        snapshot.baselines = baselines
        let fresh = freshBaseline(of: specification, in: rollout.metadata.namespace)
        snapshot.wantsFreshBaseline = fresh != nil
        snapshot.referenceGrace = referenceGrace
        snapshot.fault =
            RolloutValidation.faults(of: rollout).first.map { "\($0.field): \($0.message)" }
            ?? fresh.flatMap { Self.fault($0, specification) }
        if snapshot.fault == nil, let missing = missingReference(of: rollout, specification) {
            snapshot.fault = missing
            snapshot.lacksReference = true
        }
        do throws(RolloutsError) {
            snapshot.traffic = try router?.observe()
        } catch {
            if snapshot.fault == nil { snapshot.lacksReference = error.code == .missingReference }
            let path = "spec.strategy.canary.trafficRouting"
            snapshot.fault = snapshot.fault ?? "\(path): Invalid value: \(error.message)"
        }
        // What is missing may keep a version from going on, and must not keep it from being judged.
        guard snapshot.fault == nil || snapshot.lacksReference else { return snapshot }
        for name in RolloutCaches.services(of: rollout) {
            let key = ObjectKey(namespace: rollout.metadata.namespace, name: name)
            guard let service = caches.services[key]?.value else { continue }
            snapshot.services[name] = .some(
                service["spec", "selector", PodTemplateIdentity.hashLabel]?.stringValue)
        }
        snapshot.abandonedServices = caches.services(
            managedBy: rollout.metadata.name, in: rollout.metadata.namespace
        )
        // One that is still sent requests must not lead to pods of all versions.
        .filter { snapshot.services[$0] == nil && router?.sends(to: $0) != true }
        snapshot.pods = caches.pods(of: wanted, in: rollout.metadata.namespace).map(Self.pod)
        if wanted != status.stableHash, !status.stableHash.isEmpty {
            snapshot.stablePods = caches.pods(of: status.stableHash, in: rollout.metadata.namespace)
                .map(Self.pod)
            snapshot.stablePods += baselines.filter { $0.stableHash == status.stableHash }.flatMap {
                caches.pods(of: $0.hash, in: rollout.metadata.namespace).map(Self.pod)
            }
        }
        snapshot.runs = caches.runs.objects(index: CacheIndex.owner.name, value: rollout.metadata.uid)
            .compactMap(\.value).compactMap(Self.run)
        return snapshot
    }

    /// The first thing that a rollout refers to and that is not there.
    private func missingReference(of rollout: Value, _ specification: RolloutSpecification) -> String? {
        for name in RolloutCaches.services(of: rollout)
        where caches.services[ObjectKey(namespace: rollout.metadata.namespace, name: name)] == nil {
            return "spec.strategy: Invalid value: \"\(name)\": service \"\(name)\" not found"
        }
        for (path, reference) in specification.references {
            if let missing = missingTemplate(of: reference, in: rollout.metadata.namespace) {
                let kind = missing.isClusterWide ? "ClusterAnalysisTemplate" : "AnalysisTemplate"
                return "spec.strategy.\(path).templates: Invalid value: \"\(missing.name)\": "
                    + "\(kind) '\(missing.name)' not found"
            }
        }
        return nil
    }

    /// The first template that an analysis needs, itself or through others, and that is not there.
    private func missingTemplate(
        of reference: AnalysisReference, in namespace: String
    ) -> AnalysisReference.Template? {
        firstTemplate(of: reference, in: namespace) { $0 == nil }
    }

    /// The first template of an analysis, itself or through others, for which something holds.
    private func firstTemplate(
        of reference: AnalysisReference, in namespace: String, where holds: (Value?) -> Bool
    ) -> AnalysisReference.Template? {
        var seen: Set<AnalysisReference.Template> = []
        var open = reference.templates
        while let next = open.popLast() {
            guard seen.insert(next).inserted else { continue }
            let template = caches.template(next, in: namespace)
            if holds(template) { return next }
            open += (template?["spec", "templates"]?.arrayValue ?? []).compactMap(
                AnalysisReference.Template.init)
        }
        return nil
    }

    // MARK: Baselines

    /// The first template of the rollout's analyses that compares with a fresh baseline.
    private func freshBaseline(
        of specification: RolloutSpecification, in namespace: String
    ) -> AnalysisReference.Template? {
        for (_, reference) in specification.references {
            let template = firstTemplate(of: reference, in: namespace) { template in
                (template?["spec", "metrics"]?.arrayValue ?? []).contains {
                    $0["provider", "slipway", "baseline"]?.stringValue
                        == JudgeSettings.Baseline.fresh.rawValue
                }
            }
            if let template { return template }
        }
        return nil
    }

    /// Why a rollout can have no fresh baseline, nil where it can.
    private static func fault(
        _ template: AnalysisReference.Template, _ specification: RolloutSpecification
    ) -> String? {
        if specification.canary?.baselineService != nil { return nil }
        return "spec.strategy.canary.trafficRouting.gatewayAPI.baselineService: Required value: template "
            + "'\(template.name)' compares with a fresh baseline; name a Service for its pods that is a backend "
            + "of the route, or write baseline: stable"
    }

    private static func baseline(_ set: Value) -> FreshBaseline? {
        guard let stableHash = set.metadata.annotations[FreshBaseline.annotation] else { return nil }
        var baseline = FreshBaseline(
            name: set.metadata.name, hash: set.metadata.labels[PodTemplateIdentity.hashLabel] ?? "",
            stableHash: stableHash, wanted: Int(set["spec", "replicas"]?.integerValue ?? 1))
        baseline.available = Int(set["status", "availableReplicas"]?.integerValue ?? 0)
        return baseline
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

    static func state(_ set: Value) -> ReplicaSetState {
        var state = ReplicaSetState(
            name: set.metadata.name, hash: set.metadata.labels[PodTemplateIdentity.hashLabel] ?? "",
            revision: set.metadata.annotations[revisionAnnotation].flatMap { Int32($0) }.map {
                max(0, Int($0))
            } ?? 0,
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
        // One that goes is not judged by how it goes.
        if pod.metadata.isDeleting { return state }
        let statuses = pod["status", "containerStatuses"]?.arrayValue ?? []
        for status in statuses + (pod["status", "initContainerStatuses"]?.arrayValue ?? []) {
            let waiting = status["state", "waiting", "reason"]?.stringValue
            let ended = status["state", "terminated"] ?? status["lastState", "terminated"]
            let code = ended?["exitCode"]?.integerValue ?? 0
            let isLooping = waiting == "CrashLoopBackOff"
            // A server that ends time and again fails, whatever it says of its end.
            if isLooping || code != 0 {
                // One that is down has ended once more than it was started again.
                let isDown = status["state", "running"] == nil
                let ends = Int(status["restartCount"]?.integerValue ?? 0) + (isDown ? 1 : 0)
                state.failures = max(state.failures, ends, 1)
                let reason = ended?["reason"]?.stringValue ?? "Error"
                state.reason =
                    "container \(status["name"]?.stringValue ?? "") ended with code \(code) (\(reason))"
                if isLooping { state.isCrashLooping = true }
                if reason == "OOMKilled" { state.isOutOfMemory = true }
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
