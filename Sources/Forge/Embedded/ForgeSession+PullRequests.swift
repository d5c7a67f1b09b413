import Git
import KubeClient
import KubeModel
import Manifest

extension ForgeSession {
    /// The newest first.
    public func pullRequests(of repository: String, all: Bool) async throws -> [ForgePullRequest] {
        let hosted = try await hosted(repository)
        let pulls = try await forge.freshPullRequests(of: hosted).map { view($0, in: hosted.key) }
        return pulls.filter { all || $0.state == .open }.reversed()
    }

    /// Reads one as it is now.
    public func pullRequest(_ number: Int, of repository: String) async throws -> ForgePullRequest {
        view(try await forge.freshPullRequest(try pullKey(number, repository)), in: try key(repository))
    }

    /// Opens one for a pushed branch, or brings the open one of the same branch up to date.
    public func openPullRequest(
        _ proposal: ForgeProposal, in repository: String
    ) async throws -> ForgePullRequest {
        let hosted = try await hosted(repository)
        guard try await hosted.takesPullRequests(proposal.target) else {
            throw ForgeError(
                .unsupported,
                "pull requests of \(repository) are for \(hosted.spec.branch) and for protected branches that exist"
            )
        }
        let git = hosted.git
        guard let head = try await git.reference(try ReferenceName.branch(proposal.source)) else {
            throw ForgeError(.notFound, "\(repository) has no branch \(proposal.source); push it first")
        }
        if let base = try await git.reference(hosted.on(proposal.target).branch),
            try await git.isAncestor(head, of: base)
        {
            throw ForgeError(
                .invalid, "\(proposal.target) holds \(proposal.source) already; there is nothing to merge")
        }
        let (forge, user) = (forge, user)
        let pull = try await forge.locks.withLock(hosted.key) {
            let present = try await forge.freshPullRequests(of: hosted)
                .first {
                    $0.isOpen && $0.spec.source?.branch == proposal.source
                        && $0.spec.target == proposal.target
                }
            guard let present else {
                var spec = PullRequestSpec(
                    repository: hosted.key.name, number: try await forge.nextNumber(in: hosted),
                    title: proposal.title,
                    body: proposal.body.isEmpty ? nil : proposal.body, author: user.name, pusher: user.name,
                    target: proposal.target, head: head.hex, source: .init(branch: proposal.source),
                    draft: proposal.isDraft ? true : nil)
                spec.draftReason = proposal.draftReason
                return try await forge.create(spec, in: hosted)
            }
            if present.spec.head == head.hex { return present }
            try await git.update([.set(present.reference, head)], reason: "pull request moved")
            return try await forge.changeSpec(of: present.key) { _, spec in
                spec.move(to: head.hex, by: user.name)
                spec.title = proposal.title
                spec.body = proposal.body.isEmpty ? nil : proposal.body
                spec.draft = proposal.isDraft ? true : nil
                spec.draftReason = proposal.draftReason
            }
        }
        return view(pull, in: hosted.key)
    }

    /// Asks the merge queue for it.
    public func merge(_ number: Int, of repository: String, head: String) async throws {
        try await forge.merge(try pullKey(number, repository), head: head, by: user)
    }

    /// Gives it up; its commits are kept.
    public func close(_ number: Int, of repository: String, because reason: String?) async throws {
        try await forge.close(try pullKey(number, repository), by: user, because: reason)
    }

    /// The reviews in the order in which they came.
    public func reviews(of number: Int, in repository: String) async throws -> [ForgeReview] {
        let pull = try await forge.freshPullRequest(try pullKey(number, repository))
        return (pull.status.reviews ?? []).map { review in
            let opinion: ForgeReview.Opinion =
                switch review.state {
                case .approved: .approve
                case .changesRequested: .requestChanges
                case .commented: .comment
                case .dismissed: .dismissed
                }
            return ForgeReview(
                author: review.author, opinion: opinion, commit: review.commit, body: review.body ?? "")
        }
    }

    /// Reviews the commit that was looked at; a newer one makes it fail.
    public func review(
        _ number: Int, of repository: String, _ opinion: ForgeReview.Opinion, head: String, body: String?
    ) async throws {
        let state: PullRequestStatus.Review.State =
            switch opinion {
            case .approve: .approved
            case .requestChanges: .changesRequested
            case .comment: .commented
            case .dismissed: throw ForgeError(.invalid, "a review is dismissed by pushing")
            }
        try await forge.review(try pullKey(number, repository), state, head: head, body: body, by: user)
    }

    private func view(_ pull: HostedPullRequest, in repository: ObjectKey) -> ForgePullRequest {
        let state: ForgePullRequest.State =
            pull.status.phase == .merged ? .merged : pull.isOpen ? .open : .closed
        return ForgePullRequest(
            number: pull.spec.number, title: pull.spec.title, body: pull.spec.body ?? "",
            author: pull.spec.author, source: pull.spec.source?.branch,
            target: pull.spec.target, head: pull.spec.head, state: state, message: pull.status.message ?? "",
            mergeCommit: pull.status.mergeCommit, url: forge.page(of: pull, in: repository))
    }
}
