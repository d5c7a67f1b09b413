import KubeClient
import KubeModel
import Manifest

extension DemoStage {
    /// A version on its way: the commit on main, the release, and the digest of its image.
    struct Version: Sendable {
        var name: String
        var commit: String
        var release: String
        var digest: String
        /// When it was pushed, since the beginning.
        var pushedAt: Duration
    }

    /// Environments in which a smoke test runs before a version goes on, as the delivery file says.
    private static let smokeTested: Set = ["dev", "staging"]

    /// Pushes what is committed and follows it to a signed release.
    func release(_ name: String) async throws -> Version {
        let pushedAt = timeline.elapsed
        let pull = try await timeline.step("\(name) pushed for main with git") {
            let commit = try await orders.push()
            let pull = try await pullRequest(at: commit)
            return (pull, "pull request \(pull), commit \(commit.prefix(12))")
        }
        let (commit, run) = try await timeline.step(
            "\(name) passed lint, test, security and build, and is main"
        ) {
            let commit = try await landed(pull, name)
            let main = try await orders.main().commit
            guard main == commit else { throw DemoFailure("main is \(main), not the merged \(commit)") }
            let run = try await passedRun(of: pull, at: commit)
            let proof = try await demo.patiently { try await gates(of: run) }
            return ((commit, run), "main is \(commit.prefix(12)), run \(run.metadata.name): \(proof)")
        }
        return try await timeline.step("\(name) is a release, its image signed by the run's identity") {
            let release = try await admin.wait("the release of \(name)") { seen in
                let all = try await admin.objects(.releases)
                seen = "releases \(all.map(\.metadata.name).joined(separator: ", "))"
                return all.first { $0["spec", "commit"]?.stringValue == commit }
            }
            let spec = try ValueDecoder().decode(ReleaseSpec.self, from: release["spec"] ?? .null)
            let proof = try await demo.patiently { try await verified(spec, run) }
            let version = Version(
                name: name, commit: commit, release: release.metadata.name, digest: spec.image.digest,
                pushedAt: pushedAt)
            return (version, proof)
        }
    }

    /// The runs that tested a pull request.
    func runs(of pull: String) async throws -> [Value] {
        try await admin.objects(.pipelineRuns).filter { run in
            (run["spec", "pullRequests"]?.arrayValue ?? []).contains { $0["name"]?.stringValue == pull }
        }
    }

    /// The run that let a commit onto main.
    private func passedRun(of pull: String, at commit: String) async throws -> Value {
        try await admin.wait("the run that passed \(commit.prefix(12))", .seconds(60)) { seen in
            let runs = try await runs(of: pull)
            seen = runs.map { "\($0.metadata.name) \($0["status", "phase"]?.stringValue ?? "")" }
                .joined(separator: ", ")
            return runs.first {
                $0["spec", "commit"]?.stringValue == commit && $0["status", "phase"]?.stringValue == "Passed"
            }
        }
    }

    private func gates(of run: Value) async throws -> String {
        var texts: [String: String] = [:]
        for step in GateProof.steps { texts[step] = try await logs.text(of: step, in: run.metadata.name) }
        return try GateProof(run: run, logs: texts).check()
    }

    /// Verifies the image's signature as anybody would, with the program and the trusted root file: that the pipeline of
    /// this repository signed it as a candidate of the queue, for this commit.
    private func verified(_ spec: ReleaseSpec, _ run: Value) async throws -> String {
        let tested = run["spec", "commit"]?.stringValue ?? ""
        let artifact = run["status", "artifact", "image"]
        guard spec.run == run.metadata.name, artifact?["digest"]?.stringValue == spec.image.digest,
            spec.image.tag == tested
        else {
            throw DemoFailure(
                "the release is of \(spec.image.pinned) and \(spec.run ?? "no run"), not what \(run.metadata.name) made"
            )
        }
        guard (spec.gates ?? []).map(\.name) == Verdict.gateNames,
            (spec.gates ?? []).allSatisfy({ $0.result == Verdict.Result.passed.rawValue }),
            spec.verdict != nil
        else { throw DemoFailure("the release has no verdict of all four gates") }
        guard let signature = spec.signature else { throw DemoFailure("the release has no signature") }
        let identity = "\(web)/slipway/\(Self.service)/.slipway/pipeline.yaml@candidate"
        guard signature.identity == identity else {
            throw DemoFailure("the release is signed by \(signature.identity), not by \(identity)")
        }
        let image = spec.image.pinned
        let outcome = try await demo.shell.run(
            demo.configuration.program,
            [
                "verify", image, "--identity", identity, "--issuer", web, "--extension",
                "sourceRepositoryDigest=\(tested)", "--trusted-root",
                "\(demo.data.sigstore)/trusted_root.json",
            ])
        guard outcome.code == 0 else {
            throw DemoFailure(
                "slipway verify \(image) --identity \(identity) does not agree: \(outcome.text)")
        }
        return
            "slipway verify: \(spec.image.digest.prefix(19))… by \(identity), log index \(signature.logIndex)"
    }

    /// The Promotion object of a version and environment.
    func promotion(_ version: Version, _ environment: String) async throws -> Value? {
        try await admin.objects(.promotions).first { object in
            object["spec", "digest"]?.stringValue == version.digest
                && object["spec", "environment"]?.stringValue == environment
                && object["spec", "kind"]?.stringValue != PromotionSpec.Kind.rollback.rawValue
        }
    }

    /// Waits until a version has arrived in an environment.
    func arrived(_ version: Version, _ environment: String) async throws {
        try await timeline.step("\(version.name) in \(environment)") {
            let status = try await admin.wait("\(version.name) in \(environment)", .seconds(240)) { seen in
                let status = try await promotion(version, environment)?["status"]
                let phase = status?["phase"]?.stringValue ?? "no promotion yet"
                seen = "\(phase) \(Self.reason(status))"
                if ["Failed", "RolledBack", "Superseded"].contains(phase) {
                    throw DemoFailure("\(version.name) in \(environment): \(seen)")
                }
                return phase == "Succeeded" ? status : nil
            }
            let commit = status["configCommit"]?.stringValue ?? ""
            _ = try await config.trailers(of: commit, digest: version.digest, environment: environment)
            let pods = try await running(version.digest, in: environment)
            var proof = "config \(commit.prefix(12)), \(pods) running \(version.digest.prefix(19))…"
            if Self.smokeTested.contains(environment) {
                proof += ", smoke test \(try await smokeTest(of: status, in: environment)) passed"
            }
            return ((), proof)
        }
    }

    private func smokeTest(of status: Value, in environment: String) async throws -> String {
        guard let name = status["smokeJob"]?.stringValue, status["smokePassedAt"] != nil else {
            throw DemoFailure("no smoke test has passed in \(environment)")
        }
        let job = try await admin.object(.jobs, name, in: Self.namespace(environment))
        let isComplete = (job?["status", "conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == "Complete" && $0["status"]?.stringValue == "True"
        }
        guard isComplete else { throw DemoFailure("the Job \(name) in \(environment) is not complete") }
        return name
    }

    static func reason(_ status: Value?) -> String {
        let blocker = status?["blocker"]
        return [
            blocker?["reason"]?.stringValue,
            blocker?["message"]?.stringValue ?? status?["message"]?.stringValue,
        ]
        .compactMap(\.self).joined(separator: ": ")
    }
}
