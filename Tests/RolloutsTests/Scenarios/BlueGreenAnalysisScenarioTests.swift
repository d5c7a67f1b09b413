import KubeModel
import Manifest
import Rollouts
import Testing

/// Analyses before and after the switch of a blue-green update.
@Suite struct BlueGreenAnalysisScenarioTests {
    private static let services =
        "\(Scenario.task)\n---\n\(Scenario.service("web-active"))\n---\n\(Scenario.service("web-preview"))"

    private static func rollout(_ more: String, replicas: Int = 1) -> String {
        Scenario.rollout(
            Scenario.blueGreen("previewService: web-preview\n\(more)"), replicas: replicas)
    }

    private static func expect(_ state: ScenarioState, active: Int, preview: Int, stable: Int) {
        #expect(state.revision(behind: "web-active") == active)
        #expect(state.revision(behind: "web-preview") == preview)
        #expect(state.stableRevision == stable)
    }

    @Test func `both analyses precede stability, and a quick way back needs neither`() async throws {
        let rollout = Self.rollout(
            """
            autoPromotionEnabled: false
            prePromotionAnalysis: \(Scenario.analysis(["seconds": "5"]))
            postPromotionAnalysis: \(Scenario.analysis(["seconds": "5"]))
            """)
        try await Scenario.play(Self.services, rollout) { play in
            let first = try await play.reach("Healthy")
            #expect(first.runs.isEmpty)
            try await play.update(2)
            try await play.reach("Progressing") { $0.runs.count == 1 }
            play.pass(5)
            let paused = try await play.reach("Paused") { $0.runPhases("PrePromotion") == ["Successful"] }
            Self.expect(paused, active: 1, preview: 2, stable: 1)
            try await play.order(.promote)
            let judged = try await play.reach("Progressing") {
                $0.runPhases("PostPromotion") == ["Running"] && $0.counts == [1, 2, 1, 1, 1]
            }
            Self.expect(judged, active: 2, preview: 2, stable: 1)
            play.pass(5)
            let done = try await play.reach("Healthy")
            Self.expect(done, active: 2, preview: 2, stable: 2)
            #expect(done.runs.count == 2)
            try await play.undo(to: 1)
            let back = try await play.reach("Healthy") { $0.revision(behind: "web-active") == 3 }
            Self.expect(back, active: 3, preview: 3, stable: 3)
            #expect(back.runs.count == 2)
        }
    }

    @Test
    func `an analysis that fails before the switch leaves users where they are, and a retry asks again`()
        async throws
    {
        let rollout = Self.rollout(
            """
            abortScaleDownDelaySeconds: 0
            previewReplicaCount: 1
            prePromotionAnalysis: \(Scenario.analysis(["code": "1", "seconds": "5"]))
            """, replicas: 2)
        try await Scenario.play(Self.services, rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Progressing") { $0.runs.count == 1 }
            play.pass(5)
            let aborted = try await play.reach("Degraded")
            Self.expect(aborted, active: 1, preview: 2, stable: 1)
            #expect(aborted.runPhases("PrePromotion") == ["Failed"])
            try await play.change(
                "spec: {strategy: {blueGreen: {prePromotionAnalysis: \(Scenario.analysis(["seconds": "5"]))}}}"
            )
            try await play.order(.retry)
            try await play.reach("Progressing") { $0.runs.count == 2 }
            play.pass(5)
            let done = try await play.reach("Healthy")
            Self.expect(done, active: 2, preview: 2, stable: 2)
            #expect(done.runPhases("PrePromotion") == ["Failed", "Successful"])
        }
    }

    @Test func `an analysis that fails after the switch takes it back`() async throws {
        let rollout = Self.rollout(
            """
            autoPromotionEnabled: false
            postPromotionAnalysis: \(Scenario.analysis(["code": "1", "seconds": "5"]))
            """)
        try await Scenario.play(Self.services, rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            let paused = try await play.reach("Paused")
            Self.expect(paused, active: 1, preview: 2, stable: 1)
            try await play.order(.promote)
            let switched = try await play.reach("Progressing") { $0.runs.count == 1 }
            Self.expect(switched, active: 2, preview: 2, stable: 1)
            play.pass(5)
            let back = try await play.reach("Degraded")
            Self.expect(back, active: 1, preview: 2, stable: 1)
            #expect(back.runPhases("PostPromotion") == ["Failed"])
        }
    }

    @Test func `a good version follows one that was taken back`() async throws {
        let rollout = Self.rollout("postPromotionAnalysis: \(Scenario.analysis(["code": "1"]))")
        try await Scenario.play(Self.services, rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            let back = try await play.reach("Degraded")
            #expect(back.runs.count == 1)
            Self.expect(back, active: 1, preview: 2, stable: 1)
            try await play.update(
                3,
                "spec: {strategy: {blueGreen: {autoPromotionEnabled: false, postPromotionAnalysis: \(Scenario.analysis())}}}"
            )
            let paused = try await play.reach("Paused", pods: [1: 1, 3: 1]) { $0.hasScaleDownDeadline(2) }
            Self.expect(paused, active: 1, preview: 3, stable: 1)
            try await play.order(.promote)
            let done = try await play.reach("Healthy", pods: [1: 1, 3: 1]) {
                $0.hasScaleDownDeadline(1) && $0.hasScaleDownDeadline(2)
            }
            Self.expect(done, active: 3, preview: 3, stable: 3)
            #expect(done.runs.count == 2)
        }
    }

    @Test func `previews, analyses, a promotion by time and its undoing work together`() async throws {
        let rollout = Self.rollout(
            """
            previewReplicaCount: 1
            autoPromotionSeconds: 10
            scaleDownDelaySeconds: 5
            prePromotionAnalysis: \(Scenario.analysis(["seconds": "10"]))
            postPromotionAnalysis: \(Scenario.analysis(["code": "1", "seconds": "10"]))
            """, replicas: 2)
        try await Scenario.play(Self.services, rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Progressing", pods: [1: 2, 2: 1]) { $0.runs.count == 1 }
            play.pass(10)
            let paused = try await play.reach("Paused", pods: [1: 2, 2: 1]) { $0.counts == [2, 3, 1, 2, 2] }
            Self.expect(paused, active: 1, preview: 2, stable: 1)
            #expect(paused.runs.count == 1)
            play.pass(5)
            let early = try await play.reach("Paused", pods: [1: 2, 2: 1]) { $0.counts == [2, 3, 1, 2, 2] }
            Self.expect(early, active: 1, preview: 2, stable: 1)
            play.pass(5)
            let switched = try await play.reach("Progressing", pods: [1: 2, 2: 2]) {
                $0.counts == [2, 4, 2, 2, 2] && $0.runs.count == 2
            }
            Self.expect(switched, active: 2, preview: 2, stable: 1)
            play.pass(10)
            let back = try await play.reach("Degraded", pods: [1: 2, 2: 2]) { $0.counts == [2, 4, 2, 2, 2] }
            Self.expect(back, active: 1, preview: 2, stable: 1)
        }
    }
}
