import Manifest
import Testing

@testable import Promotion

/// What a Rollout that is not through means for its environment.
@Suite struct RolloutProgressTests {
    private static func rollout(_ phase: String, _ reason: String, _ message: String) -> Value {
        [
            "metadata": ["name": "orders"],
            "status": [
                "phase": .string(phase), "message": .string(message),
                "conditions": [["type": "Progressing", "status": "True", "reason": .string(reason)]],
            ],
        ]
    }

    @Test(arguments: ["Progressing", "Degraded"])
    func `a rollout that waits for what it refers to has not failed`(phase: String) {
        let waiting = Self.rollout(phase, "MissingReference", "HTTPRoute orders does not exist")
        #expect(
            DeployedApplication.progress(of: waiting)
                == .rolling(
                    "Rollout orders waits for what is missing (HTTPRoute orders does not exist)"))
    }

    @Test func `a rollout that is degraded for another reason has failed`() {
        let stuck = Self.rollout("Degraded", "ProgressDeadlineExceeded", "timed out")
        #expect(
            DeployedApplication.progress(of: stuck)
                == .unhealthy("Rollout orders is degraded (timed out)"))
    }

    /// A canary of four steps at the one of this number.
    private static func canary(at step: Int64, _ status: (inout Value) -> Void) -> LineFacts.Deployment {
        let canary: Value = [
            "steps": [
                ["setWeight": 5], ["pause": ["duration": "1m30s"]], ["pause": [:]],
                ["analysis": ["templates": [["templateName": "judge"]]]],
            ]
        ]
        var rollout = Self.rollout("Progressing", "ReplicaSetUpdated", "more replicas need to be updated")
        rollout["metadata", "namespace"] = "orders-production"
        rollout["spec"] = ["strategy": ["canary": canary]]
        rollout["status", "currentStepIndex"] = .integer(step)
        rollout["status", "canary"] = ["weights": ["canary": ["weight": 5]]]
        if var object = rollout["status"] {
            status(&object)
            rollout["status"] = object
        }
        return DeployedApplication.progress(of: rollout)
    }

    @Test func `a pause names when it ends, or who has to end it`() {
        let pause: Value = [["reason": "CanaryPauseStep", "startTime": "2026-01-01T00:00:10Z"]]
        #expect(
            Self.canary(at: 1) { $0["pauseConditions"] = pause }
                == .rolling(
                    "Rollout orders: canary at 5 %, step 2 of 4, paused", until: "2026-01-01T00:01:40Z"))
        #expect(
            Self.canary(at: 2) { $0["pauseConditions"] = pause }
                == .rolling(
                    "Rollout orders: canary at 5 %, step 3 of 4, paused until somebody goes on: "
                        + "slipway rollout promote orders -n orders-production"))
    }

    @Test func `an analysis at work is named, and one without an end says who decides`() {
        func run(_ phase: String) -> LineFacts.Deployment {
            Self.canary(at: 3) {
                $0["canary", "currentStepAnalysisRunStatus"] = [
                    "name": "orders-2-3", "status": .string(phase),
                ]
                if phase == "Inconclusive" {
                    $0["pauseConditions"] = [
                        ["reason": "InconclusiveAnalysisRun", "startTime": "2026-01-01T00:00:10Z"]
                    ]
                }
            }
        }
        #expect(
            run("Running")
                == .rolling("Rollout orders: canary at 5 %, step 4 of 4, the analysis orders-2-3 is at work"))
        #expect(
            run("Inconclusive")
                == .rolling(
                    "Rollout orders: canary at 5 %, step 4 of 4, the analysis orders-2-3 has come to no end: "
                        + "slipway rollout promote orders -n orders-production"))
        #expect(
            run("Successful")
                == .rolling("Rollout orders: canary at 5 %, step 4 of 4 (more replicas need to be updated)"))
    }
}
