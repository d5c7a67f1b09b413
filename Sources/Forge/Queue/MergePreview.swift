import Git
import Synchronization

/// What a branch would become with a pull request merged into it.
///
/// The lane of a change and its candidate are both told from it, and the same two commits always make the same tree,
/// so it is made once.
struct MergePreview: Sendable {
    var outcome: MergeOutcome
    /// The pipeline files of the merge; none where there are conflicts.
    var pipelines = PipelineFiles(paths: [])
    /// What the merge changes on the branch.
    var changes: [PathChange] = []

    var paths: [String] { changes.map(\.path) }

    /// - Parameters:
    ///   - base: the commit of the branch; nil where it does not exist.
    init(of head: ObjectID, into base: ObjectID?, in git: GitRepository) async throws {
        // The first commit of a branch is the pull request's own: there is nothing to merge it with.
        if let base { outcome = try await Self.merge(base, head, in: git) } else { outcome = .clean(head) }
        guard case .clean(let tree) = outcome else { return }
        async let files = git.files(at: tree)
        async let changes = git.changes(from: base, to: tree)
        pipelines = PipelineFiles(paths: try await files.lazy.map(\.path))
        self.changes = try await changes
    }

    /// Commits without common history are for the author of the change, as conflicts are, and not a failure that
    /// would keep the queue from all others.
    private static func merge(
        _ base: ObjectID, _ head: ObjectID, in git: GitRepository
    ) async throws -> MergeOutcome {
        do {
            return try await git.merge(base, head)
        } catch let error as GitError where error.code == .conflict {
            return .conflicts([], messages: error.message)
        }
    }

    /// The services whose pipeline file the merge takes away.
    var withoutPipeline: [String] {
        let gone = changes.filter { $0.status == .deleted }.map(\.path)
        return PipelineFiles(paths: gone).services.filter { !pipelines.services.contains($0) }
    }
}

/// The previews that one look at a queue needs.
final class MergePreviews: Sendable {
    private struct Key: Hashable {
        var base: ObjectID?
        var head: ObjectID
    }

    private let git: GitRepository
    private let known = Mutex<[Key: MergePreview]>([:])

    init(_ git: GitRepository) { self.git = git }

    /// The preview of a merge.
    ///
    /// - Throws: `GitError`.
    func preview(of head: ObjectID, into base: ObjectID?) async throws -> MergePreview {
        let key = Key(base: base, head: head)
        if let preview = known.withLock({ $0[key] }) { return preview }
        let preview = try await MergePreview(of: head, into: base, in: git)
        known.withLock { $0[key] = preview }
        return preview
    }
}
