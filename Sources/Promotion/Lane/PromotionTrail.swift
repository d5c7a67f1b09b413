import Git
import KubeModel
import Synchronization

/// The commits of promotions by the names in their trailers, however often their files have changed since.
final class PromotionTrail: Sendable {
    private struct Walked: Sendable {
        var commits: [String: Commit] = [:]
        /// From which commit on everything was read, and back to which second.
        var head: ObjectID?
        var since: Int64 = .max
    }

    private let repository: GitRepository
    private let walked = Mutex(Walked())
    /// How many commits are read at once.
    private static let limit = 10_000

    init(_ repository: GitRepository) { self.repository = repository }

    /// The commit that brought a promotion to a branch; nil where there is none.
    ///
    /// - Parameter since: a moment before which the promotion cannot have been written.
    /// - Throws: `GitError`.
    func commit(of promotion: String, at head: ObjectID, since: Timestamp) async throws -> Commit? {
        let known = walked.withLock { $0 }
        if known.head == head, known.since <= since.seconds { return known.commits[promotion] }
        var next = Walked()
        if let before = known.head, known.since <= since.seconds {
            next = known
            try await read(&next, from: head, excluding: [before], since: .min)
        } else {
            next.since = since.seconds
            try await read(&next, from: head, excluding: [], since: since.seconds)
        }
        next.head = head
        if next.commits.count > Self.limit { next.since = .max }
        let found = next
        walked.withLock { $0 = found }
        return found.commits[promotion]
    }

    private func read(
        _ walked: inout Walked, from head: ObjectID, excluding: [ObjectID], since: Int64
    ) async throws {
        for id in try await repository.commits(of: head, excluding: excluding, limit: Self.limit) {
            let commit = try await repository.commit(id)
            guard let entry = PromotionEntry(commit) else { continue }
            // By the clock of the lane alone: what others push can be of any age.
            if commit.committer.seconds < since { return }
            walked.commits[entry.promotion] = walked.commits[entry.promotion] ?? commit
        }
    }
}
