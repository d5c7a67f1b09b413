/// What is to be written to git: one value of one environment, and why.
public struct PromotionIntent: Sendable, Hashable {
    /// Which way it goes.
    public enum Kind: String, Sendable, Hashable {
        case promotion, rollback
    }

    /// The service's name.
    public var service: String
    /// The environment's name.
    public var environment: String
    /// Whether it goes on or back.
    public var kind: Kind
    /// The value that is to change.
    public var target: FieldTarget
    /// What stands there now; nil for nothing. Where something else does, nothing is written.
    public var expected: String?
    /// What shall stand there.
    public var value: String
    /// The image's repository, for an entry that is made.
    public var image: String
    /// What the commit says of the promotion.
    public var reason: PromotionReason

    /// An intent with its reason.
    public init(
        service: String, environment: String, kind: Kind, target: FieldTarget, expected: String?,
        value: String, image: String, reason: PromotionReason
    ) {
        self.service = service
        self.environment = environment
        self.kind = kind
        self.target = target
        self.expected = expected
        self.value = value
        self.image = image
        self.reason = reason
    }
}

/// Who, what, when and why: what the trailers of a promotion's commit tell.
public struct PromotionReason: Sendable, Hashable {
    /// The name of the Promotion object.
    public var promotion: String
    /// The place among the service's promotions, from 1.
    public var sequence: Int
    /// The name of the Release object.
    public var release: String
    /// `sha256:…` of the image.
    public var digest: String
    /// The commit of the source repository.
    public var commit: String
    /// The source repository.
    public var repository: String
    /// What each gate said, `test=passed`.
    public var gates: [String]
    /// The digest of the signed verdict.
    public var verdict: String?
    /// Who signed the image.
    public var signer: String?
    /// Who approved it, in which object.
    public var approvals: [String]
    /// Who asked for it; nil where a rule did.
    public var requestedBy: String?
    /// The rule that let it go.
    public var rule: String
    /// The release that is taken back.
    public var rollbackOf: String?
    /// Why it is taken back.
    public var cause: String?

    /// A reason with all that the commit is to tell.
    public init(
        promotion: String, sequence: Int, release: String, digest: String, commit: String, repository: String,
        gates: [String] = [], verdict: String? = nil, signer: String? = nil, approvals: [String] = [],
        requestedBy: String? = nil, rule: String, rollbackOf: String? = nil, cause: String? = nil
    ) {
        self.promotion = promotion
        self.sequence = sequence
        self.release = release
        self.digest = digest
        self.commit = commit
        self.repository = repository
        self.gates = gates
        self.verdict = verdict
        self.signer = signer
        self.approvals = approvals
        self.requestedBy = requestedBy
        self.rule = rule
        self.rollbackOf = rollbackOf
        self.cause = cause
    }
}
