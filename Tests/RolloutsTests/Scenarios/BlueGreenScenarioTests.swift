import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// Blue-green updates as people see and steer them.
@Suite struct BlueGreenScenarioTests {
    private static let both =
        "\(Scenario.service("web-active"))\n---\n\(Scenario.service("web-preview"))"
    private static let previewed = "previewService: web-preview"

    @Test func `an update switches all users at once and says so`() async throws {
        let rollout = Scenario.rollout(Scenario.blueGreen("scaleDownDelaySeconds: 10"), replicas: 3)
        try await Scenario.play(Scenario.service("web-active"), rollout) { play in
            try await play.reach("Healthy") { $0.counts == [3, 3, 3, 3, 3] }
            play.nodes.startPods(false)
            try await play.update(2)
            let waiting = try await play.reach("Progressing", pods: [1: 3, 2: 3])
            #expect(waiting.revision(behind: "web-active") == 1)
            play.nodes.startPods(true)
            let done = try await play.reach("Healthy") { $0.counts == [3, 6, 3, 3, 3] }
            #expect(done.revision(behind: "web-active") == 2)
            try await play.expectEvents([
                "RolloutUpdated": 2, "NewReplicaSetCreated": 2, "ScalingReplicaSet": 2, "SwitchService": 2,
                "RolloutCompleted": 2,
            ])
            play.pass(10)
            try await play.reach("Healthy", pods: [1: 0, 2: 3])
        }
    }

    @Test func `a preview and its active version both stand behind their services`() async throws {
        let rollout = Scenario.rollout(Scenario.blueGreen(Self.previewed))
        try await Scenario.play(Self.both, rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            let done = try await play.reach("Healthy")
            #expect(done.revision(behind: "web-active") == 2)
            #expect(done.revision(behind: "web-preview") == 2)
        }
    }

    @Test func `full promotion does not wait for the analysis before the switch`() async throws {
        let rollout = Scenario.rollout(
            Scenario.blueGreen(
                """
                autoPromotionEnabled: false
                prePromotionAnalysis: \(Scenario.analysis(["seconds": "10"]))
                postPromotionAnalysis: \(Scenario.analysis())
                """), replicas: 3)
        try await Scenario.play(Scenario.task, Scenario.service("web-active"), rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Progressing") { $0.runPhases("PrePromotion") == ["Running"] }
            try await play.order(.promoteFully)
            let done = try await play.reach("Healthy")
            #expect(done.runs.count == 1)
            #expect(done.revision(behind: "web-active") == 2)
        }
    }

    @Test func `a smaller preview grows before it is switched to`() async throws {
        let rollout = Scenario.rollout(
            Scenario.blueGreen(
                "\(Self.previewed)\npreviewReplicaCount: 1\nscaleDownDelaySeconds: 5\nautoPromotionEnabled: false"
            ), replicas: 2)
        try await Scenario.play(Self.both, rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [1: 2, 2: 1]) { $0.counts == [2, 3, 1, 2, 2] }
            try await play.order(.promote)
            try await play.reach("Healthy") { $0.counts == [2, 4, 2, 2, 2] }
        }
    }

    @Test func `an aborted preview's pods go after their delay`() async throws {
        let rollout = Scenario.rollout(
            Scenario.blueGreen(
                """
                \(Self.previewed)
                abortScaleDownDelaySeconds: 1
                previewReplicaCount: 1
                scaleDownDelaySeconds: 5
                autoPromotionEnabled: false
                """), replicas: 2)
        try await Scenario.play(Self.both, rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [1: 2, 2: 1])
            try await play.order(.abort)
            try await play.reach("Degraded", pods: [1: 2, 2: 1])
            play.pass(1)
            try await play.reach("Degraded", pods: [1: 2, 2: 0])
        }
    }

    @Test func `only so many replaced versions stay up, and a lower limit ends the others`() async throws {
        let rollout = Scenario.rollout(
            Scenario.blueGreen("scaleDownDelaySeconds: 86400\nscaleDownDelayRevisionLimit: 2"))
        try await Scenario.play(Scenario.service("web-active"), rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Healthy", pods: [1: 1, 2: 1]) { $0.counts == [1, 2, 1, 1, 1] }
            for version in [3, 4] {
                try await play.update(version)
                try await play.reach("Healthy", pods: [version: 1])
            }
            try await play.reach("Healthy", pods: [1: 0, 2: 1, 3: 1, 4: 1]) { $0.counts == [1, 3, 1, 1, 1] }
            try await play.change("spec: {strategy: {blueGreen: {scaleDownDelayRevisionLimit: 1}}}")
            try await play.reach("Healthy", pods: [1: 0, 2: 0, 3: 1, 4: 1]) { $0.counts == [1, 2, 1, 1, 1] }
        }
    }

    @Test func `a rollout becomes a canary in the middle of its life`() async throws {
        let rollout = Scenario.rollout(Scenario.blueGreen("scaleDownDelaySeconds: 5"), replicas: 2)
        try await Scenario.play(Scenario.service("web-active"), rollout) { play in
            let first = try await play.reach("Healthy")
            #expect(first.revision(behind: "web-active") == 1)
            try await play.update(
                2, "spec: {strategy: {blueGreen: null, canary: {steps: [{setWeight: 50}, {pause: {}}]}}}")
            try await play.reach("Paused") {
                $0.counts == [2, 2, 1, 2, 2] && $0.revision(behind: "web-active") == nil
            }
        }
    }

    // MARK: Conditions that people wait for

    @Test func `the condition Paused tells a pause and its end`() async throws {
        let rollout = Scenario.rollout(Scenario.blueGreen("autoPromotionEnabled: false"))
        try await Scenario.play(Scenario.service("web-active"), rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            let paused = try await play.reach("Paused") { $0.condition("Paused")?.status == .isTrue }
            #expect(paused.revision(behind: "web-active") == 1)
            try await play.order(.promote)
            let done = try await play.reach("Healthy") { $0.condition("Paused")?.status == .isFalse }
            #expect(done.revision(behind: "web-active") == 2)
        }
    }

    @Test func `the condition Healthy is false until all users have the new version`() async throws {
        let rollout = Scenario.rollout(Scenario.blueGreen("autoPromotionEnabled: true"))
        try await Scenario.play(Scenario.service("web-active"), rollout) { play in
            try await play.reach("Healthy") { $0.condition("Healthy")?.status == .isTrue }
            play.nodes.startPods(false)
            try await play.update(2)
            let waiting = try await play.reach("Progressing") { $0.condition("Healthy")?.status == .isFalse }
            #expect(waiting.revision(behind: "web-active") == 1)
            play.nodes.startPods(true)
            let done = try await play.reach("Healthy") { $0.condition("Healthy")?.status == .isTrue }
            #expect(done.revision(behind: "web-active") == 2)
        }
    }
}
