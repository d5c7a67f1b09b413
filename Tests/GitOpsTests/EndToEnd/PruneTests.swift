import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct PruneTests {
    private static let pruning: Value = [
        "automated": ["prune": true], "syncOptions": ["CreateNamespace=true"],
    ]

    @Test func `an object that leaves the source leaves the cluster`() async throws {
        try await Installation.run { installation in
            try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one"), "shop/two.yaml": Manifests.configMap("two"),
            ])
            try await installation.createApplication("shop", policy: Self.pruning)
            try await installation.awaitObject(.configMaps, "two", namespace: "shop") { _ in true }
            let next = try await installation.commit(["shop/two.yaml": ""])
            try await installation.awaitSynced("shop", to: next)
            try await installation.awaitAbsence(.configMaps, "two", namespace: "shop")
        }
    }

    @Test func `an object that must not be pruned stays and is told`() async throws {
        try await Installation.run { installation in
            try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one"),
                "shop/two.yaml": Manifests.configMap(
                    "two", annotations: ["argocd.argoproj.io/sync-options": "Prune=false"]),
            ])
            try await installation.createApplication("shop", policy: Self.pruning)
            try await installation.awaitObject(.configMaps, "two", namespace: "shop") { _ in true }
            let next = try await installation.commit(["shop/two.yaml": ""])
            let application = try await installation.awaitApplication("shop") {
                $0["status", "sync", "revision"]?.stringValue == next
                    && $0["status", "operationState", "syncResult", "revision"]?.stringValue == next
                    && $0["status", "operationState", "phase"] == "Succeeded"
            }
            #expect(application["status", "sync", "status"] == "OutOfSync")
            _ = try await installation.client.get(.configMaps, "two", namespace: "shop")
        }
    }

    @Test func `a commit that deletes much waits for approval`() async throws {
        try await Installation.run { installation in
            let names = (0..<8).map { "object\($0)" }
            try await installation.commit(
                Dictionary(uniqueKeysWithValues: names.map { ("shop/\($0).yaml", Manifests.configMap($0)) }))
            try await installation.createApplication("shop", policy: Self.pruning)
            for name in names {
                try await installation.awaitObject(.configMaps, name, namespace: "shop") { _ in true }
            }
            let next = try await installation.commit(
                Dictionary(uniqueKeysWithValues: names.prefix(5).map { ("shop/\($0).yaml", "") }))
            let waiting = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("would delete 5 of 8")
                    ?? false
            }
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.count == 8)
            let startedAt = waiting["status", "operationState", "startedAt"] ?? .null
            try await installation.patchApplication(
                "shop", ["metadata": ["annotations": ["argocd.argoproj.io/deletion-approved": startedAt]]])
            try await installation.awaitSynced("shop", to: next)
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.count == 3)
        }
    }

    /// What befalls an object while its deletion waits for approval.
    enum Change: CaseIterable, Sendable { case isTakenOver, mustNotBePruned, losesItsMark }

    @Test(arguments: Change.allCases)
    func `what has to stay by the time of its deletion stays, however old the plan is`(
        change: Change
    ) async throws {
        try await Installation.run { installation in
            let names = (0..<8).map { "object\($0)" }
            try await installation.commit(
                Dictionary(uniqueKeysWithValues: names.map { ("shop/\($0).yaml", Manifests.configMap($0)) }))
            try await installation.createApplication("shop", policy: Self.pruning)
            for name in names {
                try await installation.awaitObject(.configMaps, name, namespace: "shop") { _ in true }
            }
            let moved = Array(names.prefix(5))
            var files = Dictionary(uniqueKeysWithValues: moved.map { ("shop/\($0).yaml", "") })
            for name in moved { files["store/\(name).yaml"] = Manifests.configMap(name) }
            let next = try await installation.commit(files)
            let waiting = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("would delete 5 of 8")
                    ?? false
            }
            let before = try await installation.client.list(.configMaps, namespace: "shop").items
            switch change {
            case .isTakenOver:
                try await installation.createApplication("store", policy: Self.pruning)
                try await installation.awaitSynced("store", to: next)
            case .mustNotBePruned, .losesItsMark:
                let annotation: Object =
                    change == .losesItsMark
                    ? [TrackingID.annotation: .null]
                    : [ResourceAnnotations.Name.syncOptions: "Prune=false"]
                for name in moved {
                    try await installation.client.patch(
                        .configMaps, name, namespace: "shop",
                        .merge(["metadata": ["annotations": .object(annotation)]]))
                }
            }
            let startedAt = waiting["status", "operationState", "startedAt"] ?? .null
            try await installation.patchApplication(
                "shop", ["metadata": ["annotations": [ResourceAnnotations.Name.deletionApproved: startedAt]]])
            let done = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Succeeded"
                    && $0["status", "operationState", "syncResult", "revision"]?.stringValue == next
            }
            let results = done["status", "operationState", "syncResult", "resources"]?.arrayValue ?? []
            #expect(results.count { $0["status"] == "PruneSkipped" } == 5)
            // The very same ones: nothing was deleted and made anew.
            let after = try await installation.client.list(.configMaps, namespace: "shop").items
            #expect(after.map(\.metadata.uid).sorted() == before.map(\.metadata.uid).sorted())
        }
    }

    @Test func `a source that renders nothing deletes nothing by itself`() async throws {
        try await Installation.run { installation in
            try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one"), "shop/README.md": "x",
            ])
            try await installation.createApplication("shop", policy: Self.pruning)
            try await installation.awaitObject(.configMaps, "one", namespace: "shop") { _ in true }
            try await installation.commit(["shop/one.yaml": ""])
            let application = try await installation.awaitApplication("shop") {
                ($0["status", "conditions"]?.arrayValue ?? []).contains { $0["type"] == "SyncError" }
            }
            #expect(application["status", "sync", "status"] == "OutOfSync")
            _ = try await installation.client.get(.configMaps, "one", namespace: "shop")
        }
    }
}
