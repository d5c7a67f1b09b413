import KubeClient
import KubeModel
import Manifest
import Rollouts

extension DemoStage {
    /// The shares of production's canary, as the overlay has them.
    private static let shares = [5, 25, 50]

    /// Waits until production's canary has answered somebody.
    func firstRequest(_ version: Version) async throws {
        let requests = RouterCounts(url: "http://\(listen.metrics.local)/metrics")
        try await timeline.step("the canary of \(version.name) answers its first request") {
            let (hash, count) = try await admin.wait("a request to the canary", .seconds(120)) { seen in
                guard let rollout = try await rollout("production"),
                    Self.image(of: rollout).hasSuffix(version.digest),
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

    /// The version of production's route, which all that is done to it afterwards is newer than.
    func routeVersion() async throws -> UInt64 {
        let route = try await admin.object(
            GatewayAPI.httpRoutes.resource, Self.service, in: Self.namespace("production"))
        guard let route, let version = ProductionHistory.version(of: route) else {
            throw DemoFailure("production has no HTTPRoute \(Self.service)")
        }
        return version
    }

    /// What happened to production's traffic up to now.
    func history(with rollback: String? = nil) async throws -> ProductionHistory {
        let present = try await routeVersion()
        return try await admin.wait("the history of production's route", .seconds(60)) { seen in
            let history = witness.history
            seen = "version \(history.routeVersion) of \(present)"
            let isThere = rollback.map { history.rollbacks[$0] != nil } ?? true
            return history.routeVersion >= present && isThere ? history : nil
        }
    }

    /// Follows the canary to its end.
    ///
    /// - Parameter begin: the route's version before it.
    func promotedByJudge(_ version: Version, since begin: UInt64) async throws {
        try await timeline.step("the judge promotes \(version.name) to everybody") {
            var weight = 0
            let hash = try await admin.wait("the end of the canary", .seconds(240)) { seen in
                guard let rollout = try await rollout("production") else { return nil as String? }
                let status = rollout["status"]
                if status?["abort"]?.boolValue == true {
                    throw DemoFailure("\(version.name) was rolled back: \(status?["message"] ?? "")")
                }
                let present = Int(status?["canary", "weights", "canary", "weight"]?.integerValue ?? 0)
                if present > 0, present != weight { timeline.say("\(present) %") }
                weight = present
                seen = "weight \(present), \(Self.state(of: rollout))"
                let hash = status?["currentPodHash"]?.stringValue
                let isWhole = hash == status?["stableRS"]?.stringValue
                return isWhole && status?["phase"]?.stringValue == "Healthy" ? hash : nil
            }
            let runs = try await admin.objects(Analysis.runs, in: Self.namespace("production"))
            let verdict = try JudgeProof.promoted(runs, hash: hash, steps: Self.shares.count)
            let weights = try await history().promotion(by: Self.shares, after: begin)
            let answers = try await answering(version)
            return (
                (), "\(weights.map { "\($0)" }.joined(separator: ", ")) %, then all: \(answers); \(verdict)"
            )
        }
    }

    static func state(of rollout: Value) -> String {
        let status = rollout["status"]
        return "\(status?["phase"]?.stringValue ?? "") \(status?["message"]?.stringValue ?? "")"
    }
}
