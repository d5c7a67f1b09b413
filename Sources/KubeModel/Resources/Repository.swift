public import Manifest

/// What a `Repository` object (slipway.dev/v1alpha1) asks for: a git repository with a protected branch.
public struct RepositorySpec: Codable, Sendable, Hashable {
    /// How a pull request becomes a commit of the branch.
    public enum MergeMethod: String, Codable, Sendable, Hashable {
        /// A merge commit whose second parent is the pull request.
        case merge = "Merge"
        /// One commit with the pull request's changes.
        case squash = "Squash"
    }

    /// What a commit needs before it can land.
    public enum Gates: String, Codable, Sendable, Hashable {
        /// A passed pipeline.
        case required = "Required"
        /// Nothing but the merge itself, for repositories of configuration that have no pipeline.
        case none = "None"
    }

    /// A place that is told what happens.
    public struct Webhook: Codable, Sendable, Hashable {
        /// An `http` or `https` URL.
        public var url: String
        /// Which of `push`, `pull_request`, `review`, `status`; none for all.
        public var events: [String]?
        /// The Secret whose `token` signs the deliveries.
        public var secret: String?

        public init(url: String, events: [String]? = nil, secret: String? = nil) {
            self.url = url
            self.events = events
            self.secret = secret
        }
    }

    public var description: String?
    /// The branch that pull requests land on; `main` where nothing is said.
    public var defaultBranch: String?
    /// More branches that only the merge queue moves, with `*` for any characters.
    public var protectedBranches: [String]?
    public var mergeMethod: MergeMethod?
    public var gates: Gates?
    /// The approvals a pull request needs, of others than its author and whoever pushed its last commit.
    public var requiredApprovals: Int?
    /// Whether approvals outlive a change of the pull request.
    public var keepsStaleApprovals: Bool?
    /// Whether pull requests enter the merge queue on their own once they may.
    public var autoMerge: Bool?
    /// Whether anyone may clone without saying who they are.
    public var anonymousRead: Bool?
    public var webhooks: [Webhook]?

    public init(
        description: String? = nil, defaultBranch: String? = nil, protectedBranches: [String]? = nil,
        mergeMethod: MergeMethod? = nil, gates: Gates? = nil, requiredApprovals: Int? = nil,
        keepsStaleApprovals: Bool? = nil, autoMerge: Bool? = nil, anonymousRead: Bool? = nil,
        webhooks: [Webhook]? = nil
    ) {
        self.description = description
        self.defaultBranch = defaultBranch
        self.protectedBranches = protectedBranches
        self.mergeMethod = mergeMethod
        self.gates = gates
        self.requiredApprovals = requiredApprovals
        self.keepsStaleApprovals = keepsStaleApprovals
        self.autoMerge = autoMerge
        self.anonymousRead = anonymousRead
        self.webhooks = webhooks
    }

    /// The branch that pull requests land on.
    public var branch: String { defaultBranch ?? "main" }
}

/// What is known of a `Repository`.
public struct RepositoryStatus: Codable, Sendable, Hashable {
    /// What the auditor knows of the branch.
    public struct Audit: Codable, Sendable, Hashable {
        /// The newest commit up to which every commit has its signed record.
        public var commit: String?
        /// When the history was last looked at.
        public var checkedAt: String?
    }

    /// A lane of the merge queue.
    public struct Lane: Codable, Sendable, Hashable {
        /// The folder of the service; empty for what concerns the whole repository.
        public var name: String
        /// `Idle`, `Waiting`, `Testing` or `Merging`.
        public var phase: String
        /// Why the lane is where it is.
        public var reason: String?
        /// The commit that is being tested.
        public var candidate: String?
        /// The pull request being tested, then those that wait, in their order.
        public var pullRequests: [String]

        public init(
            name: String, phase: String, reason: String? = nil, candidate: String? = nil,
            pullRequests: [String]
        ) {
            self.name = name
            self.phase = phase
            self.reason = reason
            self.candidate = candidate
            self.pullRequests = pullRequests
        }
    }

    /// Where git clones from.
    public var cloneURL: String?
    /// Where reviews and merges are asked for.
    public var apiURL: String?
    /// The commit of the default branch.
    public var head: String?
    public var audit: Audit?
    public var lanes: [Lane]?
    /// The merge queue's own notes, from which it goes on after a crash.
    public var queue: Value?
    public var conditions: [Value]?

    public init() {}
}

extension ResourceDefinition {
    /// `repositories.slipway.dev`.
    public static let repositories = ResourceDefinition(
        .repositories, kind: "Repository", shortNames: ["repo"], categories: ["slipway"],
        spec: [
            "type": "object",
            "properties": [
                "description": ["type": "string", "maxLength": 1024],
                "defaultBranch": ["type": "string", "minLength": 1, "maxLength": 255],
                "protectedBranches": [
                    "type": "array", "maxItems": 64,
                    "items": ["type": "string", "minLength": 1, "maxLength": 255],
                ],
                "mergeMethod": ["type": "string", "enum": ["Merge", "Squash"]],
                "gates": ["type": "string", "enum": ["Required", "None"]],
                "requiredApprovals": ["type": "integer", "minimum": 0, "maximum": 20],
                "keepsStaleApprovals": ["type": "boolean"],
                "autoMerge": ["type": "boolean"],
                "anonymousRead": ["type": "boolean"],
                "webhooks": [
                    "type": "array", "maxItems": 20,
                    "items": [
                        "type": "object", "required": ["url"],
                        "properties": [
                            "url": ["type": "string", "pattern": "^https?://"],
                            "events": [
                                "type": "array",
                                "items": [
                                    "type": "string", "enum": ["push", "pull_request", "review", "status"],
                                ],
                            ],
                            "secret": ["type": "string"],
                        ],
                    ],
                ],
            ],
        ],
        status: ResourceDefinition.anyObject,
        columns: [
            Column("Branch", path: ".spec.defaultBranch"), Column("Head", path: ".status.head"),
            Column("Ready", path: ".status.conditions[?(@.type==\"Ready\")].status"),
            Column("Attested", path: ".status.conditions[?(@.type==\"Attested\")].status"),
            Column("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}

extension GroupVersionResource {
    public static let repositories = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "repositories")
    public static let pullRequests = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "pullrequests")
}
