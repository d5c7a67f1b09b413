import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct PreemptionTests {
    @Test func `a newer commit takes over from a sync that is stuck`() async throws {
        try await Installation.runWithWorkloads { installation in
            try await installation.commit(["shop/app.yaml": Manifests.deployment("slow-web")])
            try await installation.createApplication(
                "shop", policy: ["automated": ["prune": true], "syncOptions": ["CreateNamespace=true"]])
            try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("slow-web") ?? false
            }
            let next = try await installation.commit([
                "shop/app.yaml": "", "shop/web.yaml": Manifests.deployment("web"),
            ])
            let application = try await installation.awaitSynced("shop", to: next)
            #expect(application["status", "operationState", "syncResult", "revision"]?.stringValue == next)
            try await installation.awaitEvent("OperationSuperseded")
        }
    }

    @Test func `a sync that fails is tried again with growing pauses, and a newer commit need not wait`()
        async throws
    {
        try await Installation.runWithWorkloads { installation in
            try await installation.commit(["shop/app.yaml": Manifests.deployment("web", image: "bad:1")])
            try await installation.createApplication(
                "shop",
                policy: [
                    "automated": [:], "syncOptions": ["CreateNamespace=true"],
                    "retry": ["limit": 3, "backoff": ["duration": "1h"]],
                ])
            try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("Retrying attempt #1 at")
                    ?? false
            }
            // Looking again does not try again.
            try await installation.patchApplication(
                "shop", ["metadata": ["annotations": [Application.refreshAnnotation: "normal"]]])
            let waiting = try await installation.awaitApplication("shop") {
                $0.metadata.annotations[Application.refreshAnnotation] == nil
            }
            #expect(waiting["status", "operationState", "retryCount"] == 1)
            #expect(waiting["status", "operationState", "phase"] == "Running")
            let next = try await installation.commit([
                "shop/app.yaml": Manifests.deployment("web", image: "registry.example.com/web:2")
            ])
            try await installation.awaitSynced("shop", to: next)
        }
    }
}
