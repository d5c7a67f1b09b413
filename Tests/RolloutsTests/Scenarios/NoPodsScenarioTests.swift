import Manifest
import Rollouts
import Testing

/// Rollouts that are scaled to nothing.
@Suite struct NoPodsScenarioTests {
    @Test func `a routed canary of no pods is done, and its services are ready for the first pod`()
        async throws
    {
        let canary = Scenario.routed("setWeight: 20", "setWeight: 60")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary, replicas: 2)) { play in
            try await play.reach("Healthy", pods: [1: 2])
            try await play.scale(0)
            try await play.reach("Healthy", pods: [1: 0])
            try await play.update(2)
            let done = try await play.reach("Healthy") { $0.stableRevision == 2 }
            #expect(done.routeWeights == [100, 0])
            #expect(done.revision(behind: "web-stable") == 2)
            try await play.scale(2)
            try await play.reach("Healthy", pods: [2: 2])
        }
    }

    @Test func `a blue-green update of no pods is done`() async throws {
        let rollout = Scenario.rollout(Scenario.blueGreen(""), replicas: 2)
        try await Scenario.play(Scenario.service("web-active"), rollout) { play in
            try await play.reach("Healthy", pods: [1: 2])
            try await play.scale(0)
            try await play.reach("Healthy", pods: [1: 0])
            try await play.update(2)
            let done = try await play.reach("Healthy") { $0.stableRevision == 2 }
            #expect(done.revision(behind: "web-active") == 2)
        }
    }
}
