public import KubeModel

/// Everything about one service that decisions follow from, as it was found at one moment.
public struct LineFacts: Sendable, Hashable {
    /// A release of the service.
    public struct Release: Sendable, Hashable {
        public var name: String
        public var digest: String
        public var commit: String
        public var image: String
        /// Whether it is in quarantine.
        public var isQuarantined = false
        public var signature = Signature.unknown

        public init(name: String, digest: String, commit: String, image: String) {
            self.name = name
            self.digest = digest
            self.commit = commit
            self.image = image
        }
    }

    /// What is known of a release's signature.
    public enum Signature: Sendable, Hashable {
        case unknown
        /// It cannot be checked for now, for this reason.
        case unavailable(String)
        case valid
        /// It does not hold, for this reason.
        case refused(String)
    }

    /// What an environment's field holds.
    public enum Head: Sendable, Hashable {
        /// The repository or the file cannot be read, for this reason.
        case fault(String)
        /// The value, nil for none, and what is known of the commit that brought it.
        case value(String?, Change?)
    }

    /// A commit of the config repository that changed a field.
    public struct Change: Sendable, Hashable {
        public var commit: String
        /// RFC 3339.
        public var at: String
        /// The name of the Promotion, for commits of the lane.
        public var promotion: String?
        /// The commit as a message names it.
        public var words: String

        public init(commit: String, at: String, promotion: String? = nil, words: String) {
            self.commit = commit
            self.at = at
            self.promotion = promotion
            self.words = words
        }
    }

    /// What an environment's cluster says.
    public enum Deployment: Sendable, Hashable {
        /// The cluster does not have what git has, for this reason.
        case behind(String)
        /// It is on its way.
        case rolling(String)
        case healthy
        /// It does not run, or was taken back.
        case unhealthy(String)
    }

    /// How a smoke test fares.
    public enum Smoke: Sendable, Hashable {
        case running
        case passed
        case failed(String)
    }

    /// What is known of an environment.
    public struct Environment: Sendable, Hashable {
        public var head: Head
        public var deployment: Deployment
        /// The smoke tests by the names of their Jobs.
        public var smokes: [String: Smoke] = [:]

        public init(head: Head, deployment: Deployment) {
            self.head = head
            self.deployment = deployment
        }
    }

    /// What somebody said about a digest in an environment.
    public struct Opinion: Sendable, Hashable {
        public var environment: String
        public var digest: String
        public var user: String
        public var isApproval: Bool
        public var comment: String?
        public var at: Timestamp
        /// The name of the object that holds it.
        public var source: String
        /// Whether that is a pull request, where a forge dismisses reviews of commits from before.
        public var isReview: Bool

        public init(
            environment: String, digest: String, user: String, isApproval: Bool, comment: String? = nil,
            at: Timestamp, source: String, isReview: Bool = false
        ) {
            self.environment = environment
            self.digest = digest
            self.user = user
            self.isApproval = isApproval
            self.comment = comment
            self.at = at
            self.source = source
            self.isReview = isReview
        }
    }

    /// Who wrote what a promotion would bring.
    public enum Authors: Sendable, Hashable {
        case known(Set<String>)
        /// It cannot be told, for this reason.
        case unknown(String)
    }

    /// A wish that an environment goes back.
    public struct Rollback: Sendable, Hashable {
        /// `namespace/name` of the object.
        public var key: String
        public var environment: String
        /// The digest that is to go; nil for what is there now.
        public var bad: String?
        /// The name of the release to go back to; nil for the one before.
        public var to: String?
        /// The digest to go back to, where the cluster knows it.
        public var good: String?
        public var reason: String
        /// Who asked; nil for a controller.
        public var requestedBy: String?

        public init(
            key: String, environment: String, bad: String? = nil, to: String? = nil, good: String? = nil,
            reason: String, requestedBy: String? = nil
        ) {
            self.key = key
            self.environment = environment
            self.bad = bad
            self.to = to
            self.good = good
            self.reason = reason
            self.requestedBy = requestedBy
        }
    }

    public var now: Timestamp
    public var policy: DeliverySpec
    /// Oldest first.
    public var releases: [Release] = []
    public var environments: [String: Environment] = [:]
    public var opinions: [Opinion] = []
    /// By environment and release name.
    public var authors: [String: [String: Authors]] = [:]
    /// Those that nothing has been done about yet.
    public var rollbacks: [Rollback] = []
    /// The highest sequence number that a Promotion object of the service has.
    public var lastSequence = 0

    public init(now: Timestamp, policy: DeliverySpec) {
        self.now = now
        self.policy = policy
    }
}
