import ClusterTestSupport
import Git
import KubeClient
import KubeModel
import Manifest
import Sigstore

/// Stands in for the pipeline: looks at the tree of each run's commit and signs what it finds.
///
/// A file `fail` in the service's folder fails the tests; a file `break` is a failure of the machine. Everything else
/// about a run is real: the objects, the commit, the signature.
struct ScriptedGates: Sendable {
    let client: KubeClient
    let key: PrivateKey
    /// The directory of the bare repositories.
    let repositories: String
    let program: GitProgram
    /// Changes a verdict before it is signed, to see what the forge makes of it.
    var change: @Sendable (inout Verdict) -> Void = { _ in }

    func run() async {
        let runs = WatchCache(client, .pipelineRuns, namespace: nil, mode: .full, logger: .silent)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runs.run() }
            group.addTask {
                for await event in runs.subscribe() {
                    if case .deleted = event { continue }
                    guard let object = event.object.value, object["status", "phase"] == nil else { continue }
                    await answerUntilDecided(object)
                }
            }
        }
    }

    /// Answers a run, however often the server goes away meanwhile: its event does not come a second time.
    private func answerUntilDecided(_ object: Value) async {
        while !Task.isCancelled {
            do {
                return try await answer(object)
            } catch let error as APIError where error.isConflict || error.isNotFound {
                // Whoever was faster, or took the object away, has decided.
                return
            } catch {
                try? await client.timeline.sleep(for: .milliseconds(100))
            }
        }
    }

    func answer(_ object: Value) async throws {
        let spec = try ValueDecoder().decode(PipelineRunSpec.self, from: object["spec"] ?? .null)
        let namespace = object.metadata.namespace
        let git = GitRepository(path: "\(repositories)/\(namespace)/\(spec.repository).git", program: program)
        let commit = try await git.commit(spec.commit)
        let folder = spec.service.map { "\($0)/" } ?? ""
        var result = Verdict.Result.passed
        if try await git.entry("\(folder)fail", at: commit.id) != nil { result = .failed }
        if try await git.entry("\(folder)break", at: commit.id) != nil { result = .error }
        let now = client.timeline.date.rfc3339
        var verdict = Verdict(
            repository: "\(namespace)/\(spec.repository)", commit: spec.commit, tree: commit.tree.hex,
            base: spec.base ?? ObjectID.zero.hex, service: spec.service, pipelineDigest: "sha256:00",
            policyDigest: "sha256:00",
            gates: Verdict.gateNames.map { .init(name: $0, result: $0 == "test" ? result : .passed) },
            result: result,
            startedAt: now, finishedAt: now)
        change(&verdict)
        let envelope = try Envelope.sign(
            try verdict.payload(), type: Verdict.payloadType, with: [KeySigner(key, keyID: "gates")])
        var status = PipelineRunStatus(
            phase: result == .passed ? "Passed" : result == .failed ? "Failed" : "Error")
        status.message = result == .passed ? nil : "gate test: the tree says so"
        status.verdict = .init(
            envelope: String(decoding: envelope.json, as: UTF8.self), payloadDigest: "", keyID: "gates")
        var answered = object
        answered["status"] = try ValueEncoder().encode(status)
        try await client.update(.pipelineRuns, answered, namespace: namespace, subresource: "status")
    }
}
