import KubeClient
import KubeModel
import Manifest

extension DemoStage {
    private static let waitsForApproval = "AwaitingApproval"

    /// Waits until a version waits for an approval.
    func waitsForApproval(_ version: Version) async throws {
        try await timeline.step("\(version.name) waits for an approval for production") {
            let reason = try await admin.wait("the wait for an approval", .seconds(240)) { seen in
                let status = try await promotion(version, "production")?["status"]
                seen = "\(status?["phase"]?.stringValue ?? "no promotion yet") \(Self.reason(status))"
                return Self.waits(status) ? Self.reason(status) : nil
            }
            return ((), reason)
        }
    }

    private static func waits(_ status: Value?) -> Bool {
        status?["phase"]?.stringValue == PromotionStatus.Phase.waiting.rawValue
            && status?["blocker", "reason"]?.stringValue == waitsForApproval
    }

    /// Has the author approve her own version, as she may, and sees that it waits as before.
    func ownApproval(_ version: Version) async throws {
        try await timeline.step("alice's approval of her own \(version.name) does not count") {
            try await approve(version, as: alice, "alice")
            let reason = try await admin.wait("the answer to alice's approval", .seconds(60)) { seen in
                let status = try await promotion(version, "production")?["status"]
                let phase = status?["phase"]?.stringValue ?? "no promotion"
                seen = "\(phase) \(Self.reason(status))"
                guard phase == PromotionStatus.Phase.waiting.rawValue else {
                    throw DemoFailure("its author's approval let \(version.name) go: \(seen)")
                }
                let isAnswered = Self.reason(status).contains("alice wrote it")
                return isAnswered && Self.waits(status) ? Self.reason(status) : nil
            }
            return ((), reason)
        }
    }

    /// Has bob, who did not write it, approve a version that waits for that.
    func approved(_ version: Version) async throws {
        try await timeline.step("bob approves \(version.name)") {
            try await approve(version, as: bob, "bob")
            let status = try await admin.wait("the commit of the promotion", .seconds(60)) { seen in
                let status = try await promotion(version, "production")?["status"]
                seen = "\(status?["phase"]?.stringValue ?? "") \(Self.reason(status))"
                return status?["configCommit"]?.stringValue == nil ? nil : status
            }
            let commit = status["configCommit"]?.stringValue ?? ""
            let trailers = try await config.trailers(
                of: commit, digest: version.digest, environment: "production")
            let approvers = trailers["Approved-by", default: []].compactMap { $0.split(separator: " ").first }
            guard approvers == ["bob"] else {
                throw DemoFailure("config \(commit) is approved by \(approvers), not by bob alone")
            }
            return (
                (), "config \(commit.prefix(12)), rule \(status["rule"]?.stringValue ?? ""), approved by bob"
            )
        }
    }

    private func approve(_ version: Version, as user: DemoCluster, _ name: String) async throws {
        let spec = ApprovalSpec(
            service: Self.service, environment: "production", digest: version.digest, decision: .approve)
        var approval = try spec.object(namespace: user.namespace)
        // By a name of its own, so that it is made once where it is asked for again.
        approval.metadata.name = "orders-production-\(name)-\(version.digest.suffix(12))"
        approval["metadata", "generateName"] = nil
        try await user.create(.approvals, approval)
    }
}
