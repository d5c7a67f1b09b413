import KubeModel
import Manifest
import Testing

@testable import Rollouts

/// Pods of the stable version beside a canary, to compare it with.
@Suite struct FreshBaselineTests {
    static func rollout(_ steps: Value, replicas: Int64 = 4) throws -> SimulatedRollout {
        var spec = CanaryPlanTests.routed(steps, replicas: replicas)
        spec["strategy", "canary", "trafficRouting", "gatewayAPI", "baselineService"] = "web-baseline"
        var rollout = try CanaryPlanTests.healthy(spec)
        rollout.wantsFreshBaseline = true
        return rollout
    }

    @Test func `a baseline has the canary's size and weight, and is no version`() throws {
        var rollout = try Self.rollout([["setWeight": 25], ["pause": [:]], ["setWeight": 75], ["pause": [:]]])
        rollout.update()
        try rollout.rest()
        #expect((rollout.weight, rollout.baselineWeight) == (25, 25))
        #expect(rollout.baselines.map(\.wanted) == [1])
        #expect(rollout.services["web-baseline"] == "v2-baseline")
        #expect(rollout.status.weights?.stable.weight == 50)
        #expect(rollout.status.weights?.baseline?.podTemplateHash == "v2-baseline")
        #expect((rollout.status.stableHash, rollout.status.replicas) == ("v1", 5))
        #expect(rollout.set("v1")?.wanted == 4)
        rollout.promote()
        try rollout.rest()
        // Of more than half of all requests the canary leaves no more.
        #expect((rollout.weight, rollout.baselineWeight) == (75, 25))
        #expect(rollout.baselines.map(\.wanted) == [3])
        rollout.promote()
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
        #expect((rollout.status.stableHash, rollout.baselines, rollout.baselineWeight) == ("v2", [], 0))
    }

    @Test func `a step waits for the baseline's pods, and says so`() throws {
        var rollout = try Self.rollout([["setWeight": 50], ["pause": [:]]])
        rollout.update()
        for _ in 0..<8 { rollout.pass() }
        for place in (rollout.pods["web-v2"] ?? []).indices {
            rollout.pods["web-v2"]?[place].isAvailable = true
        }
        for _ in 0..<8 {
            rollout.pass()
            rollout.acknowledge()
        }
        #expect((rollout.weight, rollout.baselineWeight, rollout.status.currentStepIndex) == (50, 0, 0))
        #expect(rollout.status.message == "pods of the fresh baseline are still becoming available")
        rollout.startAllPods()
        try rollout.rest()
        #expect((rollout.weight, rollout.baselineWeight, rollout.status.currentStepIndex) == (50, 50, 1))
    }

    @Test func `an abort takes the traffic back before the baseline's pods go`() throws {
        var rollout = try Self.rollout([["setWeight": 50], ["pause": [:]]])
        rollout.update()
        try rollout.rest()
        rollout.status.isAborted = true
        rollout.pass()
        #expect((rollout.weight, rollout.baselineWeight, rollout.baselines.count) == (0, 0, 1))
        // The router has not taken it up yet.
        rollout.pass()
        #expect(rollout.baselines.map(\.wanted) == [2])
        try rollout.rest()
        #expect(rollout.baselines == [])
        #expect(rollout.status.stableHash == "v1")
        rollout.status.isAborted = false
        try rollout.rest()
        #expect((rollout.weight, rollout.baselineWeight, rollout.baselines.map(\.wanted)) == (50, 50, [2]))
    }

    @Test func `each update has a baseline of its own`() throws {
        var rollout = try Self.rollout([["setWeight": 50], ["pause": [:]]])
        rollout.update()
        try rollout.rest()
        rollout.update()
        try rollout.rest()
        #expect(rollout.baselines.map(\.hash) == ["v3-baseline"])
        #expect(rollout.services["web-baseline"] == "v3-baseline")
        #expect((rollout.weight, rollout.baselineWeight) == (50, 50))
    }

    @Test func `a baseline whose pods fail gets no traffic, and the analysis compares with it alone`() throws
    {
        var rollout = try Self.rollout([
            ["setWeight": 50], ["analysis": ["templates": [["templateName": "checks"]]]],
        ])
        rollout.update()
        rollout.settle(upTo: 60)
        let plan = try #require(rollout.lastPlan)
        #expect(plan.status.stepRun != nil)
        let baseline = try #require(rollout.baselines.first)
        rollout.pods[baseline.name] = rollout.pods[baseline.name]?.map { _ in .init() }
        rollout.pass()
        #expect((rollout.weight, rollout.baselineWeight) == (50, 0))
    }
}
