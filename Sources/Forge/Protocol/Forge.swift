/// What Slipway needs of a forge, and every forge has: GitHub, GitLab, Gitea, and the one that comes along.
///
/// An instance acts in somebody's name; who that is decides what it may do. Names of repositories are
/// `<namespace>/<name>`.
public protocol Forge: Sendable {
    /// A repository.
    ///
    /// - Throws: ``ForgeError`` with code `notFound`.
    func repository(_ name: String) async throws -> ForgeRepository
    /// Makes an empty repository.
    ///
    /// - Throws: ``ForgeError`` with code `exists`, `forbidden`.
    func createRepository(_ name: String, defaultBranch: String) async throws -> ForgeRepository

    /// The pull requests of a repository that are open, newest first; with `all` those that are not, too.
    func pullRequests(of repository: String, all: Bool) async throws -> [ForgePullRequest]
    /// - Throws: ``ForgeError`` with code `notFound`.
    func pullRequest(_ number: Int, of repository: String) async throws -> ForgePullRequest
    /// Opens a pull request from a branch of the same repository, or answers the open one from that branch.
    ///
    /// - Throws: ``ForgeError`` with code `notFound`, `invalid` where there is nothing to merge.
    func openPullRequest(_ proposal: ForgeProposal, in repository: String) async throws -> ForgePullRequest
    /// Asks for the merge as soon as the forge's rules are met, if the pull request still stands at the commit.
    ///
    /// - Throws: ``ForgeError`` with code `conflict`, `forbidden`.
    func merge(_ number: Int, of repository: String, head: String) async throws
    /// Gives it up; who reads it afterwards is told why.
    ///
    /// - Throws: ``ForgeError`` with code `conflict`, `forbidden`.
    func close(_ number: Int, of repository: String, because reason: String?) async throws

    /// The reviews of a pull request, oldest first.
    func reviews(of number: Int, in repository: String) async throws -> [ForgeReview]
    /// Says what one thinks of a pull request at a commit.
    ///
    /// - Throws: ``ForgeError`` with code `forbidden` for its author, `conflict` where it stands elsewhere.
    func review(
        _ number: Int, of repository: String, _ opinion: ForgeReview.Opinion, head: String, body: String?
    ) async throws

    /// What has been said about a commit, the newest word of each context.
    func statuses(of commit: String, in repository: String) async throws -> [CommitStatus]
    /// Says something about a commit; the same context's word before no longer counts.
    func setStatus(_ status: CommitStatus, of commit: String, in repository: String) async throws

    func protection(of branch: String, in repository: String) async throws -> BranchProtection
    /// - Throws: ``ForgeError`` with code `unsupported` for rules that the forge cannot keep.
    func protect(_ branch: String, _ protection: BranchProtection, in repository: String) async throws

    func webhooks(of repository: String) async throws -> [ForgeWebhook]
    func addWebhook(_ webhook: ForgeWebhook, to repository: String) async throws
    func removeWebhook(url: String, from repository: String) async throws

    /// The comments on a pull request, oldest first.
    func comments(on number: Int, in repository: String) async throws -> [ForgeComment]
    func comment(on number: Int, in repository: String, _ body: String) async throws
}
