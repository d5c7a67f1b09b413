public import Manifest

/// What the gates say about one commit: the payload of a signed envelope (DSSE).
///
/// A verdict is about exactly one tree. It carries what led to it, so that anyone can check it again, and it is the
/// only thing that lets a commit onto a protected branch. Nothing but `passed` counts as passed.
public struct Verdict: Codable, Sendable, Hashable {
    /// The payload type of the envelope.
    public static let payloadType = "application/vnd.slipway.verdict+json"
    /// The gates, in the order in which they run. A verdict without one of them is none.
    public static let gateNames = ["lint", "test", "security", "build"]

    /// How a gate, or the whole run, ended.
    public enum Result: String, Codable, Sendable, Hashable {
        case passed, failed, error, canceled, skipped
    }

    /// A gate's part of the verdict.
    public struct Gate: Codable, Sendable, Hashable {
        public var name: String
        public var result: Result
        /// RFC 3339; nil where the gate did not begin.
        public var startedAt: String?
        public var finishedAt: String?
        /// Digests (`sha256:…`) of the reports and logs that the result follows from.
        public var evidence: [String]?

        public init(
            name: String, result: Result, startedAt: String? = nil, finishedAt: String? = nil,
            evidence: [String]? = nil
        ) {
            self.name = name
            self.result = result
            self.startedAt = startedAt
            self.finishedAt = finishedAt
            self.evidence = evidence
        }
    }

    /// A pull request that the commit brings in.
    public struct PullRequest: Codable, Sendable, Hashable {
        /// The name of the object.
        public var name: String
        /// The commit of the pull request that was merged.
        public var head: String

        public init(name: String, head: String) {
            self.name = name
            self.head = head
        }
    }

    /// The repository, `namespace/name`.
    public var repository: String
    /// The commit that was tested, 40 hexadecimal digits.
    public var commit: String
    /// The commit's tree.
    public var tree: String
    /// The commit of the branch that it was built on; zeros where it is the first one.
    public var base: String
    public var pullRequests: [PullRequest]?
    /// The service of a monorepo that was tested, the folder its pipeline file belongs to; nil for the whole.
    public var service: String?
    /// The pipeline file's path.
    public var pipelineFile: String?
    /// The digest of the pipeline that ran, `sha256:…`.
    public var pipelineDigest: String
    /// The digest of the policy that decided, `sha256:…`.
    public var policyDigest: String
    public var gates: [Gate]
    public var result: Result
    /// The name of the PipelineRun.
    public var run: String?
    public var startedAt: String
    public var finishedAt: String

    public init(
        repository: String, commit: String, tree: String, base: String, pullRequests: [PullRequest]? = nil,
        service: String? = nil, pipelineFile: String? = nil, pipelineDigest: String, policyDigest: String,
        gates: [Gate], result: Result, run: String? = nil, startedAt: String, finishedAt: String
    ) {
        self.repository = repository
        self.commit = commit
        self.tree = tree
        self.base = base
        self.pullRequests = pullRequests
        self.service = service
        self.pipelineFile = pipelineFile
        self.pipelineDigest = pipelineDigest
        self.policyDigest = policyDigest
        self.gates = gates
        self.result = result
        self.run = run
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }

    /// Reads the payload of an envelope.
    ///
    /// - Throws: `ManifestError`.
    public init(payload: [UInt8]) throws(ManifestError) {
        let value = try JSON.parse(payload, options: .init(strict: true, maximumDepth: 32))
        self = try ValueDecoder().decode(Verdict.self, from: value)
    }

    /// The payload of an envelope.
    ///
    /// - Throws: `ManifestError`.
    public func payload() throws(ManifestError) -> [UInt8] { JSON.write(try ValueEncoder().encode(self)) }

    /// Why this verdict lets nothing pass; nil where it does.
    ///
    /// Each gate must be there exactly once and have passed; a gate that was skipped has not.
    public var refusal: String? {
        guard result == .passed else { return "the run ended as \(result.rawValue)" }
        for name in Self.gateNames {
            let results = gates.filter { $0.name == name }.map(\.result)
            guard results.count == 1 else {
                return "gate \(name) is told \(results.count) times instead of once"
            }
            guard results == [.passed] else { return "gate \(name) is \(results[0].rawValue), not passed" }
        }
        if let odd = gates.first(where: { $0.result != .passed }) {
            return "gate \(odd.name) is \(odd.result.rawValue), not passed"
        }
        return nil
    }
}
