import KubeClient
import KubeModel
import Manifest
import Rollouts

extension DemoStage {
    private func rollout() async throws -> Value? {
        try await admin.object(Rollout.resource, Self.service, in: Self.namespace("production"))
    }

    /// Waits until production's canary has answered somebody.
    func firstRequest(_ version: Version) async throws {
        let requests = RouterCounts(url: "http://\(listen.metrics.local)/metrics")
        try await timeline.step("the canary of \(version.name) answers its first request") {
            let (hash, count) = try await admin.wait("a request to the canary", .seconds(120)) { seen in
                guard let rollout = try await rollout(),
                    rollout["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue?
                        .hasSuffix(version.digest) == true,
                    let hash = rollout["status", "currentPodHash"]?.stringValue,
                    hash != rollout["status", "stableRS"]?.stringValue
                else { return nil as (String, Int)? }
                let count = try await requests.total(hash: hash)
                seen = "\(count) requests to \(hash)"
                return count > 0 ? (hash, count) : nil
            }
            let whole = DemoTimeline.seconds(timeline.elapsed - version.pushedAt).drop { $0 == " " }
            return ((), "pods \(hash), \(count) requests; \(whole) after the push")
        }
    }

    /// Follows the canary to its end.
    ///
    /// - Returns: the weights that were seen.
    func canary(_ version: Version) async throws -> [Int] {
        try await timeline.step("the judge promotes \(version.name) to everybody") {
            var weights: [Int] = []
            _ = try await admin.wait("the end of the canary", .seconds(240)) { seen in
                guard let rollout = try await rollout() else { return nil as Bool? }
                let status = rollout["status"]
                if status?["abort"]?.boolValue == true {
                    throw DemoFailure("\(version.name) was rolled back: \(status?["message"] ?? "")")
                }
                let weight = Int(status?["canary", "weights", "canary", "weight"]?.integerValue ?? 0)
                if weight > 0, weights.last != weight {
                    weights.append(weight)
                    timeline.say("\(weight) %")
                }
                seen =
                    "weight \(weight), \(status?["phase"]?.stringValue ?? "") \(status?["message"]?.stringValue ?? "")"
                let hash = status?["currentPodHash"]?.stringValue
                return hash != nil && hash == status?["stableRS"]?.stringValue
                    && status?["phase"]?.stringValue == "Healthy" ? true : nil
            }
            let verdicts = try await verdicts()
            return (weights, "\(weights.map { "\($0)" }.joined(separator: ", ")), 100 %; \(verdicts)")
        }
    }

    /// What the judge said last.
    private func verdicts() async throws -> String {
        let runs = try await admin.objects(
            GroupVersionResource(group: "argoproj.io", version: "v1alpha1", resource: "analysisruns"),
            in: Self.namespace("production"))
        let latest = runs.max {
            $0.metadata.creationTimestamp.map(\.seconds) ?? 0 < $1.metadata.creationTimestamp.map(\.seconds)
                ?? 0
        }
        let measurements = latest?["status", "metricResults"]?[0]?["measurements"]?.arrayValue ?? []
        return measurements.last?["message"]?.stringValue ?? "\(runs.count) analysis runs"
    }

    /// Waits until a version is rolled back, quarantined and reverted in git.
    func rolledBack(_ version: Version, to good: String, since before: String) async throws {
        try await timeline.step("the judge rolls \(version.name) back, traffic first") {
            let message = try await admin.wait("the roll-back", .seconds(240)) { seen in
                guard let rollout = try await rollout() else { return nil as String? }
                let status = rollout["status"]
                seen = "\(status?["phase"]?.stringValue ?? "") \(status?["message"]?.stringValue ?? "")"
                if status?["stableRS"]?.stringValue == status?["currentPodHash"]?.stringValue,
                    rollout["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue?
                        .hasSuffix(version.digest) == true
                {
                    throw DemoFailure("\(version.name) was promoted to everybody")
                }
                let rollbacks = try await admin.objects(Rollback.resource, in: Self.namespace("production"))
                let own = rollbacks.first { rollback in
                    (rollback["spec", "images"]?.arrayValue ?? []).contains {
                        $0.stringValue?.hasSuffix(version.digest) == true
                    }
                }
                return own.map { $0["spec", "reason"]?.stringValue ?? $0.metadata.name }
            }
            return ((), "\(message); \(try await verdicts())")
        }
        try await timeline.step("the digest of \(version.name) is quarantined") {
            let status = try await admin.wait("the quarantine", .seconds(60)) { _ in
                let status = try await admin.object(.releases, version.release)?["status"]
                return status?["phase"]?.stringValue == "Quarantined" ? status : nil
            }
            return (
                (),
                "release \(version.release): \(status["message"]?.stringValue ?? status["reason"]?.stringValue ?? "")"
            )
        }
        try await timeline.step("git is back on the version before, and the cluster agrees") {
            let file = "services/orders/overlays/production/kustomization.yaml"
            let digest = String(good.split(separator: "@").last ?? "")
            let head = try await admin.wait("the revert in git", .seconds(60)) { seen in
                let head = try await config.main()
                seen = head.message
                guard head.commit != before, try await config.fetched(file).contains(digest) else {
                    return nil as (commit: String, message: String)?
                }
                return head
            }
            _ = try await admin.wait("production on the version before", .seconds(120)) { seen in
                seen = try await image(in: "production")
                let isHealthy = try await rollout()?["status", "phase"]?.stringValue == "Healthy"
                return seen.hasSuffix(digest) && isHealthy ? true : nil
            }
            let title = head.message.split(whereSeparator: \.isNewline).first ?? ""
            return ((), "config \(head.commit.prefix(12)): \(title)")
        }
    }
}
