import Crypto
public import KubeModel
import Manifest
public import Sigstore

/// Signs the verdicts of runs, so that hooks and auditors can check them without asking anyone.
public struct VerdictSigner: Sendable {
    private let key: PrivateKey
    /// The name under which verifiers know the key.
    public let keyID: String

    /// Signs with a key.
    public init(_ key: PrivateKey, keyID: String) {
        self.key = key
        self.keyID = keyID
    }

    /// A verdict in a signed envelope.
    ///
    /// - Throws: `ManifestError`, `SigstoreError`.
    public func sign(_ verdict: Verdict) throws -> PipelineRunStatus.SignedVerdict {
        let payload = try verdict.payload()
        let envelope = try Envelope.sign(
            payload, type: Verdict.payloadType, with: [KeySigner(key, keyID: keyID)])
        return PipelineRunStatus.SignedVerdict(
            envelope: String(decoding: envelope.json, as: UTF8.self),
            payloadDigest: "sha256:\(SHA256.hash(data: payload).hexadecimal)", keyID: keyID)
    }
}

extension Verdict {
    /// What the gates said about the commit of a run that has ended; nil where the run was of a part of the gates or
    /// of no commit, which is no ground for a verdict.
    init?(_ run: RunContext, _ snapshot: RunSnapshot, policy: OrganizationPolicy) {
        let state = snapshot.state
        guard state.plan.isComplete, state.phase.isFinal, let tree = run.tree,
            let startedAt = state.startedAt,
            let finishedAt = state.finishedAt
        else { return nil }
        let status = snapshot.status()
        let gates = GateName.allCases.map { name in
            let gate = status.gates?.first { $0.name == name.rawValue }
            let evidence = (gate?.steps ?? []).flatMap { [$0.log].compactMap(\.self) + ($0.evidence ?? []) }
            return Gate(
                name: name.rawValue, result: Result(state.phase(of: name)), startedAt: gate?.startedAt,
                finishedAt: gate?.finishedAt, evidence: evidence.isEmpty ? nil : evidence)
        }
        self.init(
            repository: "\(run.namespace)/\(run.spec.repository)", commit: run.spec.commit, tree: tree,
            base: run.spec.base ?? String(repeating: "0", count: 40),
            pullRequests: run.spec.pullRequests?.map { .init(name: $0.name, head: $0.head) },
            service: run.spec.service, pipelineFile: run.spec.pipelineFile,
            pipelineDigest: "sha256:\(run.file.digest)",
            policyDigest: "sha256:\(policy.digest)", gates: gates, result: Result(state.phase), run: run.name,
            startedAt: startedAt.rfc3339Micro, finishedAt: finishedAt.rfc3339Micro)
    }
}

extension Verdict.Result {
    fileprivate init(_ phase: RunPhase) {
        switch phase {
        case .passed: self = .passed
        case .failed: self = .failed
        case .error: self = .error
        case .canceled: self = .canceled
        // What has not run when a run ends has been left out, and does not count as passed.
        case .pending, .running: self = .skipped
        }
    }
}

extension OrganizationPolicy {
    /// SHA-256 of the limits, in hexadecimal digits.
    var digest: String {
        let parts = [
            "timeout=\(maximumTimeout.components.seconds)", "cpu=\(maximumCPUMillis)",
            "memory=\(maximumMemory)",
            "registries=\(allowedRegistries?.joined(separator: ",") ?? "*")",
            "hosts=\(allowedHosts?.joined(separator: ",") ?? "*")",
            "failOn=\(loosestFailOn.rawValue)",
            "image=\(maximumImageSize)", "artifacts=\(maximumArtifactAge.components.seconds)",
            "ignore=\(maximumIgnoreDays)", "host=\(allowsHostImage)",
        ]
        return SHA256.hash(data: Array(parts.joined(separator: ";").utf8)).hexadecimal
    }
}
