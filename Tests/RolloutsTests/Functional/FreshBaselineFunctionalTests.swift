import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// A canary that is compared with pods of the stable version of its own age, on a real API.
@Suite struct FreshBaselineFunctionalTests {
    static let routing =
        CanaryFunctionalTests.routing + """

                - {name: web-baseline, port: 80, weight: 0}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web-baseline}
            spec: {selector: {app: web}, ports: [{port: 80}]}
            """

    static func routed(_ baselineService: String) -> String {
        """
        canary:
          stableService: web-stable
          canaryService: web-canary
          abortScaleDownDelaySeconds: 1
          scaleDownDelaySeconds: 1
          trafficRouting:
            gatewayAPI: {httpRoute: web\(baselineService)}
          steps:
          - setWeight: 20
          - analysis: {templates: [{templateName: checks}]}
        """
    }

    static func template(_ url: String) -> String {
        AnalysisFunctionalTests.template(
            """
            - name: judge
              provider:
                slipway:
                  baseline: fresh
                  tick: 1s
                  maxDuration: 10m
                  minCanaryPods: 1
                  podEffects: "off"
                  source: {exposition: "\(url)/metrics"}
                  metrics:
                  - name: errors
                    kind: ratio
                    bad: 'requests_total{code="5xx"}'
                    total: requests_total
            """)
    }

    /// Counters that grow with every look, with so many of a thousand requests failing.
    static func series(_ number: Int, _ failing: [(pod: String, hash: String, errors: Int)]) -> String {
        let count = number + 1
        return failing.map { pod, hash, errors in
            let labels = "pod=\"\(pod)\",pod_template_hash=\"\(hash)\""
            return "requests_total{\(labels),code=\"2xx\"} \((1000 - errors) * count)\n"
                + "requests_total{\(labels),code=\"5xx\"} \(errors * count)\n"
        }.joined()
    }

    @Test(arguments: [(canary: 10, isRolledBack: false), (canary: 100, isRolledBack: true)])
    func `a canary is compared with pods that came with it`(
        test: (canary: Int, isRolledBack: Bool)
    ) async throws {
        try await MetricsServer.with { metrics, url in
            try await RolloutWorld.with { world in
                try await world.apply(Self.routing)
                try await world.apply(Self.template(url))
                try await world.apply(
                    CanaryFunctionalTests.rollout(
                        Self.routed(", baselineService: web-baseline"), replicas: 5))
                let first = try await world.wait("web", phase: "Healthy")
                let stable = first["status", "stableRS"]?.stringValue ?? ""
                try await world.setImage("web", "nginx:1.20-alpine")
                let second = try await world.wait("web", "at its analysis") { $0["currentStepIndex"] == 1 }
                let canary = second["status", "currentPodHash"]?.stringValue ?? ""
                #expect(try await CanaryFunctionalTests.weights(world) == [60, 20, 20])
                #expect(second["status", "canary", "weights", "additional"]?[0]?["weight"] == 20)
                #expect(second["status", "stableRS"]?.stringValue == stable)
                let baseline = try #require(
                    try await world.replicaSets().first { $0.metadata.name == "web-\(canary)-baseline" })
                #expect(baseline["spec", "replicas"] == 1)
                #expect(
                    baseline["spec", "template", "spec", "containers"]?[0]?["image"] == "nginx:1.19-alpine")
                // The old pods err as much as a bad canary: they are warm, and nobody asks them.
                metrics.answer("/metrics") { number in
                    (
                        200,
                        Self.series(
                            number,
                            [
                                ("old", stable, 100), ("new", canary, test.canary),
                                ("young", "\(canary)-baseline", 10),
                            ])
                    )
                }
                let end = try await world.wait("web", phase: test.isRolledBack ? "Degraded" : "Healthy")
                #expect(
                    end["status", "stableRS"]?.stringValue == (test.isRolledBack ? stable : canary))
                // The pods that were only there to be compared with go with the update.
                try await world.waitUntilGone(.replicaSets, baseline.metadata.name)
                try await world.client.wait(
                    for: "web", of: GatewayAPI.httpRoutes.resource, "back to the stable version alone"
                ) { CanaryFunctionalTests.weights(of: $0) == [100, 0, 0] }
            }
        }
    }

    @Test func `a fresh baseline needs a service of its own`() async throws {
        try await RolloutWorld.with { world in
            try await world.apply(Self.routing)
            try await world.apply(Self.template("http://127.0.0.1:1"))
            try await world.apply(CanaryFunctionalTests.rollout(Self.routed("")))
            let invalid = try await world.wait("web", phase: "Degraded")
            let message = invalid["status", "message"]?.stringValue ?? ""
            #expect(
                message.contains("gatewayAPI.baselineService: Required value: template 'checks' compares"),
                "\(message)")
        }
    }
}
