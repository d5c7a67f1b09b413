import KubeClient
import KubeModel
import Manifest
import Rollouts

extension DemoStage {
    /// Waits until the judge has taken a version back, its digest is quarantined and git has the version before again.
    ///
    /// - Parameter begin: the version of production's route before the canary.
    func rolledBack(_ version: Version, to good: Version, since begin: UInt64) async throws {
        let rollback = try await takenBack(version, since: begin)
        try await timeline.step("the digest of \(version.name) is quarantined") {
            let status = try await admin.wait("the quarantine", .seconds(60)) { _ in
                let status = try await admin.object(.releases, version.release)?["status"]
                return status?["phase"]?.stringValue == ReleaseStatus.Phase.quarantined.rawValue
                    ? status : nil
            }
            let message = status["message"]?.stringValue ?? status["reason"]?.stringValue ?? ""
            return ((), "release \(version.release): \(message)")
        }
        try await timeline.step("git is back on the version before, and the cluster agrees") {
            let commit = try await admin.wait("the answer to the Rollback", .seconds(60)) { seen in
                let status = try await admin.object(
                    Rollback.resource, rollback, in: Self.namespace("production"))?["status"]
                let phase = status?["phase"]?.stringValue ?? "no answer"
                seen = "\(phase): \(status?["message"]?.stringValue ?? "")"
                return phase == "Reverted" ? status?["commit"]?.stringValue : nil
            }
            let trailers = try await config.trailers(
                of: commit, digest: good.digest, environment: "production")
            guard trailers["Rollback-of"] == [version.release],
                trailers["Rule"] == ["production.rollback-automatic"]
            else {
                throw DemoFailure(
                    "config \(commit) is no automatic roll-back of \(version.release): \(trailers)")
            }
            let file = try await config.text(
                of: "services/orders/overlays/production/kustomization.yaml", at: commit)
            guard file.contains(good.digest), !file.contains(version.digest) else {
                throw DemoFailure("production is not on \(good.digest) in config \(commit)")
            }
            let pods = try await running(good.digest, in: "production")
            let answers = try await answering(good)
            return (
                (),
                "config \(commit.prefix(12)), Rollback-of \(version.release), Rule \(trailers["Rule", default: []][0]); "
                    + "\(pods) running \(good.digest.prefix(19))…; \(answers)"
            )
        }
    }

    /// - Returns: the name of the Rollback.
    private func takenBack(_ version: Version, since begin: UInt64) async throws -> String {
        try await timeline.step("the judge rolls \(version.name) back, traffic first") {
            let rollback = try await admin.wait("the roll-back", .seconds(240)) { seen in
                guard let rollout = try await rollout("production") else { return nil as Value? }
                seen = Self.state(of: rollout)
                let status = rollout["status"]
                if status?["stableRS"]?.stringValue == status?["currentPodHash"]?.stringValue,
                    Self.image(of: rollout).hasSuffix(version.digest)
                {
                    throw DemoFailure("\(version.name) was promoted to everybody")
                }
                let rollbacks = try await admin.objects(Rollback.resource, in: Self.namespace("production"))
                return rollbacks.first { rollback in
                    (rollback["spec", "images"]?.arrayValue ?? []).contains {
                        $0.stringValue?.hasSuffix(version.digest) == true
                    }
                }
            }
            let name = rollback.metadata.name
            let run = try await verdict(of: rollback)
            let sentence = try JudgeProof.rolledBack(rollback, run)
            let (weight, order) = try await history(with: name).trafficFirst(of: name, after: begin)
            return (name, "at \(weight) %: \(sentence); \(order)")
        }
    }

    /// The run of the judge that a Rollback names, once it has ended.
    private func verdict(of rollback: Value) async throws -> Value? {
        guard let name = rollback["spec", "analysisRun"]?.stringValue else { return nil }
        return try await admin.wait("the end of the judge's \(name)", .seconds(60)) { seen in
            let run = try await admin.object(Analysis.runs, name, in: Self.namespace("production"))
            seen = run?["status", "phase"]?.stringValue ?? "nothing"
            return ["", "Pending", "Running", "nothing"].contains(seen) ? nil : run
        }
    }
}
