import KubeModel

/// Which pods a ReplicaSet deletes first when it has too many, in the order of Kubernetes'
/// `ActivePodsWithRanks`: the least useful ones go first.
///
/// The rank by pods on the same node is left out: a local cluster has one node.
struct DeletionOrder: Sendable {
    let now: Timestamp

    /// Whether `left` goes before `right`.
    func precedes(_ left: PodSnapshot, _ right: PodSnapshot) -> Bool {
        if left.nodeName.isEmpty != right.nodeName.isEmpty { return left.nodeName.isEmpty }
        let (leftPhase, rightPhase) = (Self.rank(left.phase), Self.rank(right.phase))
        if leftPhase != rightPhase { return leftPhase < rightPhase }
        if left.isReady != right.isReady { return !left.isReady }
        if left.deletionCost != right.deletionCost { return left.deletionCost < right.deletionCost }
        if left.isReady, right.isReady, left.readySince != right.readySince {
            return isNewer(left.readySince, right.readySince) ?? (left.uid < right.uid)
        }
        if left.restarts != right.restarts { return left.restarts > right.restarts }
        if left.created != right.created {
            return isNewer(left.created, right.created) ?? (left.uid < right.uid)
        }
        return left.uid < right.uid
    }

    private static func rank(_ phase: PodSnapshot.Phase) -> Int {
        switch phase {
        case .pending: 0
        case .unknown: 1
        default: 2
        }
    }

    /// Whether the first moment is the later one by orders of magnitude; nil where their ages are alike.
    ///
    /// Ages are compared by their logarithms, so that among pods of about one age chance decides (KEP-2185) and not
    /// always the youngest of a failure zone goes.
    private func isNewer(_ left: Timestamp?, _ right: Timestamp?) -> Bool? {
        guard let left else { return right == nil ? nil : true }
        guard let right else { return false }
        let (first, second) = (magnitude(of: left), magnitude(of: right))
        return first == second ? nil : first < second
    }

    private func magnitude(of moment: Timestamp) -> Int {
        let age = now.duration(since: moment).components.seconds
        guard age > 0 else { return -1 }
        return Int64.bitWidth - 1 - age.leadingZeroBitCount
    }
}
