import Synchronization

/// Adds up what one commit deletes in all applications together, so that many small deletions are seen for the large
/// one that they are.
///
/// An application's own share is ``BlastRadius``'s to judge; here the same measure is put to all objects of all
/// applications. What was begun before the limit was reached is not taken back.
final class DeletionLedger: Sendable {
    private struct State {
        /// How many objects each application deletes, by commit.
        var deletions: [String: [String: Int]] = [:]
        /// The commits in the order in which they came.
        var commits: [String] = []
    }

    private let limit: BlastRadius
    private let state = Mutex(State())

    init(_ limit: BlastRadius) { self.limit = limit }

    /// Enters what a sync of an application would delete; answers why it has to be approved, nil where it need not.
    ///
    /// - Parameter existing: how many objects all applications have.
    func approvalReason(
        _ application: String, commit: String, deletions: Int, existing: Int
    ) -> String? {
        guard deletions > 0 else { return nil }
        return state.withLock { state in
            if state.deletions[commit] == nil {
                state.commits.append(commit)
                if state.commits.count > 100 { state.deletions[state.commits.removeFirst()] = nil }
            }
            var entries = state.deletions[commit] ?? [:]
            let others = entries.filter { $0.key != application }
            let before = others.values.reduce(0, +)
            // What waits for approval is not deleted, and so does not count for others.
            let reason =
                before == 0
                ? nil
                : limit.totalReason(
                    deletions: before + deletions, applications: others.count + 1, existing: existing)
            entries[application] = reason == nil ? deletions : nil
            state.deletions[commit] = entries
            return reason
        }
    }
}

extension BlastRadius {
    /// Why what one commit deletes in several applications has to be approved, nil where it need not.
    func totalReason(deletions: Int, applications: Int, existing: Int) -> String? {
        let limit = max(count, existing * percent / 100)
        guard deletions > limit else { return nil }
        return
            "the commit would delete \(deletions) of all \(existing) objects, in \(applications) applications, more than "
            + "\(limit); approve with the annotation \(ResourceAnnotations.Name.deletionApproved) or slipway app sync "
            + "--approve"
    }
}
