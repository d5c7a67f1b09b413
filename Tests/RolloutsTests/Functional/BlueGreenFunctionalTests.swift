import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct BlueGreenFunctionalTests {
    static let services = """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web-preview}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        """

    @Test func `a preview waits for its promotion and then becomes active`() async throws {
        try await RolloutWorld.with { world in
            try await world.apply(Self.services)
            try await world.apply(
                CanaryFunctionalTests.rollout(
                    "blueGreen:\n  activeService: web\n  previewService: web-preview\n  autoPromotionEnabled: false\n  scaleDownDelaySeconds: 1"
                ))
            let first = try await world.wait("web", phase: "Healthy")
            try await world.setImage("web", "nginx:1.20-alpine")
            let paused = try await world.wait("web", phase: "Paused")
            #expect(paused["status", "message"] == "BlueGreenPause")
            #expect(paused["status", "blueGreen", "activeSelector"] == first["status", "currentPodHash"])
            #expect(paused["status", "blueGreen", "previewSelector"] == paused["status", "currentPodHash"])
            try await world.patch("web", ["status": ["pauseConditions": .null]], subresource: "status")
            let done = try await world.wait("web", phase: "Healthy")
            let service = try await world.client.get(.services, "web", namespace: "default")
            #expect(
                service["spec", "selector", "rollouts-pod-template-hash"] == done["status", "currentPodHash"])
            #expect(service["spec", "selector", "app"] == "web")
        }
    }

    @Test func `a rollout without its service says so and goes on when it comes`() async throws {
        try await RolloutWorld.with { world in
            try await world.apply(
                CanaryFunctionalTests.rollout("blueGreen:\n  activeService: web"))
            let invalid = try await world.wait("web", phase: "Degraded")
            #expect(invalid["status", "message"]?.stringValue?.contains("service \"web\" not found") == true)
            try await world.apply(Self.services)
            try await world.wait("web", phase: "Healthy")
        }
    }

    @Test func `a service that a strategy names no longer finds the pods of all versions again`() async throws
    {
        try await RolloutWorld.with { world in
            try await world.apply(Self.services)
            try await world.apply(
                CanaryFunctionalTests.rollout(
                    "blueGreen:\n  activeService: web\n  previewService: web-preview"))
            let first = try await world.wait("web", phase: "Healthy")
            let service = try await world.client.get(.services, "web", namespace: "default")
            #expect(
                service["spec", "selector", "rollouts-pod-template-hash"]
                    == first["status", "currentPodHash"])
            try await world.patch(
                "web", ["spec": ["strategy": ["blueGreen": .null, "canary": ["steps": [["setWeight": 50]]]]]])
            for name in ["web", "web-preview"] {
                let left = try await world.client.wait(for: name, of: .services, "left to itself") {
                    $0["spec", "selector", "rollouts-pod-template-hash"] == nil
                }
                #expect(left["spec", "selector", "app"] == "web")
            }
            try await world.wait("web", phase: "Healthy")
            // So do those of a rollout that is deleted.
            try await world.patch(
                "web", ["spec": ["strategy": ["canary": .null, "blueGreen": ["activeService": "web"]]]])
            try await world.client.wait(for: "web", of: .services, "selected again") {
                $0["spec", "selector", "rollouts-pod-template-hash"] != nil
            }
            try await world.client.delete(Rollout.resource, "web", namespace: "default")
            try await world.client.wait(for: "web", of: .services, "left to itself") {
                $0["spec", "selector", "rollouts-pod-template-hash"] == nil
            }
        }
    }
}
