public import Forge
public import KubeClient
public import Promotion

/// Shows promotions that wait for approval as pull requests of the embedded forge.
public struct ForgePromotionPullRequests: PromotionPullRequests {
    private let session: any Forge
    private let repository: String
    private let target: String

    /// - Parameters:
    ///   - session: a session of the forge in the name of promotion itself.
    ///   - repository: the Repository object.
    public init(_ session: any Forge, _ repository: ObjectKey, target: String = "main") {
        self.session = session
        self.repository = repository.description
        self.target = target
    }

    /// Opens the draft of an environment, or brings it to the proposal.
    public func show(_ proposal: PromotionProposal) async throws {
        _ = try await session.openPullRequest(
            ForgeProposal(
                title: proposal.title, body: proposal.body, source: proposal.branch, target: target,
                isDraft: true, draftReason: proposal.waitsFor),
            in: repository)
    }

    /// Closes the pull request of a branch.
    public func close(branch: String, reason: String) async throws {
        // Its title says for which release it was; the pull request of a branch is the newest one.
        let pulls = try await session.pullRequests(of: repository, all: false)
        for pull in pulls where pull.source == branch {
            try await session.close(pull.number, of: repository, because: reason)
        }
    }
}
