import KubeModel
import Sigstore

/// Which releases follow from a pull request that has landed and from the runs of its candidates. Does no work.
struct ReleaseDecision: Sendable {
    /// A run with what it was asked for and how it ended.
    struct Run: Sendable {
        var name: String
        var createdAt: Timestamp
        var spec: PipelineRunSpec
        var status: PipelineRunStatus
    }

    /// A release to be written.
    struct Planned: Sendable, Hashable {
        var name: String
        var spec: ReleaseSpec
    }

    /// The name of the PullRequest object.
    var pullRequest: String
    /// The commit of the pull request that was merged; nil where nobody knows, so that its runs are told by time.
    var head: String?
    var repository: String
    /// The commit of the branch that brought the pull request in.
    var landed: String
    /// Whose verdicts count.
    var verifiers: [any Verifier]

    /// The runs that speak for what has landed.
    ///
    /// The landed commit is the tested one, unless another lane's merge came in between and the queue put the tested
    /// change, unaltered, on top of it: then it is the commit that was tested last. A newer head of the pull request
    /// may be under test already; its runs say nothing of what has landed.
    func decisive(among runs: [Run]) -> [Run] {
        let candidates = runs.filter { run in
            run.spec.repository == repository && run.spec.trust == RunTrust.candidate.rawValue
                && run.spec.pullRequests?.contains { isMeant($0.name, $0.head) } ?? false
        }
        let direct = candidates.filter { $0.spec.commit == landed }
        guard direct.isEmpty else { return direct }
        guard let last = candidates.max(by: { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }) else {
            return []
        }
        return candidates.filter { $0.spec.commit == last.spec.commit }
    }

    private func isMeant(_ name: String, _ head: String) -> Bool {
        name == pullRequest && (self.head == nil || self.head == head)
    }

    /// The release of one run; nil where the run has made no image.
    ///
    /// - Parameter tree: the tree of the landed commit.
    /// - Throws: ``PipelineError`` `verdictRefused` where the verdict does not stand for the image.
    func release(of run: Run, tree: String) throws(PipelineError) -> Planned? {
        guard run.status.phase == RunPhase.passed.rawValue, let artifact = run.status.artifact else {
            return nil
        }
        let verdict = try verdict(of: run, artifact)
        let gates = verdict.gates.map {
            ReleaseSpec.Gate(name: $0.name, result: $0.result.rawValue, evidence: $0.evidence)
        }
        let spec = ReleaseSpec(
            repository: repository, service: artifact.service, commit: landed, tree: tree,
            image: artifact.image, sbom: artifact.sbom, provenance: artifact.provenance,
            signature: artifact.signature, gates: gates, run: run.name,
            verdict: run.status.verdict?.payloadDigest, builtAt: artifact.builtAt)
        return Planned(name: Self.name(service: artifact.service, commit: landed), spec: spec)
    }

    /// `<service>-<first 12 digits of the commit>`.
    static func name(service: String, commit: String) -> String { "\(service)-\(commit.prefix(12))" }

    /// The signed verdict, which must be about this commit and name the image among its evidence: a status that was
    /// changed afterwards does not pass.
    private func verdict(
        of run: Run, _ artifact: PipelineRunStatus.Artifact
    ) throws(PipelineError) -> Verdict {
        func refuse(_ reason: String) -> PipelineError {
            PipelineError(
                .verdictRefused,
                "the PipelineRun \(run.name) gives no release: \(reason); run the pipeline again")
        }
        guard let signed = run.status.verdict else { throw refuse("it has no signed verdict") }
        let verdict: Verdict
        do {
            let payload = try Envelope(json: Array(signed.envelope.utf8))
                .verified(by: verifiers, type: Verdict.payloadType)
            verdict = try Verdict(payload: payload)
        } catch {
            throw refuse("its verdict cannot be believed (\(error))")
        }
        guard verdict.commit == run.spec.commit, artifact.image.tag == run.spec.commit else {
            throw refuse("verdict, run and image are about different commits")
        }
        if let changes = verdict.pullRequests, !changes.contains(where: { isMeant($0.name, $0.head) }) {
            throw refuse(
                "its verdict is about another commit of the pull request than the one that has landed")
        }
        if let refusal = verdict.refusal { throw refuse(refusal) }
        let evidence = Set(verdict.gates.flatMap { $0.evidence ?? [] })
        guard artifact.digests.allSatisfy(evidence.contains) else {
            throw refuse(
                "the verdict does not name the image \(artifact.image.digest) and what lies beside it")
        }
        return verdict
    }
}
