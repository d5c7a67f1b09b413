import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// Routes that somebody else writes too.
@Suite struct RouteDriftScenarioTests {
    private static func rule(_ path: String, _ weights: [Int64]) -> Value {
        let backends = zip(["web-stable", "web-canary"], weights).map { name, weight -> Value in
            ["name": .string(name), "port": 80, "weight": .integer(weight)]
        }
        return [
            "matches": [["path": ["type": "PathPrefix", "value": .string(path)]]],
            "backendRefs": .array(backends),
        ]
    }

    private static func write(_ play: Scenario, _ weights: [Int64]...) async throws {
        let rules = zip(["/api", "/"], weights).map { rule($0, $1) }
        try await play.client.patch(
            GatewayAPI.httpRoutes.resource, "web", namespace: Scenario.namespace,
            .merge(["spec": ["rules": .array(rules)]]))
    }

    private static func weights(_ state: ScenarioState) -> [[Int64]] {
        (state.routes.first?["spec", "rules"]?.arrayValue ?? []).map { rule in
            (rule["backendRefs"]?.arrayValue ?? []).map { $0["weight"]?.integerValue ?? -1 }
        }
    }

    @Test func `every rule of both versions has the weights, whoever changes one of them`() async throws {
        let canary = Scenario.routed("setWeight: 10", "pause: {}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused")
            try await Self.write(play, [90, 10], [50, 50])
            try await play.reach("Paused") { Self.weights($0) == [[90, 10], [90, 10]] }
            try await play.order(.abort)
            try await play.reach("Degraded") { Self.weights($0) == [[100, 0], [100, 0]] }
            try await Self.write(play, [100, 0], [70, 30])
            try await play.reach("Degraded") { Self.weights($0) == [[100, 0], [100, 0]] }
        }
    }

    @Test(arguments: [[Int64(0), 0], [999, 1]])
    func `weights that come to no whole share are written anew`(weights: [Int64]) async throws {
        let canary = Scenario.routed("setWeight: 10", "pause: {}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await Self.write(play, weights)
            try await play.reach("Healthy") { Self.weights($0) == [[100, 0]] }
        }
    }

    @Test func `weights that come to the same share stay as somebody wrote them`() async throws {
        let canary = Scenario.routed("setWeight: 10", "pause: {}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await Self.write(play, [1, 0])
            try await play.reach("Healthy") { Self.weights($0) == [[1, 0]] }
        }
    }
}
