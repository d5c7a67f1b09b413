import ClusterTestSupport
import Foundation
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

/// The real program, killed while a canary is at work.
@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct CanaryCrashTests {
    /// Three pods that wait; a third of them is the canary until somebody promotes it.
    private static func rollout(_ version: String) -> Value {
        let container: Value = [
            "name": "main", "image": "host",
            "command": ["/bin/sh", "-c", "trap 'exit 0' TERM; sleep 86400 & wait"],
            "env": [["name": "VERSION", "value": .string(version)]],
        ]
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "web", "namespace": "default"],
            "spec": [
                "replicas": 3, "selector": ["matchLabels": ["app": "web"]],
                "strategy": [
                    "canary": [
                        "maxUnavailable": 0, "maxSurge": 1, "steps": [["setWeight": 33], ["pause": [:]]],
                    ]
                ],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": ["terminationGracePeriodSeconds": 5, "containers": [container]],
                ],
            ],
        ]
    }

    private static func isWhole(_ rollout: Value) -> Bool {
        let status = rollout["status"]
        return status?["phase"]?.stringValue == "Healthy" && status?["stableRS"] == status?["currentPodHash"]
            && status?["observedGeneration"]?.stringValue == String(rollout.metadata.generation)
    }

    /// The containers that run, by the names of their pods.
    private static func containers(_ client: KubeClient) async throws -> [String: String] {
        var found: [String: String] = [:]
        for pod in try await client.listAll(.pods, namespace: "default") where !pod.metadata.isDeleting {
            found[pod.metadata.name] = pod["status", "containerStatuses"]?[0]?["containerID"]?.stringValue
        }
        return found
    }

    @Test func `a canary goes on where it was after SIGKILL, its pods taken over, and comes to its end`()
        async throws
    {
        let installation = try RunningInstallation()
        try await installation.start()
        let (canary, before) = try await installation.withClient { client in
            try await client.apply(
                Rollout.resource, Self.rollout("1"), namespace: "default", fieldManager: "test")
            let first = try await client.wait(for: Rollout.resource, "web", until: Self.isWhole)
            try await client.apply(
                Rollout.resource, Self.rollout("2"), namespace: "default", fieldManager: "test")
            let paused = try await client.wait(for: Rollout.resource, "web") { rollout in
                rollout["status", "currentStepIndex"]?.integerValue == 1
                    && rollout["status", "pauseConditions"]?.arrayValue?.count == 1
                    && rollout["status", "currentPodHash"] != first["status", "currentPodHash"]
            }
            return (
                paused["status", "currentPodHash"]?.stringValue ?? "", try await Self.containers(client)
            )
        }
        #expect(before.keys.filter { $0.contains(canary) }.count == 1)

        try installation.kill()
        try await installation.start()
        try await installation.withClient { client in
            let present = try await client.get(Rollout.resource, "web", namespace: "default")
            #expect(present["status", "currentStepIndex"] == 1)
            #expect(present["status", "currentPodHash"]?.stringValue == canary)
            #expect(try await Self.containers(client) == before)
        }
        let kubeconfig = "\(installation.data)/kubeconfig"
        let promoted = try await installation.process.run(
            "rollout", "promote", "web", "-n", "default", "--kubeconfig", kubeconfig)
        #expect(promoted.code == 0, "\(promoted)")
        try await installation.withClient { client in
            let whole = try await client.wait(for: Rollout.resource, "web") { rollout in
                Self.isWhole(rollout) && rollout["status", "currentPodHash"]?.stringValue == canary
                    && rollout["status", "availableReplicas"]?.integerValue == 3
            }
            #expect(whole["status", "stableRS"]?.stringValue == canary)
            // The canary's pod is the one from before both.
            let after = try await Self.containers(client).filter { $0.key.contains(canary) }
            #expect(after.count == 3)
            for (name, container) in before where name.contains(canary) { #expect(after[name] == container) }
        }
        #expect(try await installation.process.run("down", "--data", "data").code == 0)
        #expect(try installation.ended() == 0)
    }
}
