import Git
import KubeModel
import Manifest

/// What the config branch would get from a promotion: made anew from the newest head whenever that moves, so that it
/// never conflicts and is never old.
struct PromotionProjection {
    let branch: any ConfigBranch
    let settings: PromotionLane.Settings

    /// The commit on top of a head, stored; nil where git has the value already.
    ///
    /// The same promotion on the same head is the same commit.
    ///
    /// - Throws: ``PromotionError`` where the value cannot be written; `GitError`.
    func commit(_ intent: PromotionIntent, at head: ObjectID, createdAt: String?) async throws -> Commit? {
        let seconds = createdAt.flatMap(Timestamp.init(rfc3339:))?.seconds ?? 0
        var intent = intent
        // Who approves it is what the pull request is for.
        intent.reason.approvals = []
        var attempt = LaneAttempt(
            branch, head: head, author: .init(name: settings.author, email: settings.email, seconds: seconds))
        switch try await attempt.apply(intent) {
        case .present: return nil
        case .refused(let error): throw error
        case .commit: break
        }
        do {
            try attempt.check()
        } catch let error as ManifestError {
            throw PromotionError(.invalid, error.description)
        }
        guard let commit = attempt.series.commits.last else { return nil }
        if try await branch.repository.resolve(commit.id.hex) == nil { try await attempt.series.write() }
        return commit
    }
}
