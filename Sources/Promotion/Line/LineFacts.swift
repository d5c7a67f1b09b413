public import KubeModel

/// Everything about one service that decisions follow from, as it was found at one moment.
public struct LineFacts: Sendable, Hashable {
    /// A release of the service.
    public struct Release: Sendable, Hashable {
        /// The name of the Release object.
        public var name: String
        /// `sha256:…` of the image.
        public var digest: String
        /// The commit of the source repository.
        public var commit: String
        /// The image's repository.
        public var image: String
        /// The image's tag: the commit that was built, which a rebase can have landed as another one.
        public var tag: String
        /// Whether it is in quarantine.
        public var isQuarantined = false
        /// What is known of its signature.
        public var signature = Signature.unknown

        /// A release that is in no quarantine.
        ///
        /// - Parameter tag: the commit where nothing is said.
        public init(name: String, digest: String, commit: String, image: String, tag: String? = nil) {
            self.name = name
            self.digest = digest
            self.commit = commit
            self.image = image
            self.tag = tag ?? commit
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
        /// The commit, 40 hexadecimal digits.
        public var commit: String
        /// RFC 3339.
        public var at: String
        /// The name of the Promotion, for commits of the lane.
        public var promotion: String?
        /// The commit as a message names it.
        public var words: String

        /// A commit of the config repository.
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
        /// It is on its way, by steps that somebody sees to; with when it goes on by itself (RFC 3339), if that is known.
        case rolling(String, until: String? = nil)
        /// Not all of it is there yet, and nobody says until when.
        case unsettled(String)
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
        /// What its field holds.
        public var head: Head
        /// What its cluster says.
        public var deployment: Deployment
        /// The smoke tests by the names of their Jobs.
        public var smokes: [String: Smoke] = [:]

        /// An environment without smoke tests.
        public init(head: Head, deployment: Deployment) {
            self.head = head
            self.deployment = deployment
        }
    }

    /// What somebody said about a digest in an environment.
    public struct Opinion: Sendable, Hashable {
        /// The environment's name.
        public var environment: String
        /// `sha256:…` of the image.
        public var digest: String
        /// Who said it, as the API server knows them.
        public var user: String
        /// Whether they let it go; otherwise they keep it.
        public var isApproval: Bool
        /// Why, in their words.
        public var comment: String?
        /// When they said it.
        public var at: Timestamp
        /// The name of the object that holds it.
        public var source: String
        /// Whether that is a pull request, where a forge dismisses reviews of commits from before.
        public var isReview: Bool

        /// Somebody's word about a digest in an environment.
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
        /// `namespace/name/generation` of the object: a version that is rolled back again is another wish.
        public var key: String
        /// The environment's name.
        public var environment: String
        /// The digest that is to go; nil for what is there now.
        public var bad: String?
        /// The name of the release that is to go, where there is no such release.
        public var missing: String?
        /// The name of the release to go back to; nil for the one before.
        public var to: String?
        /// The digest to go back to, where the cluster knows it.
        public var good: String?
        /// Why, for people.
        public var reason: String
        /// Who asked; nil for a controller.
        public var requestedBy: String?

        /// A wish that an environment goes back.
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

    /// The moment of all this.
    public var now: Timestamp
    /// What the service's delivery file says.
    public var policy: DeliverySpec
    /// Oldest first.
    public var releases: [Release] = []
    /// Releases that came when a newer one was known, and of which there is no promotion.
    public var late: [Release] = []
    /// The digests that are in quarantine, whichever release they were put there with, also those of other services.
    public var quarantined: Set<String> = []
    /// The environments by their names.
    public var environments: [String: Environment] = [:]
    /// What people have said, in no order.
    public var opinions: [Opinion] = []
    /// By environment and release name.
    public var authors: [String: [String: Authors]] = [:]
    /// Those that nothing has been done about yet.
    public var rollbacks: [Rollback] = []
    /// The highest sequence number that a Promotion object of the service has.
    public var lastSequence = 0

    /// A wish that an environment goes back.
    public init(now: Timestamp, policy: DeliverySpec) {
        self.now = now
        self.policy = policy
    }
}
