/// Pods of the stable version that were started with a canary, so that what is compared is of one age.
///
/// A pod that has run for weeks has warm caches and grown heaps; a canary has neither. Kayenta therefore compares a
/// canary with a baseline of the same size that gets the same share of requests. The baseline is a ReplicaSet beside
/// the versions: it is never one of them, never stable, and goes with the update it was made for.
public struct FreshBaseline: Sendable, Hashable {
    /// Unique in its namespace.
    public var name: String
    /// By which its pods are told from those of all versions.
    public var hash: String
    /// The version its pods are of.
    public var stableHash: String
    /// The pods that are wanted, `spec.replicas`.
    public var wanted: Int
    /// The pods that can take requests.
    public var available = 0

    /// Describes a baseline without pods.
    public init(name: String, hash: String, stableHash: String, wanted: Int) {
        (self.name, self.hash, self.stableHash, self.wanted) = (name, hash, stableHash, wanted)
    }

    /// The annotation of a baseline's ReplicaSet: the hash of the version that its pods are of.
    static let annotation = "rollout.slipway.dev/baseline-of"

    /// By which the baseline of a canary is known.
    static func hash(besides canary: String) -> String { "\(canary)-baseline" }
}

extension RolloutPlanner {
    /// The hash of the baseline that the update under way has, nil where it has none.
    var baselineHash: String? {
        guard let canary = specification.canary, canary.baselineService != nil, canary.traffic != nil,
            snapshot.wantsFreshBaseline, let new, let stable, stable.hash != new.hash, !isAborted,
            !status.promotesFully, !isFastRollback
        else { return nil }
        return FreshBaseline.hash(besides: new.hash)
    }

    /// The baseline of the update under way, where it is there.
    var baseline: FreshBaseline? {
        guard let hash = baselineHash else { return nil }
        return snapshot.baselines.first { $0.hash == hash && $0.stableHash == status.stableHash }
    }

    /// Whether the update has as many pods to compare with as it has itself, or compares with others.
    var isBaselineSettled: Bool {
        guard baselineHash != nil, let new, new.wanted > 0 else { return true }
        guard let baseline else { return false }
        return baseline.wanted == new.wanted && baseline.available >= baseline.wanted
    }

    /// The baseline's weight beside one of the canary: the same, as far as the canary leaves so much, and less where
    /// pods are missing.
    func baselineWeight(beside weight: Int) -> Int {
        guard let baseline, baseline.wanted > 0, let service = specification.canary?.baselineService,
            snapshot.services[service] == baseline.hash
        else { return 0 }
        let share = fullBaselineWeight(beside: weight)
        return share * min(baseline.available, baseline.wanted) / baseline.wanted
    }

    /// The baseline's weight once all its pods are there.
    func fullBaselineWeight(beside weight: Int) -> Int {
        baselineHash == nil ? 0 : min(weight, specification.maximumWeight - weight)
    }

    /// Points the baseline's service at its pods.
    mutating func selectBaseline(_ canary: CanaryStrategy) {
        guard let service = canary.baselineService, let baseline, baseline.available > 0,
            let present = snapshot.services[service], present != baseline.hash
        else { return }
        plan.actions.append(.select(service: service, hash: baseline.hash))
    }

    /// Makes the baseline follow the canary's pods, and takes away those of updates that are over.
    ///
    /// Its pods go only once the router sends them nothing any more.
    mutating func reconcileBaseline(_ new: ReplicaSetState) {
        guard !isHalted else { return }
        let hash = baselineHash
        let isIdle =
            snapshot.traffic.map { $0.weight >= 0 && $0.baseline == 0 && $0.isAcknowledged != false } ?? true
        for old in snapshot.baselines where old.hash != hash || old.stableHash != status.stableHash {
            if isIdle { plan.actions.append(.deleteBaseline(old.name)) }
        }
        guard let hash else { return }
        if let baseline {
            guard baseline.wanted != new.wanted, new.wanted > 0 || isIdle else { return }
            plan.actions.append(.scale(replicaSet: baseline.name, replicas: new.wanted))
        } else if new.wanted > 0, !snapshot.baselines.contains(where: { $0.hash == hash }) {
            plan.actions.append(
                .createBaseline(hash: hash, stableHash: status.stableHash, replicas: new.wanted))
            tell(
                "BaselineCreated",
                "Created ReplicaSet \(snapshot.name)-\(hash) of the stable version to compare revision \(revision) with",
                ofAction: true)
        }
    }
}
