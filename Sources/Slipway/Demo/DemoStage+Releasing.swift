import KubeClient
import KubeModel
import Manifest
import Rollouts

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

    /// Pushes what is committed and follows it to a signed release.
    func release(_ name: String) async throws -> Version {
        let pushedAt = timeline.elapsed
        let pull = try await timeline.step("\(name) pushed for main with git") {
            let commit = try await orders.push()
            let pull = try await pullRequest(at: commit)
            return (pull, "pull request \(pull), commit \(commit.prefix(12))")
        }
        let commit = try await timeline.step("\(name) passed lint, test, security and build, and is main") {
            let commit = try await landed(pull, name)
            let run = try await admin.object(.pullRequests, pull)?["status", "runs"]?[0]?.stringValue ?? ""
            let gates = try await gates(of: run)
            return (commit, "main is \(commit.prefix(12)), run \(run): \(gates)")
        }
        return try await timeline.step("\(name) is a release, its image signed by the run's identity") {
            let release = try await admin.wait("the release of \(name)") { seen in
                let all = try await admin.objects(.releases)
                seen = "releases \(all.map(\.metadata.name).joined(separator: ", "))"
                return all.first { $0["spec", "commit"]?.stringValue == commit }
            }
            let spec = try ValueDecoder().decode(ReleaseSpec.self, from: release["spec"] ?? .null)
            let proof = try await demo.patiently { try await verified(spec) }
            let version = Version(
                name: name, commit: commit, release: release.metadata.name, digest: spec.image.digest,
                pushedAt: pushedAt)
            return (version, proof)
        }
    }

    private func gates(of run: String) async throws -> String {
        let status = try await admin.object(.pipelineRuns, run)?["status"]
        let gates = status?["gates"]?.arrayValue ?? []
        return gates.map { gate in
            "\(gate["name"]?.stringValue ?? "") \(gate["phase"]?.stringValue ?? "")"
        }.joined(separator: ", ")
    }

    /// Verifies the image's signature as anybody would, with the program and the trusted root file.
    private func verified(_ spec: ReleaseSpec) async throws -> String {
        guard let signature = spec.signature else { throw DemoFailure("the release has no signature") }
        let image = spec.image.pinned
        let outcome = try await demo.shell.run(
            demo.configuration.program,
            [
                "verify", image, "--identity", signature.identity, "--issuer", web, "--trusted-root",
                "\(demo.data.sigstore)/trusted_root.json",
            ])
        guard outcome.code == 0 else {
            throw DemoFailure("slipway verify \(image) does not agree: \(outcome.text)")
        }
        return
            "slipway verify: \(spec.image.digest.prefix(19))… by \(signature.identity), log index \(signature.logIndex)"
    }

    /// The Promotion object of a version and environment.
    func promotion(_ version: Version, _ environment: String) async throws -> Value? {
        try await admin.objects(.demoPromotions).first { object in
            object["spec", "digest"]?.stringValue == version.digest
                && object["spec", "environment"]?.stringValue == environment
                && object["spec", "kind"]?.stringValue != "Rollback"
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
            let live = try await image(in: environment)
            guard live.hasSuffix(version.digest) else {
                throw DemoFailure("\(environment) runs \(live), not \(version.digest)")
            }
            let smoke = status["smokeJob"]?.stringValue.map { ", smoke test \($0) passed" } ?? ""
            let commit = status["configCommit"]?.stringValue?.prefix(12) ?? ""
            return ((), "config \(commit), running \(version.digest.prefix(19))…\(smoke)")
        }
    }

    static func reason(_ status: Value?) -> String {
        let blocker = status?["blocker"]
        return [
            blocker?["reason"]?.stringValue,
            blocker?["message"]?.stringValue ?? status?["message"]?.stringValue,
        ]
        .compactMap(\.self).joined(separator: ": ")
    }

    /// The image that the rollout of an environment is to run.
    func image(in environment: String) async throws -> String {
        let rollout = try await admin.object(
            Rollout.resource, Self.service, in: Self.namespace(environment))
        return rollout?["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue ?? ""
    }

    /// Waits until a version waits for an approval, sees that its author's does not count, and has bob approve it.
    func approved(_ version: Version) async throws {
        try await timeline.step("\(version.name) waits for an approval for production") {
            let reason = try await admin.wait("the wait for an approval", .seconds(240)) { seen in
                let status = try await promotion(version, "production")?["status"]
                seen = "\(status?["phase"]?.stringValue ?? "no promotion yet") \(Self.reason(status))"
                let isWaiting = status?["phase"]?.stringValue == "Waiting"
                return isWaiting && seen.lowercased().contains("approv") ? Self.reason(status) : nil
            }
            return ((), reason)
        }
        try await timeline.step("bob approves \(version.name)") {
            try await bob.create(
                .demoApprovals,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Approval",
                    "metadata": ["name": .string("orders-production-\(version.digest.suffix(12))")],
                    "spec": [
                        "service": .string(Self.service), "environment": "production",
                        "digest": .string(version.digest), "decision": "Approve",
                    ],
                ])
            let status = try await admin.wait("the commit of the promotion", .seconds(60)) { seen in
                let status = try await promotion(version, "production")?["status"]
                seen = "\(status?["phase"]?.stringValue ?? "") \(Self.reason(status))"
                return status?["configCommit"]?.stringValue == nil ? nil : status
            }
            let rule = status["rule"]?.stringValue ?? ""
            return ((), "config \(status["configCommit"]?.stringValue?.prefix(12) ?? ""), rule \(rule)")
        }
    }
}
