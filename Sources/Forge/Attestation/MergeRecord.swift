import Manifest

/// What the merge queue signs about a commit before the branch moves to it: which tree, on what base, by which
/// verdicts. It is kept in the repository, as `refs/slipway/records/<commit>`.
public struct MergeRecord: Codable, Sendable, Hashable {
    /// The payload type of the envelope.
    public static let payloadType = "application/vnd.slipway.merge+json"

    /// The commit that was tested, where another service's merge came in between and the changes, unaltered, were
    /// put on top of it.
    public struct Tested: Codable, Sendable, Hashable {
        /// 40 hexadecimal digits.
        public var commit: String
        /// The commit it was tested on top of.
        public var base: String
    }

    /// A pull request and the commit of it that was merged.
    public struct Change: Codable, Sendable, Hashable {
        /// The PullRequest object, or what stands for one.
        public var name: String
        /// The commit of it that was merged.
        public var head: String
    }

    /// The repository, `namespace/name`.
    public var repository: String
    /// The branch that the commit was made for; nil for the repository's default branch.
    public var branch: String?
    /// What the branch moves to.
    public var commit: String
    /// The tree of ``commit``.
    public var tree: String
    /// The commit that the branch was at before; zeros where there was no branch.
    public var base: String
    /// What is merged; one change for each commit.
    public var changes: [Change]
    /// Whether verdicts were asked for: `Required` or `None`.
    public var gates: String
    /// The envelopes of the verdicts, as JSON.
    public var verdicts: [String]
    /// Nil where the very commit was tested.
    public var tested: Tested?
    /// RFC 3339.
    public var recordedAt: String

    /// What the names of changes begin with that are promotions instead of pull requests.
    static let promotionPrefix = "promotion/"

    /// Whether the commit is a promotion, which a lane makes directly on the branch.
    var isPromotion: Bool {
        changes.count == 1 && changes[0].name.hasPrefix(Self.promotionPrefix) && changes[0].head == commit
            && gates == "None"
    }

    /// The name of the reference that keeps a commit's record.
    static func reference(_ commit: String) -> String { "refs/slipway/records/\(commit)" }

    /// Reads the payload of an envelope.
    init(payload: [UInt8]) throws(ManifestError) {
        let value = try JSON.parse(payload, options: .init(strict: true, maximumDepth: 32))
        self = try ValueDecoder().decode(MergeRecord.self, from: value)
    }

    init(
        repository: String, branch: String? = nil, commit: String, tree: String, base: String,
        changes: [Change], gates: String,
        verdicts: [String], tested: Tested?, recordedAt: String
    ) {
        self.repository = repository
        self.branch = branch
        self.commit = commit
        self.tree = tree
        self.base = base
        self.changes = changes
        self.gates = gates
        self.verdicts = verdicts
        self.tested = tested
        self.recordedAt = recordedAt
    }

    func payload() throws(ManifestError) -> [UInt8] { JSON.write(try ValueEncoder().encode(self)) }
}
