import Git
import KubeModel
import Logging

/// The branches that promotions' pull requests are shown from: there for as long as one is shown.
struct ProjectionBranches {
    let branch: any ConfigBranch
    let settings: PromotionLane.Settings
    let memory: PromotionMemory
    let logger: Logger

    /// Brings a branch to a commit.
    ///
    /// - Throws: `GitError`.
    func set(_ name: String, to commit: ObjectID) async throws {
        memory.note(branch: name, isGone: false)
        try await branch.repository.update(
            [.set(try ReferenceName.branch(name), commit)], reason: "projection")
    }

    /// Deletes a branch that shows nothing any more. One that somebody else has pushed to stays, as only they know what it
    /// is for. Where that cannot be done now, the next look does it.
    ///
    /// - Throws: `CancellationError`.
    func remove(_ name: String) async throws {
        guard !memory.isGone(branch: name) else { return }
        do {
            try await delete(name)
            memory.note(branch: name, isGone: true)
        } catch let error as GitError {
            logger.warning(
                "the branch of a promotion's pull request cannot be deleted",
                metadata: ["branch": "\(name)", "error": "\(error)"])
        }
    }

    private func delete(_ name: String) async throws {
        let reference = try ReferenceName.branch(name)
        guard let head = try await branch.repository.reference(reference) else { return }
        let commit = try await branch.repository.commit(head)
        guard isOwn(commit, name) else {
            logger.notice(
                "the branch of a promotion's pull request is left, as somebody else has pushed to it",
                metadata: ["branch": "\(name)", "commit": "\(commit.id.short)"])
            return
        }
        // Fails where somebody pushes in this very moment.
        try await branch.repository.update([.delete(reference, head)], reason: "projection")
    }

    /// Whether a commit is one that this program made for the branch.
    private func isOwn(_ commit: Commit, _ name: String) -> Bool {
        guard let entry = PromotionEntry(commit), commit.parents.count == 1 else { return false }
        let people = [commit.author, commit.committer]
        return people.allSatisfy { $0.name == settings.author && $0.email == settings.email }
            && PromotionProposal.branch(service: entry.service, environment: entry.environment) == name
    }
}
