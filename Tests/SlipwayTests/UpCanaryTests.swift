import Foundation
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

/// A canary on the real program, which is killed in the middle of it.
@Suite(.serialized)
struct UpCanaryTests {
    private static let rollouts = GroupVersionResource(
        group: "argoproj.io", version: "v1alpha1", resource: "rollouts")

    private func rollout(version: String) -> Value {
        [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web"],
            "spec": [
                "replicas": 2, "selector": ["matchLabels": ["app": "web"]],
                "strategy": ["canary": ["steps": [["setWeight": 50], ["pause": ["duration": "8s"]]]]],
                "template": [
                    "metadata": ["labels": ["app": "web", "version": .string(version)]],
                    "spec": [
                        "terminationGracePeriodSeconds": 1,
                        "containers": [
                            ["name": "web", "image": "host", "command": ["sleep", "infinity"]]
                        ],
                    ],
                ],
            ],
        ]
    }

    /// Waits until the rollout is as wanted.
    private func wait(
        _ installation: RunningInstallation, _ what: Comment, _ isThere: @Sendable (Value) -> Bool
    ) async throws -> Value {
        try await installation.withClient { client in
            let deadline = client.timeline.now + .seconds(240)
            var last: Value = .null
            while client.timeline.now < deadline {
                last = try await client.get(Self.rollouts, "web", namespace: "default")
                if isThere(last) { return last }
                try await client.timeline.sleep(for: .milliseconds(100))
            }
            Issue.record("\(what) did not come; the status is \(JSON.string(last["status"] ?? .null))")
            throw CancellationError()
        }
    }

    private static func isDone(_ rollout: Value) -> Bool {
        let status = rollout["status"]
        return status?["phase"] == "Healthy" && status?["stableRS"] == status?["currentPodHash"]
            && status?["observedGeneration"]?.stringValue == "\(rollout.metadata.generation)"
    }

    @Test func `a canary goes on after the process was killed in its middle`() async throws {
        let installation = try RunningInstallation()
        try await installation.start()
        let first = rollout(version: "one")
        try await installation.withClient { client in
            try await client.create(Self.rollouts, first, namespace: "default")
        }
        let before = try await wait(installation, "the first version", Self.isDone)
        try await installation.withClient { client in
            _ = try await client.patch(
                Self.rollouts, "web", namespace: "default",
                .merge(["spec": ["template": ["metadata": ["labels": ["version": "two"]]]]]))
        }
        _ = try await wait(installation, "the pause of the canary") { rollout in
            rollout["status", "currentStepIndex"]?.integerValue == 1
        }
        try installation.kill()
        try await installation.start()
        let after = try await wait(installation, "the end of the canary", Self.isDone)
        #expect(after["status", "stableRS"] != before["status", "stableRS"])
        #expect(after["status", "currentStepIndex"] == 2)
        #expect(after["status", "abort"]?.boolValue != true)
        #expect(try installation.process.run("down", "--data", "data").code == 0)
    }
}
