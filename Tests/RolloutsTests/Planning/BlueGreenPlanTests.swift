import KubeModel
import Manifest
import Testing

@testable import Rollouts

@Suite struct BlueGreenPlanTests {
    static func spec(_ extra: Value = .emptyObject) -> Value {
        var blueGreen: Value = ["activeService": "web", "previewService": "web-preview"]
        for pair in extra.objectValue ?? [:] { blueGreen[pair.key] = pair.value }
        return [
            "replicas": 3, "selector": ["matchLabels": ["app": "web"]],
            "template": ["metadata": ["labels": ["app": "web"]]], "strategy": ["blueGreen": blueGreen],
        ]
    }

    static func healthy(_ spec: Value) throws -> SimulatedRollout {
        var rollout = SimulatedRollout(spec)
        try rollout.rest()
        try #require(rollout.status.phase == .healthy)
        return rollout
    }

    @Test func `the first version becomes active and stable`() throws {
        let rollout = try Self.healthy(Self.spec())
        #expect(rollout.services["web"] == "v1")
        #expect(rollout.services["web-preview"] == "v1")
        #expect(rollout.status.stableHash == "v1")
        #expect(rollout.status.activeHash == "v1")
    }

    @Test func `an update previews, switches at once and removes the old pods after their delay`() throws {
        var rollout = try Self.healthy(Self.spec())
        let start = rollout.now
        rollout.update()
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
        #expect(rollout.services["web"] == "v2")
        #expect((rollout.set("v2")?.wanted, rollout.set("v1")?.wanted) == (3, 0))
        #expect(rollout.now.duration(since: start) >= .seconds(30))
    }

    @Test func `without automatic promotion somebody has to promote`() throws {
        var rollout = try Self.healthy(Self.spec(["autoPromotionEnabled": false]))
        rollout.update()
        try rollout.rest()
        #expect(rollout.status.phase == .paused)
        #expect(rollout.status.message == "BlueGreenPause")
        #expect(rollout.services["web"] == "v1")
        #expect(rollout.services["web-preview"] == "v2")
        rollout.promote()
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
        #expect(rollout.services["web"] == "v2")
    }

    @Test func `automatic promotion waits its seconds`() throws {
        var rollout = try Self.healthy(Self.spec(["autoPromotionSeconds": 90]))
        let start = rollout.now
        rollout.update()
        rollout.passWithoutTime(8)
        #expect(rollout.services["web"] == "v1")
        try rollout.rest()
        #expect(rollout.services["web"] == "v2")
        #expect(rollout.now.duration(since: start) >= .seconds(90))
    }

    @Test func `a small preview grows once it is approved`() throws {
        var rollout = try Self.healthy(Self.spec(["autoPromotionEnabled": false, "previewReplicaCount": 1]))
        rollout.update()
        try rollout.rest()
        #expect(rollout.set("v2")?.wanted == 1)
        rollout.promote()
        try rollout.rest()
        #expect(rollout.set("v2")?.wanted == 3)
        #expect(rollout.status.phase == .healthy)
    }

    @Test func `a failed analysis before the switch aborts without touching users`() throws {
        var rollout = try Self.healthy(
            Self.spec(["prePromotionAnalysis": ["templates": [["templateName": "smoke"]]]]))
        rollout.update()
        rollout.settle(upTo: 20)
        #expect(rollout.runs.map(\.purpose) == [.prePromotion])
        rollout.answer("Failed", of: .prePromotion)
        try rollout.rest()
        #expect(rollout.status.phase == .degraded)
        #expect(rollout.services["web"] == "v1")
        #expect(rollout.quarantined == ["v2"])
        #expect(rollout.set("v2")?.wanted == 0)
    }

    @Test func `a failed analysis after the switch takes users back`() throws {
        var rollout = try Self.healthy(
            Self.spec(["postPromotionAnalysis": ["templates": [["templateName": "errors"]]]]))
        rollout.update()
        rollout.settle(upTo: 20)
        #expect(rollout.services["web"] == "v2")
        #expect(rollout.set("v1")?.wanted == 3)
        rollout.answer("Failed", of: .postPromotion)
        try rollout.rest()
        #expect(rollout.status.phase == .degraded)
        #expect(rollout.services["web"] == "v1")
        #expect(rollout.status.stableHash == "v1")
    }

    @Test func `going back within the scale-down delay skips the pause`() throws {
        var rollout = try Self.healthy(
            Self.spec(["autoPromotionEnabled": false, "scaleDownDelaySeconds": 3000]))
        rollout.update()
        try rollout.rest()
        rollout.promote()
        rollout.passWithoutTime(12)
        #expect(rollout.services["web"] == "v2")
        rollout.version = 1
        rollout.generation += 1
        rollout.passWithoutTime(12)
        #expect(rollout.services["web"] == "v1")
        #expect(rollout.status.stableHash == "v1")
    }

    /// A pass whose actions are done and whose status is lost, as where somebody else was faster to write.
    @Test(arguments: 0..<6)
    func `going back within the scale-down delay needs no analysis, whatever pass is interrupted`(
        place: Int
    ) throws {
        let analysis: Value = ["templates": [["templateName": "smoke"]]]
        var rollout = try Self.healthy(
            Self.spec([
                "prePromotionAnalysis": analysis, "postPromotionAnalysis": analysis,
                "scaleDownDelaySeconds": 3000,
            ]))
        rollout.update()
        for purpose in [RolloutSnapshot.Run.Purpose.prePromotion, .postPromotion] {
            rollout.passWithoutTime(12)
            rollout.answer("Successful", of: purpose)
        }
        rollout.passWithoutTime(12)
        #expect(rollout.status.stableHash == "v2")
        rollout.version = 1
        rollout.generation += 1
        rollout.passWithoutTime(place)
        rollout.pass(actions: .max)
        rollout.passWithoutTime(12)
        #expect(rollout.status.stableHash == "v1")
        #expect(rollout.status.phase == .healthy)
        #expect(rollout.runs.count == 2)
        #expect(rollout.set("v1")?.scaleDownDeadline == nil)
    }
}
