import KubeModel
import Manifest
import Rollouts
import Testing

/// Stable pods that make room for the canary's and come back before its traffic does.
@Suite struct DynamicStableScaleScenarioTests {
    private static func rollout(_ more: String = "") -> String {
        Scenario.rollout(
            Scenario.routed(
                "setWeight: 25", "pause: {}", "setWeight: 75", "pause: {}",
                more: "dynamicStableScale: true\n\(more)"), replicas: 4)
    }

    /// Brings the canary to its first pause, one of four pods.
    private static func begin(_ play: Scenario) async throws {
        try await play.reach("Progressing", pods: [1: 4])
        try await play.markReady(1, 4)
        try await play.reach("Healthy")
        try await play.update(2)
        try await play.reach("Progressing", pods: [2: 1])
        try await play.markReady(2, 1)
        try await play.reach("Paused", pods: [1: 3, 2: 1], step: 1)
    }

    /// Brings it to its second pause, three of four pods.
    private static func advance(_ play: Scenario) async throws {
        try await play.order(.promote)
        try await play.reach("Progressing", pods: [1: 3, 2: 3])
        try await play.markReady(2, 2)
        try await play.reach("Paused", pods: [1: 1, 2: 3], step: 3) { $0.routeWeights == [25, 75] }
    }

    @Test func `an abort goes back as fast as stable pods come up`() async throws {
        try await Scenario.play(Scenario.routing, Self.rollout(), startsPods: false) { play in
            try await Self.begin(play)
            try await Self.advance(play)
            try await play.order(.abort)
            try await play.reach("Degraded", pods: [1: 3, 2: 3]) { $0.routeWeights == [25, 75] }
            try await play.markReady(1, 2)
            let midway = try await play.reach("Degraded", pods: [1: 4, 2: 1])
            #expect(midway.routeWeights == [75, 25])
            #expect(midway.revision(behind: "web-canary") == 2)
            try await play.markReady(1, 1)
            let back = try await play.reach("Degraded", pods: [1: 4, 2: 0])
            #expect(back.routeWeights == [100, 0])
            #expect(back.revision(behind: "web-canary") == 1)
        }
    }

    @Test func `with a delay of its own an aborted canary keeps its pods until long after its traffic`()
        async throws
    {
        let rollout = Self.rollout("abortScaleDownDelaySeconds: 10")
        try await Scenario.play(Scenario.routing, rollout, startsPods: false) { play in
            try await Self.begin(play)
            try await Self.advance(play)
            try await play.order(.abort)
            try await play.reach("Degraded", pods: [1: 3, 2: 3]) {
                $0.weights == [75, 25] && !$0.hasScaleDownDeadline(2)
            }
            try await play.markReady(1, 2)
            try await play.reach("Degraded", pods: [1: 4, 2: 3]) {
                $0.weights == [25, 75] && !$0.hasScaleDownDeadline(2)
            }
            try await play.markReady(1, 1)
            try await play.reach("Degraded", pods: [1: 4, 2: 3]) {
                $0.weights == [0, 100] && $0.hasScaleDownDeadline(2)
            }
            play.pass(10)
            let over = try await play.reach("Degraded", pods: [1: 4, 2: 0])
            #expect(over.revision(behind: "web-canary") == 1)
            #expect(over.revision(behind: "web-stable") == 1)
        }
    }

    @Test func `an update back to the stable version waits for its pods before it takes the traffic`()
        async throws
    {
        try await Scenario.play(Scenario.routing, Self.rollout(), startsPods: false) { play in
            try await Self.begin(play)
            try await play.undo(to: 1)
            let state = try await play.reach("Progressing", pods: [3: 4, 2: 1]) { $0.weights == [25, 75] }
            #expect(state.revision(behind: "web-canary") == 2)
            #expect(state.revision(behind: "web-stable") == 3)
            let weights = state.status["canary", "weights"]
            #expect(weights?["canary", "podTemplateHash"]?.stringValue == state.hash(2))
            #expect(weights?["stable", "podTemplateHash"]?.stringValue == state.hash(3))
            try await play.markReady(3, 1)
            let back = try await play.reach("Healthy", pods: [3: 4, 2: 0]) { $0.weights == [0, 100] }
            #expect(back.revision(behind: "web-canary") == 3)
            #expect(back.revision(behind: "web-stable") == 3)
            let end = back.status["canary", "weights"]
            #expect(end?["canary", "podTemplateHash"]?.stringValue == back.hash(3))
            #expect(end?["stable", "podTemplateHash"]?.stringValue == back.hash(3))
        }
    }

    @Test func `an aborted rollout that is scaled down keeps all traffic on its stable pods`() async throws {
        let canary = Scenario.routed(
            "setWeight: 10", "pause: {}", "setWeight: 20", "pause: {}", "setWeight: 30", "pause: {}",
            "setWeight: 50", "pause: {}",
            more: "dynamicStableScale: true\nmaxSurge: 25%\nmaxUnavailable: 20%")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary, replicas: 4)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", step: 1)
            try await play.order(.abort)
            try await play.reach("Degraded") { $0.routeWeights == [100, 0] }
            try await play.scale(1)
            try await play.reach("Degraded", pods: [1: 1, 2: 0]) { $0.routeWeights == [100, 0] }
        }
    }
}
