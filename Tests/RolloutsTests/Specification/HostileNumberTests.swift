import AsyncHTTPClient
import Judge
import KubeModel
import Manifest
import Testing

@testable import Rollouts

/// Numbers that nobody means, in every place where somebody can write one. None of them may end the process.
@Suite struct HostileNumberTests {
    static let numbers: [Int64] = [.min, -1, 0, 1 << 31, 1 << 62, .max]

    @Test(arguments: numbers)
    func `a status may hold any number`(number: Int64) throws {
        let count = Value.integer(number)
        let weight: Value = ["weight": count, "podTemplateHash": "v2"]
        var rollout = try CanaryPlanTests.healthy(
            CanaryPlanTests.routed([["setWeight": 25], ["pause": [:]]]))
        rollout.update()
        try rollout.rest()
        var status = rollout.status.write(into: nil)
        for field in ["currentStepIndex", "collisionCount", "replicas", "HPAReplicas", "updatedReplicas"] {
            status[field] = count
        }
        status["canary", "weights"] = ["canary": weight, "stable": weight, "additional": [weight]]
        rollout.status = RolloutStatus(status)
        // One step at a time, whatever the counts say; and it comes to rest.
        try rollout.rest()
        #expect((0...100).contains(rollout.weight))
    }

    @Test(arguments: numbers)
    func `a revision may be written as any number`(number: Int64) throws {
        var rollout = try CanaryPlanTests.healthy(CanaryPlanTests.basic([["setWeight": 25]]))
        rollout.update()
        try rollout.rest()
        let set: Value = [
            "metadata": [
                "name": "web-x", "annotations": ["rollout.argoproj.io/revision": .string(String(number))],
            ]
        ]
        #expect((0...Int(Int32.max)).contains(SnapshotReader.state(set).revision))
    }

    @Test(arguments: ["count", "failureLimit", "inconclusiveLimit", "consecutiveErrorLimit"])
    func `a limit of more than 32 bits is refused with its field`(field: String) {
        for text in [Value.integer(.max), .string(String(Int64.max)), .integer(1 << 31)] {
            let metric: Value = [
                "name": "errors", "interval": "1s", field: text, "consecutiveSuccessLimit": 1,
                "provider": ["job": ["spec": [:]]],
            ]
            let error = #expect(throws: RolloutsError.self) { try AnalysisMetric(metric) }
            #expect(error?.message == "metric 'errors': \(field) is no whole number of 32 bits")
        }
    }

    @Test func `an analysis that has counted for ever goes on counting`() {
        let result: Value = [
            "name": "errors", "phase": "Running", "count": .integer(.max), "error": .integer(.max),
        ]
        let status = AnalysisRunStatus(["metricResults": [result], "runSummary": ["count": .integer(.max)]])
        #expect(status.results.first?.count == Int(Int32.max))
        #expect(status.summary.count == Int(Int32.max))
    }

    @Test func `the judge's counts have 32 bits`() throws {
        let metric: Value = [
            "name": "judge",
            "provider": [
                "slipway": [
                    "maxMissingTicks": .integer(.max), "minCanaryPods": .integer(.max),
                    "metrics": [
                        [
                            "name": "errors", "kind": "ratio", "harmful": 2, "minRequests": .integer(.max),
                        ]
                    ],
                ]
            ],
        ]
        let policy = try JudgeSettings(AnalysisMetric(metric)).policy
        #expect(policy.maximumMissingTicks == Int(Int32.max))
        #expect(policy.metrics.first?.minimumRequests == Int(Int32.max))
    }

    @Test func `an answer is not waited for longer than an hour`() async throws {
        try await MetricsServer.with { metrics, url in
            metrics.answer("/metrics", "up 1")
            let answer = try await Fetcher(HTTPClient.shared).fetch(
                "\(url)/metrics", timeout: .seconds(10_000_000_000))
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [0, 1.4, 1e15, 1e19, 1e300, .infinity, -.infinity, .nan])
    func `any rate can be told`(number: Double) {
        #expect(!JudgeForecast.whole(number.rounded()).isEmpty)
        #expect(!JudgeForecast.spelled(number).isEmpty)
        #expect(Bar.text(number).count == 20)
    }
}
