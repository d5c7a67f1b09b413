import Foundation
import TestSupport
import Testing

/// `slipway rollout lint` and `plan`, which need no cluster.
@Suite struct RolloutCheckingTests {
    private static func slipway(_ arguments: [String], in directory: String) async throws -> Program.Outcome {
        let program = try #require(Program.built("slipway"))
        return try await Program.run(program, arguments, in: directory, environment: [:])
    }

    @Test func `manifests are checked without a cluster`() async throws {
        try await withTemporaryDirectory { directory in
            let good = """
                apiVersion: argoproj.io/v1alpha1
                kind: AnalysisTemplate
                metadata: {name: judge}
                spec:
                  metrics:
                  - name: judge
                    provider: {slipway: {metrics: [{name: errors, kind: ratio}]}}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: other}
                """
            let bad = """
                apiVersion: argoproj.io/v1alpha1
                kind: AnalysisTemplate
                metadata: {name: judge}
                spec:
                  metrics:
                  - name: judge
                    provider:
                      slipway:
                        baseline: newest
                        metrics: [{name: errors, kind: ratio}]
                  - name: rate
                    successCondition: result[0 >= 1
                    provider: {prometheus: {address: "http://prometheus", query: up}}
                """
            try Data(good.utf8).write(to: URL(filePath: "\(directory)/good.yaml"))
            try Data(bad.utf8).write(to: URL(filePath: "\(directory)/bad.yaml"))
            let fine = try await Self.slipway(["rollout", "lint", "good.yaml"], in: directory)
            #expect((fine.code, fine.output) == (0, "1 checked, nothing wrong\n"))
            let refused = try await Self.slipway(["rollout", "lint", "good.yaml", "bad.yaml"], in: directory)
            #expect(refused.code == 2)
            #expect(refused.error.contains("bad.yaml: AnalysisTemplate judge: spec.metrics[0]: "))
            #expect(
                refused.error.contains("slipway.baseline is none of stable, the pods users have, and fresh"))
            #expect(refused.error.contains("spec.metrics[1]: metric 'rate': successCondition"))
            let nothing = try await Self.slipway(["rollout", "lint", "missing.yaml"], in: directory)
            #expect(nothing.code != 0)
        }
    }

    @Test func `a canary with fewer pods than the judge asks for is warned of`() async throws {
        func rollout(_ replicas: Int) -> String {
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              replicas: \(replicas)
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: web}]}
              strategy:
                canary:
                  canaryService: web-canary
                  stableService: web-stable
                  trafficRouting: {gatewayAPI: {httpRoute: web}}
                  steps:
                  - setWeight: 20
                  - analysis: {templates: [{templateName: judge}]}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: judge}
            spec:
              metrics:
              - name: judge
                provider: {slipway: {metrics: [{name: errors, kind: ratio}]}}
            """
        }
        try await withTemporaryDirectory { directory in
            try Data(rollout(5).utf8).write(to: URL(filePath: "\(directory)/small.yaml"))
            try Data(rollout(6).utf8).write(to: URL(filePath: "\(directory)/large.yaml"))
            let small = try await Self.slipway(["rollout", "lint", "small.yaml"], in: directory)
            #expect(small.code == 0)
            #expect(small.output.contains("warning: Rollout web: spec.strategy.canary.steps[1].analysis: "))
            #expect(small.output.contains("has 1 pod there, and the judge waits for 2"))
            #expect(small.output.contains("or write minCanaryPods: 1"))
            let large = try await Self.slipway(["rollout", "lint", "large.yaml"], in: directory)
            #expect((large.code, large.output) == (0, "2 checked, nothing wrong\n"))
        }
    }

    @Test func `a plan tells how long the judge needs at each weight`() async throws {
        try await withTemporaryDirectory { directory in
            let plan = try await Self.slipway(
                ["rollout", "plan", "--requests-per-second", "100", "--error-rate", "0.001"], in: directory)
            #expect(plan.code == 0)
            let lines = plan.output.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines.first?.hasPrefix("at 5 % this needs 72 min (") == true)
            let wrong = try await Self.slipway(
                ["rollout", "plan", "--requests-per-second", "0", "--error-rate", "0.001"], in: directory)
            #expect(wrong.code != 0)
        }
    }
}
