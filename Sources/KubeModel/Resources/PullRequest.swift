public import Manifest

/// What a `PullRequest` object (slipway.dev/v1alpha1) asks for: that a commit lands on a branch.
public struct PullRequestSpec: Codable, Sendable, Hashable {
    /// Whether the pull request is still wanted.
    public enum State: String, Codable, Sendable, Hashable {
        case open = "Open"
        case closed = "Closed"
    }

    /// What a later push is recognised by as the same pull request.
    public struct Source: Codable, Sendable, Hashable {
        /// The topic that was named in the push.
        public var topic: String?
        /// The branch of the repository it was opened from.
        public var branch: String?
        /// The `Change-Id` trailers of its commits.
        public var changeIDs: [String]?
        /// Who wrote its first commit and when, which amending and rebasing keep.
        public var origin: String?

        public init(
            topic: String? = nil, branch: String? = nil, changeIDs: [String]? = nil, origin: String? = nil
        ) {
            self.topic = topic
            self.branch = branch
            self.changeIDs = changeIDs
            self.origin = origin
        }
    }

    /// The name of the Repository object, in the same namespace.
    public var repository: String
    /// The number within the repository.
    public var number: Int
    public var title: String
    public var body: String?
    /// Who opened it.
    public var author: String
    /// Who pushed the commit it stands at.
    public var pusher: String?
    /// Who else has pushed what it stood at before, the first one first; what they wrote may still be in it.
    public var earlierPushers: [String]?
    /// The branch it is to land on.
    public var target: String
    /// The commit it stands at, 40 hexadecimal digits.
    public var head: String
    public var source: Source?
    /// Whether it is not meant to land yet.
    public var draft: Bool?
    /// What a draft waits for, for people; nil where its author is to say when it is ready.
    public var draftReason: String?
    /// Whether it enters the merge queue on its own once it may.
    public var autoMerge: Bool?
    /// Who is asked for a review.
    public var reviewers: [String]?
    public var state: State
    /// Why it was closed, for people; nil where nobody said.
    public var closedReason: String?

    public init(
        repository: String, number: Int, title: String, body: String? = nil, author: String,
        pusher: String? = nil, target: String, head: String, source: Source? = nil, draft: Bool? = nil,
        autoMerge: Bool? = nil, reviewers: [String]? = nil, state: State = .open
    ) {
        self.repository = repository
        self.number = number
        self.title = title
        self.body = body
        self.author = author
        self.pusher = pusher
        self.target = target
        self.head = head
        self.source = source
        self.draft = draft
        self.autoMerge = autoMerge
        self.reviewers = reviewers
        self.state = state
    }

    /// Lets it stand at another commit.
    ///
    /// - Parameters:
    ///   - head: the commit, 40 hexadecimal digits.
    ///   - user: who pushed it.
    public mutating func move(to head: String, by user: String) {
        if let last = pusher, last != user, earlierPushers?.contains(last) != true {
            earlierPushers = (earlierPushers ?? []) + [last]
        }
        self.head = head
        pusher = user
    }
}

/// What is known of a `PullRequest`. Only the forge writes it, each part in the name of whoever asked.
public struct PullRequestStatus: Codable, Sendable, Hashable {
    /// Where the pull request is on its way.
    public enum Phase: String, Codable, Sendable, Hashable {
        case open = "Open"
        /// In the merge queue, behind others.
        case queued = "Queued"
        /// In the merge queue, its pipeline running.
        case testing = "Testing"
        case merging = "Merging"
        case merged = "Merged"
        case closed = "Closed"
    }

    /// What somebody thinks of a commit.
    public struct Review: Codable, Sendable, Hashable {
        /// The opinion.
        public enum State: String, Codable, Sendable, Hashable {
            case approved = "Approved"
            case changesRequested = "ChangesRequested"
            case commented = "Commented"
            /// An opinion about a commit that the pull request no longer stands at.
            case dismissed = "Dismissed"
        }

        public var author: String
        public var state: State
        /// The commit that was looked at.
        public var commit: String
        public var body: String?
        /// RFC 3339.
        public var submittedAt: String

        public init(author: String, state: State, commit: String, body: String? = nil, submittedAt: String) {
            self.author = author
            self.state = state
            self.commit = commit
            self.body = body
            self.submittedAt = submittedAt
        }
    }

    /// That somebody wants it merged, and at which commit.
    public struct MergeRequest: Codable, Sendable, Hashable {
        public var by: String
        public var head: String
        public var requestedAt: String

        public init(by: String, head: String, requestedAt: String) {
            self.by = by
            self.head = head
            self.requestedAt = requestedAt
        }
    }

    public var phase: Phase?
    /// Why it is where it is, in one CamelCase word.
    public var reason: String?
    /// Why it is where it is, for people.
    public var message: String?
    public var reviews: [Review]?
    public var mergeRequest: MergeRequest?
    /// The lane of the merge queue that it belongs to.
    public var lane: String?
    /// The commit that is or was tested for it.
    public var candidate: String?
    /// The PipelineRuns of the candidate.
    public var runs: [String]?
    /// The commit of the branch that brought it in.
    public var mergeCommit: String?
    /// The commit of the pull request that was merged; it may stand at a newer one, pushed meanwhile.
    public var mergedHead: String?
    public var mergedAt: String?
    public var url: String?
    /// The head that was last turned away by the merge queue; it comes back only with a new one, or when asked.
    public var evictedHead: String?
    public var conditions: [Value]?

    public init() {}
}

extension ResourceDefinition {
    /// `pullrequests.slipway.dev`.
    public static let pullRequests = ResourceDefinition(
        .pullRequests, kind: "PullRequest", shortNames: ["pr"], categories: ["slipway"],
        spec: [
            "type": "object",
            "required": ["repository", "number", "title", "author", "target", "head", "state"],
            "properties": [
                "repository": ["type": "string", "minLength": 1],
                "number": ["type": "integer", "minimum": 1],
                "title": ["type": "string", "maxLength": 1024],
                "body": ["type": "string", "maxLength": 65536],
                "author": ["type": "string", "minLength": 1],
                "pusher": ["type": "string"],
                "earlierPushers": ["type": "array", "items": ["type": "string"]],
                "target": ["type": "string", "minLength": 1],
                "head": ["type": "string", "pattern": "^[0-9a-f]{40}$"],
                "source": [
                    "type": "object",
                    "properties": [
                        "topic": ["type": "string"], "branch": ["type": "string"],
                        "origin": ["type": "string"],
                        "changeIDs": ["type": "array", "items": ["type": "string"]],
                    ],
                ],
                "draft": ["type": "boolean"],
                "draftReason": ["type": "string", "maxLength": 1024],
                "autoMerge": ["type": "boolean"],
                "reviewers": ["type": "array", "items": ["type": "string"]],
                "state": ["type": "string", "enum": ["Open", "Closed"]],
                "closedReason": ["type": "string", "maxLength": 1024],
            ],
        ],
        status: ResourceDefinition.anyObject,
        columns: [
            Column("Repository", path: ".spec.repository"), Column("Title", path: ".spec.title"),
            Column("Author", path: ".spec.author"), Column("Phase", path: ".status.phase"),
            Column("Reason", path: ".status.reason"), Column("Message", path: ".status.message", priority: 1),
            Column("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}
