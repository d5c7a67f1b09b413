/// A repository of a forge.
public struct ForgeRepository: Sendable, Hashable {
    /// `<namespace>/<name>`.
    public var name: String
    /// Where pull requests land unless they say otherwise.
    public var defaultBranch: String
    /// Where git clones from; empty while it is not served.
    public var cloneURL: String
}

/// A pull request that is to be opened.
public struct ForgeProposal: Sendable, Hashable {
    /// One line.
    public var title: String
    /// Markdown; may be empty.
    public var body: String
    /// The branch with the changes.
    public var source: String
    /// The branch that they are for.
    public var target: String
    /// Whether it is not meant to be merged.
    public var isDraft: Bool
    /// What a draft waits for, for people; nil where its author is to say when it is ready.
    public var draftReason: String?

    /// Proposes that one branch be merged into another.
    public init(
        title: String, body: String = "", source: String, target: String, isDraft: Bool = false,
        draftReason: String? = nil
    ) {
        self.title = title
        self.body = body
        self.source = source
        self.target = target
        self.isDraft = isDraft
        self.draftReason = draftReason
    }
}

/// A pull request of a forge.
public struct ForgePullRequest: Sendable, Hashable {
    /// Whether it is still on its way.
    public enum State: String, Sendable, Hashable {
        case open, merged, closed
    }

    /// Counted from 1 within the repository.
    public var number: Int
    /// One line.
    public var title: String
    /// Markdown; may be empty.
    public var body: String
    /// The name of who opened it, at the forge.
    public var author: String
    /// The branch of the repository it was opened from; nil for one that was pushed for review.
    public var source: String?
    /// The branch it is to land on.
    public var target: String
    /// The commit it stands at.
    public var head: String
    /// Whether it is open, closed or merged.
    public var state: State
    /// What it waits for, as far as the forge says so.
    public var message: String
    /// The commit of the branch that brought it in.
    public var mergeCommit: String?
    /// The page for people.
    public var url: String
}

/// What somebody thinks of a pull request.
public struct ForgeReview: Sendable, Hashable {
    /// The opinion.
    public enum Opinion: String, Sendable, Hashable {
        case approve, requestChanges, comment
        /// About a commit that it no longer stands at.
        case dismissed
    }

    /// The name of who reviewed, at the forge.
    public var author: String
    /// What they think of it.
    public var opinion: Opinion
    /// The commit that was looked at.
    public var commit: String
    /// Markdown; may be empty.
    public var body: String
}

/// A word about a commit, of a test or of whatever else has an opinion.
public struct CommitStatus: Codable, Sendable, Hashable {
    /// What is said.
    public enum State: String, Codable, Sendable, Hashable {
        case pending, success, failure, error
    }

    /// Who says it, as `ci/lint`.
    public var context: String
    /// How it stands.
    public var state: State
    /// In a sentence, next to the state.
    public var description: String
    /// Where there is more.
    public var url: String?

    /// Says how something stands with a commit.
    public init(context: String, state: State, description: String = "", url: String? = nil) {
        self.context = context
        self.state = state
        self.description = description
        self.url = url
    }
}

/// The rules of a branch.
public struct BranchProtection: Sendable, Hashable {
    /// Whether pushes, forced pushes and deletion are refused for everybody.
    public var isProtected: Bool
    /// How many others than its author must approve a pull request.
    public var requiredApprovals: Int
    /// Whether approvals fall with a new commit.
    public var dismissesStaleApprovals: Bool

    /// Rules of a branch; protected and without approvals where nothing is said.
    public init(isProtected: Bool = true, requiredApprovals: Int = 0, dismissesStaleApprovals: Bool = true) {
        self.isProtected = isProtected
        self.requiredApprovals = requiredApprovals
        self.dismissesStaleApprovals = dismissesStaleApprovals
    }
}

/// A place that is told what happens.
public struct ForgeWebhook: Sendable, Hashable {
    /// Where deliveries are posted.
    public var url: String
    /// Which of `push`, `pull_request`, `review`, `status`; none for all.
    public var events: [String]
    /// The name of the Secret whose `token` signs deliveries; nil for unsigned ones.
    public var secret: String?

    /// Asks for deliveries of some events, or of all.
    public init(url: String, events: [String] = [], secret: String? = nil) {
        self.url = url
        self.events = events
        self.secret = secret
    }
}

/// A comment on a pull request.
public struct ForgeComment: Codable, Sendable, Hashable {
    /// The name of who wrote it, at the forge.
    public var author: String
    /// Markdown.
    public var body: String
    /// RFC 3339.
    public var createdAt: String
}
