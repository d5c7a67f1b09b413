import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// Analysis runs against servers that answer over sockets.
@Suite struct AnalysisFunctionalTests {
    static func template(_ metrics: String, arguments: String = "") -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata:
          name: checks
        spec:
        \(arguments.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
          metrics:
        \(metrics.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
        """
    }

    static let withAnalysis = """
        canary:
          steps:
          - setWeight: 50
          - analysis:
              templates:
              - templateName: checks
        """

    /// Makes a first version, then a second one whose analysis decides.
    private static func update(_ world: RolloutWorld, _ strategy: String = withAnalysis) async throws {
        try await world.apply(CanaryFunctionalTests.rollout(strategy))
        try await world.wait("web", phase: "Healthy")
        try await world.setImage("web", "nginx:1.20-alpine")
    }

    private static func runs(_ world: RolloutWorld) async throws -> [Value] {
        try await world.client.listAll(Analysis.runs, namespace: RolloutWorld.namespace)
    }

    @Test func `a query that holds lets the update pass`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.prometheus { _ in ["0.99"] }
            try await RolloutWorld.with { world in
                try await world.apply(
                    Self.template(
                        """
                        - name: success-rate
                          interval: 1s
                          count: 2
                          successCondition: result[0] >= {{args.least}}
                          provider:
                            prometheus: {address: "\(url)", query: 'rate(ok{service="{{args.service}}"}[1m])'}
                        """,
                        arguments: "args:\n- name: service\n- name: least\n  value: \"0.95\""))
                let strategy = Self.withAnalysis + "\n      args:\n      - name: service\n        value: web"
                try await Self.update(world, strategy)
                try await world.wait("web", phase: "Healthy")
                let run = try #require(try await Self.runs(world).first)
                #expect(run.metadata.name.hasSuffix("-2-1"))
                #expect(run["status", "phase"] == "Successful")
                let result = run["status", "metricResults"]?[0]
                #expect(result?["successful"] == 2)
                #expect(result?["measurements"]?[0]?["value"] == "[0.99]")
            }
        }
    }

    @Test func `a query that does not hold aborts and leaves a rollback`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.prometheus { _ in ["0.4"] }
            try await RolloutWorld.with { world in
                try await world.apply(
                    Self.template(
                        """
                        - name: success-rate
                          successCondition: result[0] >= 0.95
                          provider:
                            prometheus: {address: "\(url)", query: up}
                        """))
                try await Self.update(world)
                let aborted = try await world.wait("web", phase: "Degraded")
                #expect(
                    aborted["status", "message"]?.stringValue
                        == "RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric \"success-rate\" assessed Failed due to failed (1) > failureLimit (0)"
                )
                let rollback = try #require(
                    try await world.client.listAll(Rollback.resource, namespace: "default").first)
                #expect(rollback["spec", "revision"] == 2)
                #expect(rollback["spec", "images"] == ["nginx:1.20-alpine"])
                #expect(rollback["spec", "stableImages"] == ["nginx:1.19-alpine"])
                #expect(rollback["spec", "workload", "name"] == "web")
            }
        }
    }

    /// What a provider may answer instead of evidence.
    struct Silence: Sendable, CustomTestStringConvertible {
        var name: String
        var status = 200
        var body: String
        var testDescription: String { name }

        static let all = [
            Silence(
                name: "no series", body: #"{"status":"success","data":{"resultType":"vector","result":[]}}"#),
            Silence(
                name: "NaN",
                body:
                    #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"NaN"]}]}}"#
            ),
            Silence(name: "an error", status: 500, body: "out of memory"),
            Silence(name: "a refusal", status: 400, body: #"{"status":"error","error":"parse error"}"#),
            Silence(name: "no JSON", body: "<html>"),
        ]
    }

    @Test(arguments: Silence.all)
    func `no evidence is never success`(silence: Silence) async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/api/v1/query") { _ in (silence.status, silence.body) }
            try await RolloutWorld.with { world in
                // With a failure condition only, Argo Rollouts would pass a NaN.
                try await world.apply(
                    Self.template(
                        """
                        - name: errors
                          failureCondition: result[0] > 0.05
                          consecutiveErrorLimit: 0
                          provider:
                            prometheus: {address: "\(url)", query: up}
                        """))
                try await Self.update(world)
                try await world.wait("web", phase: "Degraded")
                let run = try #require(try await Self.runs(world).first)
                #expect(run["status", "phase"] == "Error")
                // The analysis broke, the version did not.
                #expect(try await world.client.listAll(Rollback.resource, namespace: "default").isEmpty)
            }
        }
    }

    @Test func `a web answer is judged by its path, and its secrets stay secret`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/health", #"{"data":{"ok":true,"token":"s3cr3t"}}"#)
            try await RolloutWorld.with { world in
                try await world.apply(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: token}
                    stringData: {value: s3cr3t}
                    """)
                try await world.apply(
                    Self.template(
                        """
                        - name: health
                          successCondition: result.ok && result.token == "{{args.token}}"
                          provider:
                            web:
                              url: "\(url)/health"
                              jsonPath: "{$.data}"
                              headers: [{key: Authorization, value: "Bearer {{args.token}}"}]
                        """,
                        arguments:
                            "args:\n- name: token\n  valueFrom:\n    secretKeyRef: {name: token, key: value}")
                )
                try await Self.update(world)
                try await world.wait("web", phase: "Healthy")
                let run = try #require(try await Self.runs(world).first)
                #expect(!JSON.string(run).contains("s3cr3t"))
                #expect(
                    run["status", "metricResults"]?[0]?["measurements"]?[0]?["value"]?.stringValue?.contains(
                        "*****") == true)
            }
        }
    }

    @Test func `a missing template is told and found when it comes`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/ok", "fine")
            try await RolloutWorld.with { world in
                // Before anything is rolled out that could not be judged.
                try await world.apply(CanaryFunctionalTests.rollout(Self.withAnalysis))
                let invalid = try await world.wait("web", phase: "Degraded")
                #expect(
                    invalid["status", "message"]?.stringValue?.hasSuffix(
                        "spec.strategy.canary.steps[1].analysis.templates: Invalid value: \"checks\": "
                            + "AnalysisTemplate 'checks' not found") == true)
                try await world.apply(
                    Self.template("- name: ok\n  provider:\n    web: {url: \"\(url)/ok\"}"))
                try await world.wait("web", phase: "Healthy")
            }
        }
    }

    @Test func `the judge rolls back a version that errs more than the stable one`() async throws {
        try await MetricsServer.with { metrics, url in
            try await RolloutWorld.with { world in
                try await world.apply(
                    Self.template(
                        """
                        - name: judge
                          provider:
                            slipway:
                              tick: 1s
                              maxDuration: 30s
                              minCanaryPods: 1
                              podEffects: "off"
                              source: {exposition: "\(url)/metrics"}
                              metrics:
                              - name: errors
                                kind: ratio
                                bad: 'requests_total{code="5xx"}'
                                total: requests_total
                        """))
                try await world.apply(CanaryFunctionalTests.rollout(Self.withAnalysis))
                let first = try await world.wait("web", phase: "Healthy")
                let stable = first["status", "stableRS"]?.stringValue ?? ""
                try await world.setImage("web", "nginx:1.20-alpine")
                let second = try await world.wait("web", "at its analysis") { $0["currentStepIndex"] == 1 }
                let canary = second["status", "currentPodHash"]?.stringValue ?? ""
                // Counters grow with every look: a tenth of the canary's requests fail, a hundredth of the others'.
                metrics.answer("/metrics") { number in
                    let count = number + 1
                    func series(_ pod: String, _ hash: String, _ code: String, _ value: Int) -> String {
                        "requests_total{pod=\"\(pod)\",pod_template_hash=\"\(hash)\",code=\"\(code)\"} \(value)\n"
                    }
                    return (
                        200,
                        series("a", stable, "2xx", 990 * count) + series("a", stable, "5xx", 10 * count)
                            + series("b", canary, "2xx", 900 * count)
                            + series("b", canary, "5xx", 100 * count)
                    )
                }
                let aborted = try await world.wait("web", phase: "Degraded")
                #expect(aborted["status", "message"]?.stringValue?.contains("rollback (harm)") == true)
                let run = try #require(try await Self.runs(world).first)
                let record = try await world.client.get(
                    .configMaps, "\(run.metadata.name).judge.judge", namespace: "default")
                #expect(record["data", "verdict"]?.stringValue?.contains("\"rollback\"") == true)
            }
        }
    }
}
