import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// Analyses of canaries by jobs: those that end, those that fail, and those that never do.
@Suite struct JobAnalysisScenarioTests {
    private static func step(_ template: String) -> String {
        "analysis: {templates: [{templateName: \(template)}]}"
    }

    private static func phases(_ state: ScenarioState, _ purpose: String) -> [Value?] {
        let run = state.runs(purpose).first
        let result = run?["status", "metricResults"]?[0]
        return [
            run?["status", "phase"], result?["phase"], result?["measurements"]?.arrayValue?.last?["phase"],
        ]
    }

    @Test func `each step with an analysis makes one run`() async throws {
        let canary = Scenario.canary(
            "setWeight: 10", Self.step("task"), "pause: {}", Self.step("task"), Self.step("task"))
        try await Scenario.play(Scenario.task, Scenario.rollout(canary)) { play in
            let first = try await play.reach("Healthy")
            #expect(first.runs.isEmpty)
            try await play.update(2)
            try await play.reach("Paused", step: 2) { $0.runPhases("Step") == ["Successful"] }
            try await play.order(.promote)
            let done = try await play.reach("Healthy")
            #expect(done.runPhases("Step") == ["Successful", "Successful", "Successful"])
        }
    }

    @Test func `a run with several jobs ends when the last of them has`() async throws {
        let template = Scenario.template(
            "several", "initialDelay: 10s, count: 1, \(Scenario.job("late"))",
            "count: 1, \(Scenario.job("early"))")
        let canary = Scenario.canary("setWeight: 10", "pause: {}", Self.step("several"))
        try await Scenario.play(template, Scenario.rollout(canary)) { play in
            let first = try await play.reach("Healthy")
            #expect(first.runs.isEmpty)
            try await play.update(2)
            try await play.reach("Paused")
            try await play.order(.promote)
            try await play.reach("Progressing", step: 2) { $0.runPhases("Step") == ["Running"] }
            play.pass(10)
            try await play.reach("Healthy") { $0.runPhases("Step") == ["Successful"] }
        }
    }

    @Test func `a job that fails too often ends the run though another has not begun`() async throws {
        let template = Scenario.template(
            "several", "initialDelay: 10000s, count: 1, \(Scenario.job("late"))",
            "count: 2, interval: 1s, failureLimit: 1, \(Scenario.job("failing", code: "1"))")
        let canary = Scenario.canary("setWeight: 10", "pause: {}", Self.step("several"))
        try await Scenario.play(template, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused")
            try await play.order(.promote)
            try await play.reach("Progressing", step: 2) { $0.runPhases("Step") == ["Running"] }
            play.pass(1)
            try await play.reach("Degraded") { $0.runPhases("Step") == ["Failed"] }
        }
    }

    private static let endless = Scenario.template(
        "endless", "count: 1, \(Scenario.job("endless", seconds: "6000"))")

    private static let limited = Scenario.template(
        "limited",
        "count: 1, \(Scenario.job("limited", seconds: "6000", more: "activeDeadlineSeconds: 10"))")

    private static let absent = Scenario.template(
        "absent", "initialDelay: 5s, count: 1, \(Scenario.job("absent", image: SimulatedNodes.absentImage))")

    @Test(arguments: ["Step", "Background"])
    func `a job that is over its deadline fails the run`(purpose: String) async throws {
        let canary =
            purpose == "Step"
            ? Scenario.canary("setWeight: 10", Self.step("limited"))
            : Scenario.canary("setWeight: 10", "pause: {duration: 60s}", more: Self.step("limited"))
        try await Scenario.play(Self.limited, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach(purpose == "Step" ? "Progressing" : "Paused", step: 1) {
                $0.runPhases(purpose) == ["Running"]
            }
            play.pass(10)
            let aborted = try await play.reach("Degraded") { $0.runPhases(purpose) == ["Failed"] }
            #expect(aborted.runs.count == 1)
            #expect(Self.phases(aborted, purpose) == ["Failed", "Failed", "Failed"])
        }
    }

    @Test func `a job that was ended with its update is inconclusive`() async throws {
        let canary = Scenario.canary("setWeight: 10", "pause: {duration: 10s}", more: Self.step("endless"))
        try await Scenario.play(Self.endless, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            let paused = try await play.reach("Paused") { $0.runPhases("Background") == ["Running"] }
            #expect(paused.runs.count == 1)
            try await play.order(.promote)
            let done = try await play.reach("Healthy") { $0.runPhases("Background") == ["Inconclusive"] }
            #expect(Self.phases(done, "Background") == ["Inconclusive", "Inconclusive", "Inconclusive"])
        }
    }

    @Test func `a job without its image pauses the step it is for`() async throws {
        let canary = Scenario.canary("setWeight: 10", Self.step("absent"))
        try await Scenario.play(Self.absent, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Progressing", step: 1) { $0.runPhases("Step") == ["Running"] }
            play.pass(5)
            let held = try await play.reach("Paused", step: 1) { $0.message == "InconclusiveAnalysisRun" }
            #expect(held.runs.count == 1)
            #expect(Self.phases(held, "Step") == ["Inconclusive", "Inconclusive", "Inconclusive"])
        }
    }

    @Test func `a job without its image beside the steps pauses them and lets their own go on`() async throws
    {
        let canary = Scenario.canary("setWeight: 10", Self.step("endless"), more: Self.step("absent"))
        try await Scenario.play(Self.endless, Self.absent, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Progressing", step: 1) { $0.runPhases("Step") == ["Running"] }
            play.pass(5)
            let held = try await play.reach("Paused") {
                $0.runPhases("Background") == ["Inconclusive"] && $0.runPhases("Step") == ["Running"]
            }
            #expect(held.runs.count == 2)
            #expect(Self.phases(held, "Background") == ["Inconclusive", "Inconclusive", "Inconclusive"])
        }
    }

    @Test func `the end of a job is heard when it comes, however often it was looked at before`() async throws
    {
        let canary = Scenario.canary(
            "setWeight: 10", "analysis: \(Scenario.analysis(["seconds": "45"]))")
        try await Scenario.play(Scenario.task, Scenario.rollout(canary)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Progressing", step: 1) { $0.runPhases("Step") == ["Running"] }
            play.pass(30)
            for job in try await play.world.client.listAll(.jobs, namespace: RolloutWorld.namespace) {
                try await play.world.client.patch(
                    .jobs, job.metadata.name, namespace: RolloutWorld.namespace,
                    .merge(["metadata": ["annotations": ["looked-at": "yes"]]]))
            }
            try await play.reach("Progressing", step: 1)
            play.pass(15)
            try await play.reach("Healthy") { $0.runPhases("Step") == ["Successful"] }
        }
    }
}
