public import KubeModel

/// What is known and decided about one service's way through its environments: written down before anything is done
/// about it.
///
/// A process that starts from a written state does what is left to do; doing it again does no harm.
public struct LineState: Codable, Sendable, Hashable {
    /// A release, numbered in the order in which the service's releases came.
    public struct Known: Codable, Sendable, Hashable {
        /// The place among the service's releases, from 1.
        public var number: Int
        /// The name of the Release object.
        public var name: String
        /// `sha256:…` of the image.
        public var digest: String
        /// The commit of the source repository.
        public var commit: String
        /// The image's repository.
        public var image: String
        /// The image's tag, where that is not the commit.
        public var tag: String?
        /// Whether it was in quarantine when it was last looked at.
        public var quarantined: Bool?
        /// Why it is to be put there.
        public var quarantining: String?

        var isBarred: Bool { quarantined == true || quarantining != nil }

        /// What stands in an environment's field for it.
        func value(in environment: DeliverySpec.Environment) -> String {
            DeliveryConventions.value(environment, digest: digest, tag: tag ?? commit, image: image)
        }
    }

    /// An environment, and what git has for it.
    public struct Place: Codable, Sendable, Hashable {
        /// The environment's name.
        public var name: String
        /// Whether git was looked at once.
        public var isKnown = false
        /// What the field holds; nil for nothing.
        public var value: String?
        /// The number of the release that the value is of.
        public var number: Int?
        /// The commit of the config repository that brought the value.
        public var configCommit: String?
        /// Since when git has the value, RFC 3339.
        public var since: String?
        /// The name of the Promotion that brought it.
        public var promotion: String?
        /// How far the present release is here.
        public var phase = DeliveryStatus.Phase.empty
        /// What the present release waits for here.
        public var blocker: PromotionBlocker?
        /// When the cluster had the value, RFC 3339.
        public var syncedAt: String?
        /// Since when not all of it is there, RFC 3339; nil where somebody sees to that.
        public var unsettledAt: String?
        /// Since when it is healthy without a break, RFC 3339.
        public var healthyAt: String?
        /// The name of the smoke test's Job.
        public var smokeJob: String?
        /// When the smoke test began, RFC 3339.
        public var smokeStartedAt: String?
        /// When the smoke test passed, RFC 3339.
        public var smokePassedAt: String?
        /// Until when it has to run without a break, RFC 3339.
        public var soakUntil: String?
        /// Releases up to this number do not come here again by themselves.
        public var floor = 0
        /// Only approvals of a later second count, RFC 3339: those of the same one may have come before.
        public var approvalsFrom: String?
        /// The numbers of the releases that have shown here all that they had to, oldest first.
        public var verified: [Int] = []
        /// The numbers of the releases that were here before, newest last.
        public var history: [Int] = []
        /// Why the field cannot be read, or the last promotion could not be written.
        public var fault: String?
        /// Until when nothing is written for that, RFC 3339; nil while the field cannot be read.
        public var retryAt: String?

        /// An environment of which nothing is known.
        public init(name: String) { self.name = name }
    }

    /// A Promotion object as it should be.
    public struct Record: Codable, Sendable, Hashable {
        /// The name of the Promotion object.
        public var name: String
        /// The object's spec.
        public var spec: PromotionSpec
        /// The object's status as it should be.
        public var status: PromotionStatus
        /// The release's number.
        public var number: Int
        /// What is written to the field.
        public var value: String?
        /// `namespace/name/generation` of the Rollback that asked for it.
        public var rollback: String?
        /// Why it is taken back.
        public var cause: String?
        /// Who asked for a rollback; nil for a controller.
        public var requestedBy: String?

        /// Where the promotion is.
        public var phase: PromotionStatus.Phase { status.phase ?? .waiting }
    }

    /// The service's name.
    public let service: String
    /// The releases that are known, oldest first.
    public var releases: [Known] = []
    /// What reviews said of what can still come.
    var heard: [Heard]?
    /// The environments, in the order of the delivery file.
    public var places: [Place] = []
    /// Oldest first; of those that are final only the last few.
    public var records: [Record] = []
    /// The last number given to a release, and to a promotion.
    public var lastNumber = 0
    /// The last number given to a promotion.
    public var lastSequence = 0

    /// The state of a service of which nothing is known.
    public init(service: String) { self.service = service }

    /// How many releases, and how many final promotions of an environment, are kept in mind.
    static let releaseLimit = 200
    static let finalLimit = 4
    static let decisionLimit = 8
    static let historyLimit = 20

    /// The release of a number.
    public func release(_ number: Int?) -> Known? {
        number.flatMap { number in releases.last { $0.number == number } }
    }

    /// The name of the oldest release of the newest that are kept in mind; nil while all are.
    ///
    /// What is older was known once, and is not new for being forgotten.
    var oldest: String? {
        lastNumber > Self.releaseLimit ? releases.suffix(Self.releaseLimit).first?.name : nil
    }

    /// The digests that go nowhere: those in quarantine, and those on their way there.
    var barred: Set<String> { Set(releases.filter(\.isBarred).map(\.digest)) }

    /// The environment of a name.
    public func place(_ name: String) -> Place? { places.first { $0.name == name } }

    func placeIndex(_ name: String) -> Int? { places.firstIndex { $0.name == name } }

    func recordIndex(_ name: String?) -> Int? {
        name.flatMap { name in records.lastIndex { $0.name == name } }
    }

    /// The promotions of an environment that are in a phase.
    public func records(of environment: String, in phase: PromotionStatus.Phase) -> [Record] {
        records.filter { $0.spec.environment == environment && $0.phase == phase }
    }
}

/// What the outside tells the reducer.
public enum LineEvent: Sendable {
    /// Everything was looked at.
    case looked(LineFacts)
    /// A promotion is in git.
    case landed(promotion: String, commit: String, at: Timestamp)
    /// A promotion could not be written.
    case refused(promotion: String, PromotionError, at: Timestamp)
}

/// What the reducer wants done. Every action may be done again.
public enum LineAction: Sendable, Hashable {
    /// Write a promotion to git; of a rollback, move the traffic first.
    case land(LineState.Record, expected: String?)
    /// Begin a smoke test; of a value that was set by hand, there is no promotion.
    case startSmoke(environment: String, job: String, promotion: String?, number: Int)
    /// Put a release in quarantine.
    case quarantine(release: String, reason: String)
    /// Say on a Rollback what came of it.
    case answerRollback(key: String, phase: String, message: String, commit: String?)
    /// Say on a Rollback what it waits for.
    case tellRollback(key: String, message: String)
    /// Keep the pull request of an environment at a promotion that waits.
    case showPullRequest(environment: String, promotion: String)
    /// Close the pull request of an environment.
    case closePullRequest(environment: String, reason: String)
    /// Look again at this time.
    case wake(Timestamp)
}
