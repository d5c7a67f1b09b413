import KubeModel
import Manifest
import Rollouts
import Testing

/// Canaries whose requests a router splits; what Argo Rollouts' tests say of any router, said of an HTTPRoute.
@Suite struct TrafficScenarioTests {
    @Test func `services and weights follow an update, and old pods stay for their delay`() async throws {
        let canary = Scenario.routed("setWeight: 10", "pause: {}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            let first = try await play.reach("Healthy")
            #expect(first.routeWeights == [100, 0])
            #expect(first.revision(behind: "web-stable") == 1)
            #expect(first.revision(behind: "web-canary") == 1)
            try await play.update(2)
            let paused = try await play.reach("Paused")
            #expect(paused.routeWeights == [90, 10])
            #expect(paused.revision(behind: "web-stable") == 1)
            #expect(paused.revision(behind: "web-canary") == 2)
            try await play.order(.promote)
            let done = try await play.reach("Healthy", pods: [1: 1]) { $0.routeWeights == [100, 0] }
            #expect(done.revision(behind: "web-stable") == 2)
            #expect(done.revision(behind: "web-canary") == 2)
        }
    }

    @Test func `an abort of what users have already changes nothing`() async throws {
        let canary = Scenario.routed("setWeight: 10", "pause: {}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.abortAnyway()
            try await play.reach("Healthy", pods: [1: 1])
            try await play.update(2)
            try await play.reach("Paused")
            try await play.order(.promote)
            try await play.reach("Healthy")
            try await play.abortAnyway()
            try await play.reach("Healthy", pods: [2: 1])
        }
    }

    @Test func `a version that replaces a canary gets the pods of its step`() async throws {
        let canary = Scenario.routed("setWeight: 0", "setCanaryScale: {replicas: 1}", "pause: {}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary, replicas: 2)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [2: 1])
            try await play.update(3)
            try await play.reach("Paused", pods: [3: 1])
        }
    }

    @Test func `an update in short steps is done after all of them`() async throws {
        let canary = Scenario.routed(
            "setWeight: 10", "pause: {duration: 5s}", "setWeight: 20", "pause: {duration: 5s}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", step: 1) { $0.routeWeights == [90, 10] }
            play.pass(5)
            try await play.reach("Paused", step: 3) { $0.routeWeights == [80, 20] }
            play.pass(5)
            try await play.reach("Healthy") { $0.routeWeights == [100, 0] }
        }
    }

    // MARK: Pods of versions that were replaced

    @Test func `only so many replaced versions keep their pods, and only as long as they are not wanted`()
        async throws
    {
        let rollout = Scenario.rollout(Scenario.routed(more: "scaleDownDelayRevisionLimit: 1"))
        try await Scenario.play(Scenario.routing, rollout) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Healthy", pods: [1: 1, 2: 1]) { $0.hasScaleDownDeadline(1) }
            try await play.update(3)
            try await play.reach("Healthy", pods: [1: 0, 2: 1, 3: 1]) {
                !$0.hasScaleDownDeadline(1) && $0.hasScaleDownDeadline(2)
            }
            try await play.undo(to: 2)
            try await play.reach("Healthy", pods: [1: 0, 3: 1, 4: 1]) {
                !$0.hasScaleDownDeadline(1) && $0.hasScaleDownDeadline(3) && !$0.hasScaleDownDeadline(4)
            }
            play.pass(31)
            try await play.reach("Healthy", pods: [1: 0, 3: 0, 4: 1]) { !$0.hasScaleDownDeadline(3) }
        }
    }

    // MARK: Aborts

    @Test func `an aborted canary's pods go after their delay, and its service leads back at once`()
        async throws
    {
        let canary = Scenario.routed(
            "setCanaryScale: {replicas: 1}", "pause: {}",
            more: "abortScaleDownDelaySeconds: 1\nscaleDownDelayRevisionLimit: 1")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [2: 1])
            try await play.order(.abort)
            try await play.reach("Degraded") {
                $0.revision(behind: "web-canary") == 1 && $0.hasScaleDownDeadline(2)
            }
            play.pass(1)
            try await play.reach("Degraded", pods: [2: 0])
        }
    }

    @Test func `without a router an aborted canary's pods go at once`() async throws {
        let canary = Scenario.canary(
            "setWeight: 50", "pause: {}", more: "stableService: web-stable\ncanaryService: web-canary")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [2: 1])
            try await play.order(.abort)
            try await play.reach("Degraded", pods: [1: 1, 2: 0]) { $0.revision(behind: "web-canary") == 1 }
        }
    }

    @Test func `no delay keeps an aborted canary's pods for whoever wants to look at them`() async throws {
        let canary = Scenario.routed(
            "setCanaryScale: {replicas: 1}", "pause: {}",
            more: "abortScaleDownDelaySeconds: 0\nscaleDownDelayRevisionLimit: 1")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [2: 1])
            try await play.order(.abort)
            try await play.reach("Degraded")
            play.pass(3600)
            try await play.reach("Degraded", pods: [2: 1]) { !$0.hasScaleDownDeadline(2) }
        }
    }

    @Test func `a canary of a chosen number of pods keeps them for the delay of an abort`() async throws {
        let canary = Scenario.routed(
            "setCanaryScale: {replicas: 2}", "setWeight: 20", "pause: {}", "setCanaryScale: {replicas: 4}",
            "setWeight: 40", "pause: {}")
        try await Scenario.play(Scenario.routing, Scenario.rollout(canary, replicas: 5)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [2: 2], step: 2)
            try await play.order(.promote)
            try await play.reach("Paused", pods: [2: 4], step: 5)
            try await play.order(.abort)
            try await play.reach("Degraded", pods: [1: 5, 2: 4]) {
                $0.hasScaleDownDeadline(2) && $0.routeWeights == [100, 0]
            }
            play.pass(30)
            try await play.reach("Degraded", pods: [1: 5, 2: 0])
        }
    }

    // MARK: Services that are no longer the rollout's

    private static func template(_ baseline: String) -> String {
        Scenario.template(
            "judge",
            "name: judge, provider: {slipway: {baseline: \(baseline), metrics: [{name: errors, kind: ratio}]}}"
        )
    }

    @Test func `a baseline's service that is taken away in the middle gets no more requests`() async throws {
        let routing =
            Scenario.routing + "\n    - {name: web-baseline, port: 80, weight: 0}\n---\n"
            + Scenario.service("web-baseline")
        let canary = Scenario.routed(
            "setWeight: 20", "pause: {}", "analysis: \(Scenario.analysis(template: "judge"))"
        )
        .replacing("httpRoute: web", with: "httpRoute: web, baselineService: web-baseline")
        try await Scenario.play(routing, Self.template("fresh"), Scenario.rollout(canary, replicas: 5)) {
            play in
            try await play.reach("Healthy")
            try await play.update(2)
            let beside = try await play.reach("Paused", step: 1) { $0.routeWeights == [60, 20, 20] }
            #expect(beside.replicaSets.count == 3)
            try await play.change(
                "spec: {strategy: {canary: {trafficRouting: {gatewayAPI: {baselineService: null}}}}}")
            // The template still compares with it: nothing moves until that is settled.
            try await play.reach("Degraded") { $0.routeWeights == [60, 20, 20] }
            try await play.apply(Self.template("stable"))
            let without = try await play.reach("Paused", step: 1) {
                $0.routeWeights == [80, 20, 0] && $0.replicaSets.count == 2
            }
            let service = without.services.first { $0.metadata.name == "web-baseline" }
            #expect(service?["spec", "selector", ScenarioState.hashLabel] == nil)
            #expect(without.weights == [20, 80])
        }
    }
}
