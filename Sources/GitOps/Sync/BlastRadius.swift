/// Holds back a plan that would delete so much that it is more likely a mistake.
public struct BlastRadius: Sendable, Hashable {
    /// What may always be deleted without asking.
    public var count: Int
    /// The share of the objects that may be deleted without asking.
    public var percent: Int

    /// A limit of the larger one of both.
    public init(count: Int = 3, percent: Int = 10) {
        self.count = count
        self.percent = percent
    }

    /// Why a plan has to be approved, nil where it need not.
    ///
    /// - Parameters:
    ///   - deletions: how many objects the plan deletes.
    ///   - existing: how many objects the application has in the cluster.
    ///   - rendersNothing: whether the source has no object at all.
    ///   - confirmations: objects that are to be deleted only after somebody says so (`Prune=confirm`).
    public func approvalReason(
        deletions: Int, existing: Int, rendersNothing: Bool, confirmations: [String] = []
    ) -> String? {
        let approve =
            "approve with the annotation \(ResourceAnnotations.Name.deletionApproved) or slipway app sync --approve"
        if rendersNothing, existing > 0 {
            return "the source renders no objects, which would delete all \(existing); \(approve)"
        }
        let limit = max(count, existing * percent / 100)
        if deletions > limit {
            return "the sync would delete \(deletions) of \(existing) objects, more than \(limit); \(approve)"
        }
        if let first = confirmations.first {
            let others = confirmations.count > 1 ? " and \(confirmations.count - 1) more" : ""
            return "waiting for pruning confirmation of \(first)\(others); \(approve)"
        }
        return nil
    }
}
