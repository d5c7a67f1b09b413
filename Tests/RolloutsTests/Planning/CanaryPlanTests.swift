import KubeModel
import Manifest
import Testing

@testable import Rollouts

@Suite struct CanaryPlanTests {
    static func basic(_ steps: Value, replicas: Int64 = 4, extra: Value = .emptyObject) -> Value {
        var canary: Value = ["steps": steps]
        for pair in extra.objectValue ?? [:] { canary[pair.key] = pair.value }
        return [
            "replicas": .integer(replicas), "selector": ["matchLabels": ["app": "web"]],
            "template": ["metadata": ["labels": ["app": "web"]]], "strategy": ["canary": canary],
        ]
    }

    static func routed(_ steps: Value, replicas: Int64 = 4, extra: Value = .emptyObject) -> Value {
        var spec = basic(steps, replicas: replicas, extra: extra)
        spec["strategy", "canary", "canaryService"] = "web-canary"
        spec["strategy", "canary", "stableService"] = "web-stable"
        spec["strategy", "canary", "trafficRouting"] = ["gatewayAPI": ["httpRoute": "web"]]
        return spec
    }

    static func healthy(_ spec: Value) throws -> SimulatedRollout {
        var rollout = SimulatedRollout(spec)
        try rollout.rest()
        try #require(rollout.status.phase == .healthy)
        return rollout
    }

    @Test func `a first version is promoted without its steps`() throws {
        let rollout = try Self.healthy(Self.basic([["setWeight": 25], ["pause": [:]]]))
        #expect(rollout.status.stableHash == "v1")
        #expect(rollout.status.currentStepIndex == 2)
        #expect(rollout.set("v1")?.wanted == 4)
        #expect(rollout.status.conditions[.healthy]?.status == .isTrue)
        #expect(rollout.status.conditions[.progressing]?.reason == "NewReplicaSetAvailable")
    }

    @Test
    func `a full promotion with more canary pods than the rollout is to have sends all traffic, not more`()
        throws
    {
        var rollout = try Self.healthy(
            Self.routed(
                [["setCanaryScale": ["replicas": 6]], ["pause": [:]]], replicas: 1,
                extra: ["dynamicStableScale": true]))
        rollout.update()
        try rollout.rest()
        #expect(rollout.available("v2") == 6)
        rollout.status.promotesFully = true
        rollout.pass()
        let weights = try #require(rollout.status.weights)
        #expect(weights.canary.weight == 100 && weights.stable.weight == 0)
        try rollout.rest()
        #expect(rollout.status.phase == .healthy && rollout.status.stableHash == "v2")
    }

    @Test func `nothing is made in place of what is being deleted, and only its end is waited for`() throws {
        var rollout = try Self.healthy(Self.basic([["setWeight": 25], ["pause": [:]]]))
        rollout.update()
        var snapshot = rollout.snapshot
        snapshot.goingHashes = ["v2"]
        let plan = RolloutPlanner.plan(snapshot)
        #expect(plan.actions.isEmpty && plan.wakeAfter == nil)
        #expect(plan.status.phase == .progressing)
        #expect(plan.status.message.contains("\"web-v2\" is being deleted"))
    }

    @Test func `an update waits at an indefinite pause with the pods of its weight`() throws {
        var rollout = try Self.healthy(Self.basic([["setWeight": 25], ["pause": [:]]]))
        rollout.update()
        try rollout.rest()
        #expect(rollout.status.phase == .paused)
        #expect(rollout.status.message == "CanaryPauseStep")
        #expect(rollout.status.currentStepIndex == 1)
        #expect((rollout.set("v2")?.wanted, rollout.set("v1")?.wanted) == (1, 3))
        rollout.promote()
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
        #expect(rollout.status.stableHash == "v2")
        #expect((rollout.set("v2")?.wanted, rollout.set("v1")?.wanted) == (4, 0))
    }

    @Test func `a pause with a duration ends by itself`() throws {
        var rollout = try Self.healthy(Self.basic([["setWeight": 50], ["pause": ["duration": "1m"]]]))
        let start = rollout.now
        rollout.update()
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
        #expect(rollout.now.duration(since: start) >= .seconds(60))
    }

    @Test func `traffic moves only when pods are there and is verified before the step ends`() throws {
        var rollout = try Self.healthy(Self.routed([["setWeight": 25], ["pause": [:]], ["setWeight": 50]]))
        rollout.startsPods = false
        rollout.update()
        rollout.settle(upTo: 12)
        #expect(rollout.set("v2")?.wanted == 1)
        #expect(rollout.weight == 0)
        rollout.startAllPods()
        rollout.startsPods = true
        try rollout.rest()
        #expect(rollout.weight == 25)
        #expect(rollout.status.weights?.isVerified == true)
        #expect(rollout.status.currentStepIndex == 1)
        #expect(rollout.services["web-canary"] == "v2")
        rollout.promote()
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
        #expect(rollout.weight == 0)
        #expect(rollout.services["web-stable"] == "v2")
        #expect((rollout.set("v2")?.wanted, rollout.set("v1")?.wanted) == (4, 0))
    }

    @Test func `an abort takes traffic back at once and pods after their delay`() throws {
        var rollout = try Self.healthy(Self.routed([["setWeight": 50], ["pause": [:]]]))
        rollout.update()
        try rollout.rest()
        #expect(rollout.weight == 50)
        rollout.status.isAborted = true
        rollout.pass()
        #expect(rollout.weight == 0)
        #expect(rollout.set("v2")?.wanted == 2)
        try rollout.rest()
        #expect(rollout.status.phase == .degraded)
        #expect(rollout.status.message.hasPrefix("RolloutAborted: Rollout aborted update to revision 2"))
        #expect(rollout.status.stableHash == "v1")
        #expect((rollout.set("v2")?.wanted, rollout.set("v1")?.wanted) == (0, 4))
        rollout.status.isAborted = false
        try rollout.rest()
        #expect(rollout.status.phase == .paused)
        #expect(rollout.weight == 50)
    }

    @Test func `an abort delay of zero keeps the pods`() throws {
        var rollout = try Self.healthy(
            Self.routed([["setWeight": 50], ["pause": [:]]], extra: ["abortScaleDownDelaySeconds": 0]))
        rollout.update()
        try rollout.rest()
        rollout.status.isAborted = true
        try rollout.rest()
        #expect(rollout.set("v2")?.wanted == 2)
        #expect(rollout.weight == 0)
    }

    @Test func `a failed analysis aborts and quarantines the version`() throws {
        var rollout = try Self.healthy(
            Self.routed([["setWeight": 50], ["analysis": ["templates": [["templateName": "errors"]]]]]))
        rollout.update()
        rollout.settle(upTo: 60)
        #expect(rollout.runs.map(\.phase) == ["Running"])
        rollout.runs[0].message = "Metric \"errors\" assessed Failed due to failed (1) > failureLimit (0)"
        rollout.answer("Failed", of: .step)
        try rollout.rest()
        #expect(rollout.status.phase == .degraded)
        #expect(rollout.status.message.contains("Step-based analysis phase error/failed: Metric \"errors\""))
        #expect(rollout.quarantined == ["v2"])
        #expect(rollout.weight == 0)
    }

    @Test
    func `a version that failed its analysis is judged again although it is within the rollback window`()
        throws
    {
        var spec = Self.basic([["setWeight": 50], ["analysis": ["templates": [["templateName": "errors"]]]]])
        spec["rollbackWindow", "revisions"] = 3
        var rollout = try Self.healthy(spec)
        rollout.update()
        rollout.settle(upTo: 60)
        rollout.answer("Failed", of: .step)
        try rollout.rest()
        #expect(rollout.status.phase == .degraded && rollout.set("v2")?.isRejected == true)
        rollout.update()
        rollout.settle(upTo: 60)
        rollout.answer("Successful", of: .step)
        try rollout.rest()
        #expect(rollout.status.stableHash == "v3" && rollout.set("v3")?.isRejected == false)

        rollout.version = 2
        rollout.generation += 1
        rollout.settle(upTo: 60)
        #expect(rollout.runs.count == 3 && rollout.status.stableHash == "v3")
        // What passes then has passed.
        rollout.answer("Successful", of: .step)
        try rollout.rest()
        #expect(rollout.status.stableHash == "v2" && rollout.set("v2")?.isRejected == false)
        rollout.version = 1
        rollout.generation += 1
        try rollout.rest()
        #expect(rollout.runs.count == 3 && rollout.status.stableHash == "v1")
    }

    @Test func `an inconclusive analysis pauses with its reason and a resumption measures again`() throws {
        var rollout = try Self.healthy(
            Self.basic([["setWeight": 50], ["analysis": ["templates": [["templateName": "errors"]]]]]))
        rollout.update()
        rollout.settle(upTo: 60)
        rollout.answer("Inconclusive", of: .step)
        rollout.settle(upTo: 20)
        #expect(rollout.status.message == "InconclusiveAnalysisRun")
        rollout.promote()
        rollout.settle(upTo: 20)
        #expect(rollout.runs.count == 2)
        // Who resumed has not resumed after the next one.
        rollout.answer("Inconclusive", of: .step)
        rollout.settle(upTo: 20)
        #expect(rollout.runs.count == 2)
        #expect(rollout.status.message == "InconclusiveAnalysisRun")
        rollout.promote()
        rollout.settle(upTo: 20)
        #expect(rollout.runs.count == 3)
        rollout.answer("Successful", of: .step)
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
    }

    @Test func `going back to the stable version skips the steps`() throws {
        var rollout = try Self.healthy(Self.basic([["setWeight": 25], ["pause": [:]]]))
        rollout.update()
        try rollout.rest()
        rollout.version = 1
        rollout.generation += 1
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
        #expect(rollout.status.currentStepIndex == 2)
        #expect(rollout.set("v1")?.revision == 3)
        #expect((rollout.set("v2")?.wanted, rollout.set("v1")?.wanted) == (0, 4))
    }

    @Test func `a full promotion skips pauses`() throws {
        var rollout = try Self.healthy(
            Self.routed([["setWeight": 25], ["pause": [:]], ["setWeight": 50], ["pause": [:]]]))
        rollout.update()
        try rollout.rest()
        rollout.status.promotesFully = true
        try rollout.rest()
        #expect(rollout.status.phase == .healthy)
        #expect(rollout.status.stableHash == "v2")
    }

    /// What can befall pods, for both versions alike.
    static let mishaps: [@Sendable (inout SimulatedRollout.Pod, Timestamp) -> Void] = [
        { pod, _ in
            pod.isAvailable = false
            pod.failures = 3
        },
        { pod, now in
            pod.isAvailable = false
            pod.unreadySince = now
        },
    ]

    @Test(arguments: mishaps.indices)
    func `what befalls the pods of both versions is no version's fault`(mishap: Int) throws {
        var rollout = try Self.healthy(Self.routed([["setWeight": 50], ["pause": [:]]]))
        rollout.update()
        try rollout.rest()
        rollout.startsPods = false
        for name in rollout.pods.keys {
            var own = rollout.pods[name] ?? []
            for place in own.indices { Self.mishaps[mishap](&own[place], rollout.now) }
            rollout.pods[name] = own
        }
        rollout.now = rollout.now.advanced(by: .seconds(30))
        rollout.pass()
        #expect(!rollout.status.isAborted)
        #expect(rollout.quarantined.isEmpty)
        // Once the stable version is well again, the other has to be too.
        let stable = "web-\(rollout.status.stableHash)"
        for place in rollout.pods[stable]?.indices ?? 0..<0 {
            rollout.pods[stable]?[place].isAvailable = true
            rollout.pods[stable]?[place].failures = 0
            rollout.pods[stable]?[place].unreadySince = nil
        }
        rollout.pass()
        #expect(rollout.status.isAborted)
        #expect(rollout.weight == 0)
        #expect(rollout.quarantined == [rollout.hash])
    }

    @Test func `a crash loop of the new version rolls back without waiting for the deadline`() throws {
        var rollout = try Self.healthy(Self.routed([["setWeight": 25], ["pause": [:]]]))
        rollout.startsPods = false
        rollout.update()
        rollout.settle(upTo: 12)
        rollout.pods["web-v2"]?[0].failures = 2
        try rollout.rest()
        #expect(rollout.status.phase == .degraded)
        #expect(rollout.status.conditions[.progressing]?.message.contains("crashes: 2 times") == true)
        #expect(rollout.quarantined == ["v2"])
    }

    @Test func `an unscheduled update is stuck after its deadline, and aborted where that is asked for`()
        throws
    {
        for aborts in [false, true] {
            var spec = Self.routed([["setWeight": 25]])
            spec["progressDeadlineSeconds"] = 60
            spec["progressDeadlineAbort"] = .bool(aborts)
            var rollout = try Self.healthy(spec)
            rollout.startsPods = false
            rollout.update()
            rollout.settle(upTo: 60)
            #expect(rollout.status.phase == .degraded)
            #expect(rollout.status.isAborted == aborts)
            #expect(
                rollout.status.conditions[.progressing]?.reason
                    == (aborts ? "RolloutAborted" : "ProgressDeadlineExceeded"))
        }
    }

    @Test func `a third version drops the second at once`() throws {
        var rollout = try Self.healthy(Self.routed([["setWeight": 50], ["pause": [:]]]))
        rollout.update()
        try rollout.rest()
        rollout.update()
        try rollout.rest()
        #expect(rollout.set("v2")?.wanted == 0)
        #expect(rollout.set("v3")?.wanted == 2)
        #expect(rollout.services["web-canary"] == "v3")
    }

    @Test func `stable pods make room where that is asked for, and grow back first on an abort`() throws {
        var rollout = try Self.healthy(
            Self.routed([["setWeight": 50], ["pause": [:]]], extra: ["dynamicStableScale": true]))
        rollout.update()
        try rollout.rest()
        #expect((rollout.set("v2")?.wanted, rollout.set("v1")?.wanted) == (2, 2))
        rollout.status.isAborted = true
        rollout.startsPods = false
        rollout.settle(upTo: 5)
        #expect(rollout.weight == 50)
        #expect(rollout.set("v1")?.wanted == 4)
        rollout.startsPods = true
        try rollout.rest()
        #expect(rollout.weight == 0)
        #expect((rollout.set("v2")?.wanted, rollout.set("v1")?.wanted) == (0, 4))
    }
}
