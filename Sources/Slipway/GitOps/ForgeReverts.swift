public import Forge
import Git
public import GitOps
public import KubeClient
import KubeModel

extension GitRevertRequester {
    /// Opens the pull requests that follow rollbacks at the embedded forge.
    ///
    /// Each is from a branch of its own, `slipway/revert-<application>-<bad revision>`, so that asking again answers the
    /// one that is open already.
    ///
    /// - Parameters:
    ///   - directory: where repositories are.
    ///   - addresses: addresses of the forge besides its own.
    ///   - user: in whose name they are opened. Somebody else may approve them, the one who rolled back included.
    ///   - timeline: the time of the commits.
    public static func forge(
        _ forge: EmbeddedForge, _ directory: any RepositoryDirectory,
        addresses: [String] = [], as user: ForgeUser = ForgeUser(name: "slipway"), timeline: Timeline
    ) -> GitRevertRequester {
        GitRevertRequester(
            directory,
            author: {
                Signature(
                    name: user.name, email: "\(user.name)@slipway.invalid", seconds: timeline.date.seconds)
            },
            submit: { commit, request in
                let names = ([forge.baseURL] + addresses).lazy.compactMap {
                    HostedRepositories.name(of: request.repository, below: $0)
                }
                guard case .local(let repository)? = directory.location(of: request.repository),
                    let name = names.first
                else {
                    throw GitOpsError(
                        .unsupported, "\(request.repository) is not served by the embedded forge")
                }
                let branch = try ReferenceName.branch(
                    "slipway/revert-\(request.application)-\(request.bad.prefix(10))")
                try await repository.update([.set(branch, commit)], reason: "revert of \(request.bad)")
                let proposal = ForgeProposal(
                    title: request.title, body: request.body,
                    source: String(branch.dropFirst("refs/heads/".count)), target: request.branch)
                return try await forge.acting(as: user).openPullRequest(proposal, in: name).url
            })
    }
}
