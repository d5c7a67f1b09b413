public import Manifest

/// Why something waits: one reason, and when it ends, where that is known.
public struct PromotionBlocker: Codable, Sendable, Hashable {
    /// One CamelCase word for programs.
    public var reason: String
    /// A sentence for people.
    public var message: String
    /// When it ends by itself, RFC 3339; nil where that is not known.
    public var until: String?

    public init(reason: String, message: String, until: String? = nil) {
        self.reason = reason
        self.message = message
        self.until = until
    }
}

/// What is known of a `Delivery`: where each release is, what waits, and for what.
public struct DeliveryStatus: Codable, Sendable, Hashable {
    /// How far an environment is with what it has.
    public enum Phase: String, Codable, Sendable, Hashable {
        /// Nothing is promoted to it yet.
        case empty = "Empty"
        /// Git has the release, the cluster does not yet.
        case syncing = "Syncing"
        /// The cluster rolls it out.
        case rolling = "RollingOut"
        /// Its smoke test runs.
        case testing = "Testing"
        /// It must run for a while before it may go on.
        case soaking = "Soaking"
        /// It has shown all that it had to.
        case verified = "Verified"
        /// It is unhealthy, was aborted, or its test failed.
        case failed = "Failed"
    }

    /// A promotion that waits.
    public struct Waiting: Codable, Sendable, Hashable {
        public var release: String
        public var digest: String
        /// The commit of the source repository.
        public var commit: String
        /// The name of the Promotion object.
        public var promotion: String
        /// Since when it waits, RFC 3339.
        public var since: String
        public var blocker: PromotionBlocker?
        /// Who has approved it.
        public var approvedBy: [String]?
        /// How many approvals it needs.
        public var requiredApprovals: Int?

        public init(
            release: String, digest: String, commit: String, promotion: String, since: String,
            blocker: PromotionBlocker? = nil, approvedBy: [String]? = nil, requiredApprovals: Int? = nil
        ) {
            self.release = release
            self.digest = digest
            self.commit = commit
            self.promotion = promotion
            self.since = since
            self.blocker = blocker
            self.approvedBy = approvedBy
            self.requiredApprovals = requiredApprovals
        }
    }

    /// An environment and what it has.
    public struct Environment: Codable, Sendable, Hashable {
        public var name: String
        public var phase: Phase
        /// The release that git has there; nil for an image that is of no release.
        public var release: String?
        /// What git has there: a digest, or whatever the field's value is.
        public var digest: String?
        /// The commit of the source repository.
        public var commit: String?
        /// The commit of the config repository that brought it.
        public var configCommit: String?
        /// Since when git has it, RFC 3339.
        public var since: String?
        /// What its verification waits for.
        public var blocker: PromotionBlocker?
        /// What is to come next, the newest last.
        public var waiting: [Waiting]?
        /// The name of the open PullRequest object.
        public var pullRequest: String?
        public var application: String?
        public var namespace: String?
        /// Whether users depend on it.
        public var production: Bool?

        public init(name: String, phase: Phase) {
            self.name = name
            self.phase = phase
        }
    }

    public var environments: [Environment]?
    /// One line: which commit is where.
    public var summary: String?
    /// The commit of the config repository that the spec was read at.
    public var configCommit: String?
    /// The reducer's own notes, from which it goes on after a crash.
    public var state: Value?
    public var conditions: [Value]?

    public init() {}
}
