import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// What stands in the way of going on must not stand in the way of going back.
@Suite struct ObstacleScenarioTests {
    /// A template that no run can be made of: nobody gives its argument a value.
    private static let lacking = Scenario.template(
        "lacking", arguments: "[{name: needed}]", Scenario.job("fine"))
    private static let unstartable = "analysis: {templates: [{templateName: lacking}]}"

    private static func isAborted(_ state: ScenarioState) -> Bool {
        state.message.hasPrefix("RolloutAborted") && state.routeWeights == [100, 0]
    }

    @Test func `a failed analysis takes traffic back though another one cannot begin`() async throws {
        let canary = Scenario.routed(
            "setWeight: 50", Self.unstartable,
            more: "analysis: {startingStep: 1, templates: [{templateName: bad}]}")
        try await Scenario.play(
            Scenario.routing, Self.lacking, Scenario.template("bad", Scenario.job("bad", code: "1")),
            Scenario.rollout(canary, replicas: 2)
        ) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Degraded", until: Self.isAborted)
        }
    }

    @Test func `pods follow their number though an analysis cannot begin`() async throws {
        let canary = Scenario.routed("setWeight: 50", Self.unstartable)
        try await Scenario.play(
            Scenario.routing, Self.lacking, Scenario.rollout(canary, replicas: 2)
        ) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Progressing", pods: [1: 2, 2: 1], step: 1)
            try await play.scale(6)
            try await play.reach("Progressing", pods: [1: 6, 2: 3], step: 1) { $0.counts[1] == 9 }
        }
    }

    /// What may be gone that only going on needs.
    enum Missing: String, CaseIterable, Sendable { case template, canaryService }

    @Test(arguments: Missing.allCases)
    func `an abort is carried out though something is missing`(missing: Missing) async throws {
        let canary = Scenario.routed("setWeight: 50", "pause: {}", "analysis: \(Scenario.analysis())")
        try await Scenario.play(
            Scenario.routing, Scenario.task, Scenario.rollout(canary, replicas: 2)
        ) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused") { $0.routeWeights == [50, 50] }
            switch missing {
            case .template:
                try await play.client.delete(Analysis.templates, "task", namespace: Scenario.namespace)
            case .canaryService:
                try await play.client.delete(.services, "web-canary", namespace: Scenario.namespace)
            }
            try await play.reach("Degraded") { $0.message.hasPrefix("InvalidSpec") }
            try await play.order(.abort)
            try await play.reach("Degraded", until: Self.isAborted)
        }
    }

    @Test func `an analysis that fails after its template has gone takes traffic back`() async throws {
        let canary = Scenario.routed(
            "setWeight: 50", "pause: {}",
            more: "analysis: \(Scenario.analysis(["seconds": "60", "code": "1"]))")
        try await Scenario.play(
            Scenario.routing, Scenario.task, Scenario.rollout(canary, replicas: 2)
        ) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused") { $0.routeWeights == [50, 50] }
            try await play.client.delete(Analysis.templates, "task", namespace: Scenario.namespace)
            try await play.reach("Degraded") { $0.message.hasPrefix("InvalidSpec") }
            play.pass(60)
            try await play.reach("Degraded", until: Self.isAborted)
        }
    }
}
