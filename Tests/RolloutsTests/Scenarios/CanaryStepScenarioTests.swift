import KubeModel
import Manifest
import Rollouts
import Testing

/// Canaries whose steps people steer, as Argo Rollouts' functional tests play them.
@Suite struct CanaryStepScenarioTests {
    @Test func `an aborted update is retried from its first step and promotes itself`() async throws {
        let canary = Scenario.canary("setWeight: 50", "pause: {duration: 3s}")
        try await Scenario.play(Scenario.rollout(canary)) { play in
            try await play.reach("Healthy", pods: [1: 1])
            try await play.update(2)
            try await play.reach("Paused", pods: [1: 1, 2: 1], step: 1)
            try await play.order(.abort)
            try await play.reach("Degraded", pods: [1: 1, 2: 0], step: 0)
            try await play.order(.retry)
            try await play.reach("Paused", pods: [1: 1, 2: 1], step: 1)
            play.pass(3)
            try await play.reach("Healthy", pods: [1: 0, 2: 1], step: 2)
            try await play.expectEvents([
                "RolloutUpdated": 2, "NewReplicaSetCreated": 2, "ScalingReplicaSet": 5, "RolloutCompleted": 2,
                "RolloutStepCompleted": 3, "RolloutPaused": 2, "RolloutAborted": 1, "RolloutResumed": 1,
            ])
        }
    }

    @Test func `promote ends a pause, then skips an analysis, and promote fully ends an abort`() async throws
    {
        let canary = Scenario.canary(
            "pause: {duration: 24h}", "analysis: \(Scenario.analysis(["seconds": "86400"]))", "pause: {}",
            "analysis: \(Scenario.analysis())",
            more: "analysis: {templates: [{templateName: task}], startingStep: 4}")
        try await Scenario.play(Scenario.task, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", step: 0)
            try await play.order(.promote)
            let judged = try await play.reach("Progressing", step: 1) { $0.runPhases("Step") == ["Running"] }
            #expect(judged.runs.count == 1)
            try await play.order(.promote)
            try await play.reach("Paused", step: 2)
            try await play.order(.abort)
            try await play.reach("Degraded")
            try await play.order(.promoteFully)
            let done = try await play.reach("Healthy", step: 4)
            // Neither the last step's analysis nor the one beside all steps has been asked.
            #expect(done.runs.count == 1)
        }
    }

    @Test func `a canary has the pods it was given, whatever its weight`() async throws {
        let canary = Scenario.routed(
            "pause: {}", "setCanaryScale: {weight: 25}", "pause: {duration: 100s}", "setWeight: 50",
            "pause: {duration: 10s}", "setCanaryScale: {replicas: 3}", "pause: {}",
            "setCanaryScale: {matchTrafficWeight: true}", "pause: {duration: 5s}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary, replicas: 4)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            for (step, pods) in [(0, 0), (2, 1), (4, 1), (6, 3), (8, 2)] {
                if step > 0 { try await play.order(.promote) }
                try await play.reach("Paused", step: step, "with \(pods) and 4 pods") {
                    $0.canaryAndStable == [pods, 4]
                }
            }
            try await play.order(.promote)
            try await play.reach("Healthy") { $0.canaryAndStable == [4, 4] }
        }
    }

    @Test func `an update in the middle of a pause starts again with the newest version`() async throws {
        let canary = Scenario.canary(
            "setWeight: 20", "pause: {}", more: "stableService: web-stable\ncanaryService: web-canary")
        let rollout = Scenario.rollout(
            canary, replicas: 3, spec: "revisionHistoryLimit: 3\nprogressDeadlineSeconds: 5")
        try await Scenario.play(Scenario.routing, rollout) { play in
            try await play.reach("Healthy", pods: [1: 3])
            try await play.update(2)
            try await play.reach("Paused", pods: [1: 3, 2: 1])
            try await play.update(3)
            try await play.reach("Paused", pods: [1: 3, 2: 0, 3: 1])
        }
    }

    @Test func `a pause may be longer than the deadline`() async throws {
        let canary = Scenario.canary("setWeight: 32", "pause: {duration: 30s}", "setWeight: 67")
        let rollout = Scenario.rollout(canary, replicas: 3, spec: "progressDeadlineSeconds: 5")
        try await Scenario.play(rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", step: 1)
            play.pass(15)
            try await play.reach("Paused", step: 1)
            play.pass(15)
            try await play.reach("Healthy", pods: [1: 0, 2: 3])
        }
    }

    @Test func `a template and a number of pods may change at once`() async throws {
        let canary = Scenario.canary(
            "setWeight: 10", "pause: {duration: 10s}", "setWeight: 20", "pause: {duration: 5s}")
        try await Scenario.play(Scenario.rollout(canary, replicas: 2)) { play in
            try await play.reach("Healthy", pods: [1: 2])
            try await play.update(2, "spec: {replicas: 3}")
            try await play.reach("Paused", step: 1)
            try await play.update(3, "spec: {replicas: 4}")
            try await play.reach("Paused", step: 1)
            play.pass(10)
            try await play.reach("Paused", step: 3)
            play.pass(5)
            try await play.reach("Healthy") { $0.counts == [4, 4, 4, 4, 4] }
        }
    }

    @Test func `a template that was missing is found when it comes`() async throws {
        let canary = "canary: {analysis: {templates: [{templateName: task}]}}"
        try await Scenario.play(Scenario.rollout(canary, replicas: 0)) { play in
            let invalid = try await play.reach("Degraded")
            #expect(invalid.message.contains("AnalysisTemplate 'task' not found"))
            try await play.apply(Scenario.task)
            let healthy = try await play.reach("Healthy")
            #expect(healthy.condition("InvalidSpec") == nil)
        }
    }

    @Test func `a restart of a version that missed no deadline is no failure`() async throws {
        let rollout = Scenario.rollout(
            Scenario.canary("setWeight: 20"), replicas: 2,
            spec: "progressDeadlineAbort: true\nprogressDeadlineSeconds: 15")
        try await Scenario.play(rollout) { play in
            try await play.reach("Healthy", pods: [1: 2])
            play.pass(16)
            try await play.order(.restart(play.clock.date))
            // Argo Rollouts replaces the pods in place; here a new revision does, under the same bounds.
            try await play.reach("Healthy", pods: [1: 0, 2: 2])
        }
    }

    @Test func `a rollout that is held and not updated only says that it is held`() async throws {
        let rollout = Scenario.rollout(
            Scenario.canary("setWeight: 20"), replicas: 3,
            spec: "revisionHistoryLimit: 2\nprogressDeadlineSeconds: 5")
        try await Scenario.play(rollout, startsPods: false) { play in
            try await play.reach("Progressing", pods: [1: 3])
            play.pass(7)
            try await play.reach("Degraded")
            try await play.markReady(1, 3)
            try await play.reach("Healthy")
            try await play.change("spec: {paused: true}")
            let held = try await play.reach("Paused")
            #expect(held.message == "manually paused")
            #expect(held.condition("Progressing")?.reason != "RolloutPaused")
        }
    }
}
