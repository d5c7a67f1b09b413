import Manifest

/// What a `Promotion` object (slipway.dev/v1alpha1) records: that a release goes to an environment.
///
/// Slipway makes them; they are the history that people read, and what approvals are given for.
public struct PromotionSpec: Codable, Sendable, Hashable {
    /// Which way it goes.
    public enum Kind: String, Codable, Sendable, Hashable {
        case promotion = "Promotion"
        case rollback = "Rollback"
    }

    public var service: String
    public var environment: String
    /// The name of the Release object.
    public var release: String
    /// `sha256:…` of the image.
    public var digest: String
    /// The image's repository.
    public var image: String
    /// The commit of the source repository.
    public var commit: String
    public var kind: Kind
    /// The place among the service's promotions, from 1.
    public var sequence: Int

    public init(
        service: String, environment: String, release: String, digest: String, image: String, commit: String,
        kind: Kind, sequence: Int
    ) {
        self.service = service
        self.environment = environment
        self.release = release
        self.digest = digest
        self.image = image
        self.commit = commit
        self.kind = kind
        self.sequence = sequence
    }
}

/// What became of a `Promotion`.
public struct PromotionStatus: Codable, Sendable, Hashable {
    /// Where a promotion is.
    public enum Phase: String, Codable, Sendable, Hashable {
        /// Something keeps it from git; `blocker` says what.
        case waiting = "Waiting"
        /// It is allowed and being written to git.
        case landing = "Landing"
        /// Git has it; the environment is being watched.
        case verifying = "Verifying"
        case succeeded = "Succeeded"
        /// A newer one took its place before it was written.
        case superseded = "Superseded"
        case failed = "Failed"
        /// It was taken back.
        case rolledBack = "RolledBack"

        /// Whether nothing more comes.
        public var isFinal: Bool { self != .waiting && self != .landing && self != .verifying }
    }

    /// Who said yes.
    public struct Approver: Codable, Sendable, Hashable {
        public var user: String
        /// RFC 3339.
        public var at: String
        /// Where it was said: the name of an Approval or PullRequest object.
        public var source: String

        public init(user: String, at: String, source: String) {
            self.user = user
            self.at = at
            self.source = source
        }
    }

    /// A decision and the rule that made it.
    public struct Decision: Codable, Sendable, Hashable {
        /// RFC 3339.
        public var at: String
        /// The rule's name, such as `production.approvals`.
        public var rule: String
        public var message: String

        public init(at: String, rule: String, message: String) {
            self.at = at
            self.rule = rule
            self.message = message
        }
    }

    public var phase: Phase?
    public var blocker: PromotionBlocker?
    public var message: String?
    /// The rule that let it go.
    public var rule: String?
    public var approvals: [Approver]?
    /// How many approvals it needs.
    public var requiredApprovals: Int?
    /// What stood in git before.
    public var replaces: String?
    /// The commit of the config repository.
    public var configCommit: String?
    public var pullRequest: String?
    public var createdAt: String?
    public var committedAt: String?
    /// When the cluster had what git has.
    public var syncedAt: String?
    public var healthyAt: String?
    public var smokeJob: String?
    public var smokePassedAt: String?
    public var soakUntil: String?
    public var finishedAt: String?
    /// The last decisions, oldest first.
    public var decisions: [Decision]?

    public init() {}
}

extension ResourceDefinition {
    /// `promotions.slipway.dev`.
    public static let promotions = ResourceDefinition(
        .promotions, kind: "Promotion", shortNames: ["promo"], categories: ["slipway"],
        spec: [
            "type": "object",
            "required": [
                "service", "environment", "release", "digest", "image", "commit", "kind", "sequence",
            ],
            "x-kubernetes-validations": [
                [
                    "rule": "self == oldSelf",
                    "message": "a promotion never changes; there will be another one",
                ]
            ],
            "properties": [
                "service": ["type": "string", "minLength": 1],
                "environment": ["type": "string", "minLength": 1],
                "release": ["type": "string", "minLength": 1],
                "digest": ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"],
                "image": ["type": "string", "minLength": 1],
                "commit": ["type": "string", "pattern": "^[0-9a-f]{40}$"],
                "kind": ["type": "string", "enum": ["Promotion", "Rollback"]],
                "sequence": ["type": "integer", "minimum": 1],
            ],
        ],
        status: ResourceDefinition.anyObject,
        columns: [
            Column("Service", path: ".spec.service"), Column("Environment", path: ".spec.environment"),
            Column("Release", path: ".spec.release"), Column("Phase", path: ".status.phase"),
            Column("Waits For", path: ".status.blocker.reason"),
            Column("Until", path: ".status.blocker.until", priority: 1),
            Column("Rule", path: ".status.rule", priority: 1),
            Column("Age", type: "date", path: ".metadata.creationTimestamp"),
        ])
}

extension GroupVersionResource {
    public static let promotions = GroupVersionResource(
        group: "slipway.dev", version: "v1alpha1", resource: "promotions")
}
