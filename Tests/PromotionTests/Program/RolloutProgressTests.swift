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
}
