import KubeModel
import Manifest
import Rollouts
import Testing

/// Versions whose pods need longer than the deadline, and those that never come.
@Suite struct DeadlineScenarioTests {
    @Test func `a canary that was late goes on as soon as it is there`() async throws {
        let rollout = Scenario.rollout(
            Scenario.canary("setWeight: 20", "pause: {}"), replicas: 3,
            spec: "revisionHistoryLimit: 2\nprogressDeadlineSeconds: 5")
        try await Scenario.play(rollout, startsPods: false) { play in
            try await play.reach("Progressing", pods: [1: 3])
            play.pass(7)
            try await play.reach("Degraded")
            try await play.markReady(1, 3)
            try await play.reach("Healthy") { $0.counts[1] == 3 }
            try await play.update(2)
            try await play.reach("Progressing", pods: [2: 1])
            play.pass(7)
            try await play.reach("Degraded")
            try await play.markReady(2, 1)
            try await play.reach("Paused", pods: [1: 3, 2: 1])
            try await play.order(.promote)
            try await play.reach("Progressing", step: 2)
            play.pass(7)
            try await play.reach("Degraded")
            play.nodes.startPods(true)
            try await play.reach("Healthy", pods: [1: 0, 2: 3])
        }
    }

    @Test(arguments: [true, false])
    func `a preview that was late is promoted as soon as it is there`(isAutomatic: Bool) async throws {
        let rollout = Scenario.rollout(
            Scenario.blueGreen("autoPromotionEnabled: \(isAutomatic)"),
            spec: "revisionHistoryLimit: 2\nprogressDeadlineSeconds: 5")
        try await Scenario.play(Scenario.service("web-active"), rollout, startsPods: false) { play in
            try await play.reach("Progressing", pods: [1: 1])
            play.pass(7)
            try await play.reach("Degraded")
            try await play.markReady(1, 1)
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Progressing", pods: [2: 1])
            play.pass(7)
            try await play.reach("Degraded")
            try await play.markReady(2, 1)
            if !isAutomatic {
                try await play.reach("Paused")
                try await play.order(.promote)
            }
            let done = try await play.reach("Healthy")
            #expect(done.revision(behind: "web-active") == 2)
        }
    }

    @Test func `a preview that is paused for longer than the deadline is not late`() async throws {
        let rollout = Scenario.rollout(
            Scenario.blueGreen("previewReplicaCount: 1\nautoPromotionEnabled: false"), replicas: 2,
            spec: "progressDeadlineSeconds: 1")
        try await Scenario.play(Scenario.service("web-active"), rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused") { $0.counts == [2, 3, 1, 2, 2] }
            play.pass(5)
            try await play.reach("Paused") { $0.counts == [2, 3, 1, 2, 2] }
            try await play.order(.promoteFully)
            try await play.reach("Healthy") { $0.counts == [2, 4, 2, 2, 2] }
        }
    }

    @Test func `pods that wait for their end make nobody late`() async throws {
        let rollout = Scenario.rollout(Scenario.routed(more: "scaleDownDelayRevisionLimit: 1"))
        try await Scenario.play(Scenario.routing, rollout) { play in
            try await play.reach("Healthy")
            try await play.change("spec: {progressDeadlineSeconds: 5}")
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Healthy", pods: [1: 1, 2: 1]) { $0.hasScaleDownDeadline(1) }
            play.pass(10)
            try await play.reach("Healthy", pods: [1: 1, 2: 1])
        }
    }

    @Test func `a missed deadline aborts only where that is asked for`() async throws {
        let rollout = Scenario.rollout(Scenario.blueGreen("abortScaleDownDelaySeconds: 2"))
        let broken =
            "template: {spec: {containers: [{name: web, image: \"\(SimulatedNodes.broken)\"}]}}"
        try await Scenario.play(Scenario.service("web-active"), rollout) { play in
            try await play.reach("Healthy")
            try await play.change(
                "spec: {progressDeadlineAbort: false, progressDeadlineSeconds: 1, \(broken)}")
            try await play.reach("Progressing", pods: [2: 1])
            play.pass(3)
            let late = try await play.reach("Degraded", pods: [2: 1])
            #expect(late.status["abort"] == nil)
            play.pass(3)
            try await play.reach("Degraded", pods: [2: 1])
            try await play.change("spec: {progressDeadlineAbort: true}")
            let aborted = try await play.reach("Degraded") { $0.status["abort"] == true }
            // Available, Progressing, Healthy and Completed; nothing else is to be said.
            #expect(aborted.status["conditions"]?.arrayValue?.count == 4)
            play.pass(3)
            try await play.reach("Degraded", pods: [2: 0])
        }
    }
}
