import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct WaveAndHookTests {
    private static let policy: Value = [
        "automated": ["prune": true], "syncOptions": ["CreateNamespace=true"],
    ]
    private static let wave = "argocd.argoproj.io/sync-wave"
    private static let hook = "argocd.argoproj.io/hook"
    private static let deletePolicy = "argocd.argoproj.io/hook-delete-policy"

    @Test func `a wave begins when the one before is healthy, and the last one is awaited too`() async throws
    {
        try await Installation.run { installation in
            let commit = try await installation.commit([
                "shop/a.yaml": Manifests.deployment("slow-first"),
                "shop/b.yaml": Manifests.configMap("second", annotations: [Self.wave: "1"]),
                "shop/c.yaml": Manifests.deployment("slow-last", annotations: [Self.wave: "2"]),
            ])
            try await installation.createApplication("shop", policy: Self.policy)
            let waiting = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?
                    .hasPrefix("waiting for healthy state of apps/Deployment/slow-first") ?? false
            }
            #expect(waiting["status", "operationState", "phase"] == "Running")
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.isEmpty)
            try await Self.becomeAvailable("slow-first", installation)
            try await installation.awaitObject(.configMaps, "second", namespace: "shop") { _ in true }
            let last = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("slow-last") ?? false
            }
            #expect(last["status", "operationState", "phase"] == "Running")
            try await Self.becomeAvailable("slow-last", installation)
            try await installation.awaitSynced("shop", to: commit)
        }
    }

    @Test func `what need not be applied keeps no later wave waiting`() async throws {
        try await Installation.run { installation in
            let first = try await installation.commit([
                "shop/a.yaml": Manifests.configMap("first"),
                "shop/b.yaml": Manifests.configMap("second", annotations: [Self.wave: "1"]),
            ])
            try await installation.createApplication("shop", policy: Self.policy)
            try await installation.awaitSynced("shop", to: first)
            let next = try await installation.commit([
                "shop/b.yaml": Manifests.configMap(
                    "second", annotations: [Self.wave: "1", "example.com/note": "changed"])
            ])
            try await installation.awaitSynced("shop", to: next)
        }
    }

    private static func becomeAvailable(_ name: String, _ installation: Installation) async throws {
        try await installation.client.patch(
            .deployments, name, namespace: "shop",
            .merge([
                "status": [
                    "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2,
                    "availableReplicas": 2,
                ]
            ]), subresource: "status")
    }

    @Test func `hooks run before and after, and go as their policies say`() async throws {
        try await Installation.runWithWorkloads { installation in
            let commit = try await installation.commit([
                "shop/pre.yaml": Manifests.job(
                    "migrate", annotations: [Self.hook: "PreSync", Self.deletePolicy: "HookSucceeded"]),
                "shop/app.yaml": Manifests.deployment("web"),
                "shop/post.yaml": Manifests.job("smoke", annotations: [Self.hook: "PostSync"]),
                "shop/sorry.yaml": Manifests.job("sorry", annotations: [Self.hook: "SyncFail"]),
            ])
            try await installation.createApplication("shop", policy: Self.policy)
            let application = try await installation.awaitSynced("shop", to: commit)
            let results = application["status", "operationState", "syncResult", "resources"]?.arrayValue ?? []
            #expect(results.map { $0["name"]?.stringValue ?? "" } == ["migrate", "web", "smoke"])
            try await installation.awaitAbsence(.jobs, "migrate", namespace: "shop")
            let smoke = try await installation.client.get(.jobs, "smoke", namespace: "shop")
            #expect(!smoke.metadata.finalizers.contains(Health.hookFinalizer))
            #expect(smoke.conditions.isTrue("Complete"))
            // The hooks are not drift, and do not count as objects of the application.
            #expect(application["status", "resources"]?.arrayValue?.count == 1)
            #expect(try await installation.client.list(.jobs, namespace: "shop").items.count == 1)
            // The next sync makes the hook anew.
            let next = try await installation.commit([
                "shop/app.yaml": Manifests.deployment("web", image: "registry.example.com/web:2")
            ])
            try await installation.awaitSynced("shop", to: next)
            let again = try await installation.client.get(.jobs, "smoke", namespace: "shop")
            #expect(again.metadata.uid != smoke.metadata.uid)
        }
    }

    @Test func `a hook that fails stops the sync and brings the SyncFail hooks`() async throws {
        try await Installation.runWithWorkloads { installation in
            try await installation.commit([
                "shop/pre.yaml": Manifests.job("fail-migrate", annotations: [Self.hook: "PreSync"]),
                "shop/app.yaml": Manifests.configMap("one"),
                "shop/sorry.yaml": Manifests.job("sorry", annotations: [Self.hook: "SyncFail"]),
            ])
            try await installation.createApplication(
                "shop",
                policy: [
                    "automated": [:], "syncOptions": ["CreateNamespace=true"], "retry": ["limit": 0],
                ])
            let application = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Failed"
            }
            #expect(
                application["status", "operationState", "message"]?.stringValue?
                    .contains("batch/Job/fail-migrate: Job has reached the specified backoff limit") ?? false)
            _ = try await installation.client.get(.jobs, "sorry", namespace: "shop")
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.isEmpty)
            let conditions = application["status", "conditions"]?.arrayValue ?? []
            #expect(conditions.isEmpty || conditions.contains { $0["type"] == "SyncError" })
        }
    }

    @Test func `a hook under a generated name is a new one for each sync`() async throws {
        try await Installation.runWithWorkloads { installation in
            let job = Manifests.job("x", annotations: [Self.hook: "PreSync"])
                .replacing("name: x\n", with: "generateName: import-\n")
            let commit = try await installation.commit([
                "shop/pre.yaml": job, "shop/app.yaml": Manifests.configMap("one"),
            ])
            try await installation.createApplication("shop", policy: Self.policy)
            try await installation.awaitSynced("shop", to: commit)
            let names = try await installation.client.list(.jobs, namespace: "shop").items.map(
                \.metadata.name)
            #expect(names.count == 1)
            #expect(names.first?.hasPrefix("import-\(commit.prefix(7))-presync-") ?? false)
        }
    }
}
