import KubeModel
import Manifest
import Rollouts
import Testing

/// Analyses of canaries by web servers: in steps, beside them, with arguments and secrets.
@Suite struct AnalysisScenarioTests {
    private static let steps = ["setWeight: 10", "pause: {}"]
    private static func background(_ template: String, _ pause: String = "{}", more: String = "") -> String {
        Scenario.canary(
            "setWeight: 10", "pause: \(pause)",
            more: "analysis: {templates: [{templateName: \(template)}]\(more)}")
    }

    private static func measurements(_ state: ScenarioState, _ purpose: String) -> Value? {
        state.runs(purpose).first?["status", "metricResults"]?[0]
    }

    @Test func `an analysis beside all steps ends well when the update does`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/version", #"{"major":"1"}"#)
            let template = Scenario.template(
                "web",
                "name: web, interval: 5s, successCondition: result.major == '1', provider: {web: {url: \"\(url)/version\"}}"
            )
            try await Scenario.play(template, Scenario.rollout(Self.background("web"))) { play in
                let first = try await play.reach("Healthy")
                #expect(first.runs.isEmpty)
                try await play.update(2)
                try await play.reach("Paused") { $0.runPhases("Background") == ["Running"] }
                play.pass(5)
                let paused = try await play.reach("Paused") { $0.runPhases("Background") == ["Running"] }
                #expect(Self.measurements(paused, "Background")?["successful"] == 2)
                try await play.order(.promote)
                let done = try await play.reach("Healthy") { $0.runPhases("Background") == ["Successful"] }
                #expect(done.runs.count == 1)
            }
        }
    }

    @Test func `an analysis that cannot decide pauses the update and says so`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/resolve", #"{"Status":0}"#)
            let conditions = "successCondition: result.Status == 999, failureCondition: result.Status == -1"
            let template = Scenario.template(
                "web",
                "name: web, interval: 5s, inconclusiveLimit: 3, \(conditions), provider: {web: {url: \"\(url)/resolve\"}}"
            )
            let canary = Self.background("web", "{duration: 30s}", more: ", startingStep: 1")
            try await Scenario.play(template, Scenario.rollout(canary, replicas: 2)) { play in
                let first = try await play.reach("Healthy")
                #expect(first.runs.isEmpty)
                try await play.update(2)
                try await play.reach("Paused", step: 1) { $0.runPhases("Background") == ["Running"] }
                for _ in 0..<2 {
                    play.pass(5)
                    try await play.reach("Paused") { $0.runPhases("Background") == ["Running"] }
                }
                play.pass(5)
                try await play.reach("Paused") { $0.runPhases("Background") == ["Inconclusive"] }
                play.pass(15)
                // The pause of the step is over; what is left is that nothing is known.
                let held = try await play.reach("Paused") { $0.message == "InconclusiveAnalysisRun" }
                #expect(held.runs.count == 1)
            }
        }
    }

    @Test func `templates of one step make one run, and the rollout's arguments come first`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/repos/shop/web", #"{"ok":true}"#)
            func metric(_ name: String) -> String {
                "name: \(name), count: 1, provider: {web: {url: \"http://{{args.host}}/repos/{{args.repo}}\"}}"
            }
            let first = Scenario.template(
                "first", arguments: "[{name: host, value: unused.invalid}, {name: repo}]", metric("one"),
                metric("two"))
            let second = Scenario.template(
                "second", arguments: "[{name: host}, {name: repo, value: unused}]", metric("three"),
                metric("four"))
            let host = url.replacing("http://", with: "")
            let arguments = "[{name: host, value: \"\(host)\"}, {name: repo, value: shop/web}]"
            let step =
                "analysis: {templates: [{templateName: first}, {templateName: second}], args: \(arguments)}"
            try await Scenario.play(first, second, Scenario.rollout(Scenario.canary(step))) { play in
                try await play.reach("Healthy")
                try await play.update(2)
                let done = try await play.reach("Healthy") { $0.runPhases("Step") == ["Successful"] }
                #expect(done.runs[0]["status", "metricResults"]?.arrayValue?.count == 4)
            }
        }
    }

    // MARK: Secrets and arguments

    private static func secret(_ url: String) -> String {
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: places}
        stringData: {place: "\(url)/message"}
        """
    }

    private static let place =
        "{name: place, valueFrom: {secretKeyRef: {name: places, key: place}}}"

    private static let web = "provider: {web: {url: \"{{args.place}}\", jsonPath: \"{$.message}\"}}"

    @Test func `a place that is secret is measured as often as its template says`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/message", #"{"message":"it works"}"#)
            let template = Scenario.template(
                "web", arguments: "[{name: every, value: 5s}, {name: often, value: \"2\"}, \(Self.place)]",
                "name: web, count: \"{{args.often}}\", interval: \"{{args.every}}\", failureLimit: 1, "
                    + "successCondition: result == 'it works', \(Self.web)")
            let canary = Scenario.canary(
                "setWeight: 25", "analysis: {templates: [{templateName: web}]}", "pause: {}")
            try await Scenario.play(Self.secret(url), template, Scenario.rollout(canary)) { play in
                try await play.reach("Healthy")
                try await play.update(2)
                try await play.reach("Progressing", step: 1) { $0.runs.count == 1 }
                play.pass(5)
                let paused = try await play.reach("Paused", step: 2)
                #expect(paused.runPhases("Step") == ["Successful"])
                #expect(Self.measurements(paused, "Step")?["count"] == 2)
                try await play.order(.promote)
                let done = try await play.reach("Healthy")
                #expect(done.stableRevision == 2)
            }
        }
    }

    /// A template whose limits and times a rollout gives.
    private static func limited(_ more: String = "") -> String {
        Scenario.template(
            "web",
            arguments:
                "[{name: every, value: 100s}, {name: often, value: \"10\"}, {name: limit}, {name: wanted}, \(place)]",
            "name: web, \(more)interval: \"{{args.every}}\", initialDelay: \"{{args.every}}\", "
                + "failureLimit: \"{{args.limit}}\", successCondition: 'result == \"{{args.wanted}}\"', \(web)"
        )
    }

    private static let given =
        "args: [{name: every, value: 5s}, {name: often, value: \"3\"}, {name: limit, value: \"2\"}, "
        + "{name: wanted, value: it works}]"

    @Test func `what a rollout gives to a template counts more than what the template says`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/message", #"{"message":"it works"}"#)
            let canary = Scenario.canary(
                "setWeight: 25", "analysis: {templates: [{templateName: web}], \(Self.given)}", "pause: {}")
            let template = Self.limited("count: \"{{args.often}}\", ")
            try await Scenario.play(Self.secret(url), template, Scenario.rollout(canary)) { play in
                try await play.reach("Healthy")
                try await play.update(2)
                try await play.reach("Progressing", step: 1) { $0.runs.count == 1 }
                for _ in 0..<2 {
                    play.pass(5)
                    try await play.reach("Progressing", step: 1)
                }
                play.pass(5)
                let paused = try await play.reach("Paused", step: 2)
                #expect(paused.runPhases("Step") == ["Successful"])
                #expect(Self.measurements(paused, "Step")?["count"] == 3)
                try await play.order(.promote)
                let done = try await play.reach("Healthy")
                #expect(done.stableRevision == 2)
            }
        }
    }

    @Test func `an analysis beside the steps takes arguments and begins at its step`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/message", #"{"message":"it works"}"#)
            let canary = Scenario.canary(
                "setWeight: 25", "pause: {}",
                more: "analysis: {templates: [{templateName: web}], startingStep: 1, \(Self.given)}")
            try await Scenario.play(Self.secret(url), Self.limited(), Scenario.rollout(canary)) { play in
                try await play.reach("Healthy")
                try await play.update(2)
                try await play.reach("Paused", step: 1) { $0.runPhases("Background") == ["Running"] }
                play.pass(5)
                let paused = try await play.reach("Paused", step: 1)
                #expect(Self.measurements(paused, "Background")?["successful"] == 1)
                try await play.order(.promote)
                try await play.reach("Healthy") { $0.runPhases("Background") == ["Successful"] }
            }
        }
    }
}
