import KubeModel
import Manifest
import Synchronization

/// Adds up what one commit deletes in all applications together, so that many small deletions are seen for the large
/// one that they are.
///
/// An application's own share is ``BlastRadius``'s to judge; here the same measure is put to all objects of all
/// applications. What was begun before the limit was reached is not taken back. Each application's share stands in
/// its status (``DeletionShare``), from which a controller that starts anew goes on adding.
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

    /// Whether a commit's deletions are being added up already.
    func knows(_ commit: String) -> Bool { state.withLock { $0.deletions[commit] != nil } }

    /// Enters what a sync of an application would delete; answers why it has to be approved, nil where it need not.
    ///
    /// - Parameters:
    ///   - existing: how many objects all applications have.
    ///   - known: what applications have deleted of the commit, by their status; only for one that is not known yet.
    func approvalReason(
        _ application: String, commit: String, deletions: Int, existing: Int, known: [String: Int] = [:]
    ) -> String? {
        guard deletions > 0 else { return nil }
        return state.withLock { state in
            if state.deletions[commit] == nil {
                state.commits.append(commit)
                state.deletions[commit] = known
                if state.commits.count > 100 { state.deletions[state.commits.removeFirst()] = nil }
            }
            var entries = state.deletions[commit] ?? [:]
            // What was begun goes on, after a failure or a restart too.
            if let begun = entries[application], deletions <= begun { return nil }
            let others = entries.filter { $0.key != application }
            let before = others.values.reduce(0, +)
            let reason =
                before == 0
                ? nil
                : limit.totalReason(
                    deletions: before + deletions, applications: others.count + 1, existing: existing)
            // What waits for approval is not deleted, and so does not count for others.
            if reason == nil { entries[application] = deletions }
            state.deletions[commit] = entries
            return reason
        }
    }
}

/// What an application has last deleted, as its status tells it (`status.pruning`).
struct DeletionShare: Sendable, Hashable {
    /// The commit of the repository that the objects went with.
    var commit: String
    var objects: Int

    init(commit: String, objects: Int) { (self.commit, self.objects) = (commit, objects) }

    /// Reads the share of an application; nil where it has deleted nothing.
    init?(_ application: Value) {
        let pruning = application["status", "pruning"]
        guard let commit = pruning?["commit"]?.stringValue, let objects = pruning?["objects"]?.integerValue
        else { return nil }
        self.init(commit: commit, objects: Int(clamping: objects))
    }

    var value: Value { ["commit": .string(commit), "objects": .integer(Int64(objects))] }
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
