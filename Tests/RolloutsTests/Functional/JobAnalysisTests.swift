import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// Analyses by Jobs, which nobody runs here: a test says what becomes of them.
@Suite struct JobAnalysisTests {
    private static let metric = "a-check-whose-name-is-longer-than-labels-allow"

    private static let template = AnalysisFunctionalTests.template(
        """
        - name: \(metric)
          provider:
            job:
              spec:
                template:
                  spec:
                    restartPolicy: Never
                    containers: [{name: main, image: "checks:1"}]
        """)

    /// A rollout whose second version is under analysis, with the analysis' job.
    private static func withJob(
        _ strategy: String = AnalysisFunctionalTests.withAnalysis,
        _ body: @escaping @Sendable (RolloutWorld, _ run: String, _ job: String) async throws -> Void
    ) async throws {
        try await RolloutWorld.with { world in
            try await world.apply(template)
            try await world.apply(CanaryFunctionalTests.rollout(strategy))
            try await world.wait("web", phase: "Healthy")
            try await world.setImage("web", "nginx:1.20-alpine")
            let isBackground = strategy.hasPrefix("canary:\n  analysis")
            let field = isBackground ? "currentBackgroundAnalysisRunStatus" : "currentStepAnalysisRunStatus"
            let updating = try await world.wait("web", "under analysis") {
                $0["canary", field, "name"] != nil
            }
            let run = updating["status", "canary", field, "name"]?.stringValue ?? ""
            let measured = try await world.client.wait(for: run, of: Analysis.runs, "measured") {
                jobName(of: $0) != nil
            }
            try await body(world, run, jobName(of: measured) ?? "")
        }
    }

    private static func jobName(of run: Value) -> String? {
        run["status", "metricResults"]?[0]?["measurements"]?[0]?["metadata", "job-name"]?.stringValue
    }

    private static func conclude(_ job: String, _ condition: String, in world: RolloutWorld) async throws {
        try await world.client.patch(
            .jobs, job, namespace: "default",
            .merge([
                "status": [
                    "conditions": [["type": .string(condition), "status": "True", "message": "it is over"]]
                ]
            ]), subresource: "status")
    }

    @Test func `a job that completes lets the update pass`() async throws {
        try await Self.withJob { world, run, job in
            #expect(job.utf8.count <= 63)
            #expect(job.hasSuffix(".1"))
            try await Self.conclude(job, "Complete", in: world)
            try await world.wait("web", phase: "Healthy")
            let ended = try await world.client.get(Analysis.runs, run, namespace: "default")
            #expect(ended["status", "phase"] == "Successful")
        }
    }

    @Test func `a job that fails takes the update back`() async throws {
        try await Self.withJob { world, _, job in
            try await Self.conclude(job, "Failed", in: world)
            let aborted = try await world.wait("web", phase: "Degraded")
            #expect(aborted["status", "message"]?.stringValue?.contains("assessed Failed") == true)
        }
    }

    @Test func `a job whose image cannot be had decides nothing and holds the update`() async throws {
        try await Self.withJob { world, run, job in
            try await world.client.create(
                .pods,
                [
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": ["name": "check", "labels": ["job-name": .string(job)]],
                    "spec": ["containers": [["name": "main", "image": "checks:1"]]],
                ], namespace: "default")
            try await world.client.patch(
                .pods, "check", namespace: "default",
                .merge([
                    "status": [
                        "containerStatuses": [
                            [
                                "name": "main", "ready": false, "restartCount": 0, "image": "checks:1",
                                "imageID": "",
                                "state": [
                                    "waiting": ["reason": "ImagePullBackOff", "message": "no such image"]
                                ],
                            ]
                        ]
                    ]
                ]), subresource: "status")
            let held = try await world.wait("web", phase: "Paused")
            #expect(held["status", "message"] == "InconclusiveAnalysisRun")
            let ended = try await world.client.get(Analysis.runs, run, namespace: "default")
            #expect(ended["status", "phase"] == "Inconclusive")
            let message = ended["status", "message"]?.stringValue ?? ""
            #expect(message.contains("cannot have its image (ImagePullBackOff): no such image"), "\(message)")
        }
    }

    @Test func `a job that was not left to finish has not passed`() async throws {
        let strategy = """
            canary:
              analysis:
                templates:
                - templateName: checks
              steps:
              - setWeight: 50
              - pause: {}
            """
        try await Self.withJob(strategy) { world, run, job in
            try await world.wait("web", phase: "Paused")
            try await world.patch("web", ["status": ["pauseConditions": .null]], subresource: "status")
            try await world.wait("web", phase: "Healthy")
            let ended = try await world.client.wait(for: run, of: Analysis.runs, "ended") {
                $0["status", "completedAt"] != nil
            }
            #expect(ended["status", "phase"] == "Inconclusive")
            await #expect(throws: APIError.self) {
                try await world.client.get(.jobs, job, namespace: "default")
            }
        }
    }
}
