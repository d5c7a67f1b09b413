import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

/// For which plans an approval counts.
@Suite struct ApprovalTests {
    private static let start = Timestamp(seconds: 1_767_225_600)

    private static func plan(
        _ names: [String], uid: String = "1", startedAt: Timestamp = start, askedAt: Timestamp = start
    ) -> PlanApproval {
        PlanApproval(
            losses: names.map { name in
                (ResourceKey(group: "", kind: "ConfigMap", namespace: "shop", name: name), uid)
            }, startedAt: startedAt, askedAt: askedAt)
    }

    @Test func `an approval counts for the plan and for what is left of it`() {
        let asked = Self.plan(["a", "b", "c"])
        #expect(asked.covers(Self.plan(["c", "a", "b"])))
        #expect(asked.covers(Self.plan(["b"])))
        #expect(!asked.covers(Self.plan(["a", "b", "c", "d"])))
        #expect(!asked.covers(Self.plan(["d"])))
        // Another object of the same name is not the one that was asked about.
        #expect(!asked.covers(Self.plan(["a"], uid: "2")))
    }

    @Test func `a plan is approved by its name, or by a time since it was asked about`() {
        let asked = Self.plan(["a"], askedAt: Self.start.advanced(by: .seconds(60)))
        #expect(asked.isGiven(by: asked.plan))
        #expect(asked.isGiven(by: "2026-01-01T00:01:00Z") && asked.isGiven(by: "2026-01-01T00:05:00Z"))
        for text in [
            "2026-01-01T00:00:59Z", "2025-12-31T23:59:59Z", "", "yes", "true", Self.plan(["b"]).plan,
        ] {
            #expect(!asked.isGiven(by: text))
        }
        // The same plan of another sync.
        #expect(!asked.isGiven(by: Self.plan(["a"], startedAt: Self.start.advanced(by: .seconds(1))).plan))
    }

    @Test func `more than can be written down is approved as a whole`() {
        let names = (0..<2001).map { "object\($0)" }
        let asked = Self.plan(names)
        #expect(asked.covers(Self.plan(names)) && !asked.covers(Self.plan(Array(names.dropLast()))))
    }

    @Test func `a retry with another plan asks anew`() async throws {
        try await Installation.runWithWorkloads { installation in
            func files(_ range: Range<Int>, _ text: (String) -> String) -> [String: String] {
                Dictionary(uniqueKeysWithValues: range.map { ("shop/object\($0).yaml", text("object\($0)")) })
            }
            let first = try await installation.commit(files(0..<10) { Manifests.configMap($0) })
            try await installation.createApplication(
                "shop", policy: ["syncOptions": ["CreateNamespace=true"]])
            try await installation.awaitApplication("shop") { $0["status", "sync", "status"] == "OutOfSync" }
            try await installation.patchApplication(
                "shop", ["operation": ["initiatedBy": ["username": "ada"], "sync": [:]]])
            try await installation.awaitSynced("shop", to: first)

            // A sync that is to delete five objects, is approved, and fails before it does.
            var broken = files(0..<5) { _ in "" }
            broken["shop/job.yaml"] = Manifests.job(
                "fail-migrate", annotations: ["argocd.argoproj.io/hook": "PreSync"])
            try await installation.commit(broken)
            try await installation.awaitApplication("shop") { $0["status", "sync", "status"] == "OutOfSync" }
            try await installation.patchApplication(
                "shop",
                [
                    "operation": [
                        "initiatedBy": ["username": "ada"], "sync": ["prune": true],
                        "retry": ["limit": 5, "backoff": ["duration": "1h"]],
                    ]
                ])
            let asking = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("would delete 5 of 10")
                    ?? false
            }
            let startedAt = asking["status", "operationState", "startedAt"] ?? .null
            try await installation.patchApplication(
                "shop", ["metadata": ["annotations": [ResourceAnnotations.Name.deletionApproved: startedAt]]])
            try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("Retrying attempt") ?? false
            }

            // The next attempt comes to delete others.
            var other = files(0..<5) { Manifests.configMap($0) }
            other.merge(files(5..<9) { _ in "" }) { $1 }
            other["shop/job.yaml"] = ""
            let last = try await installation.commit(other)
            let again = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("would delete 4 of 10")
                    ?? false
            }
            #expect(again["status", "operationState", "startedAt"] == startedAt)
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.count == 10)
            let plan = again["status", "operationState", "approval", "plan"] ?? .null
            #expect(
                again["status", "operationState", "message"]?.stringValue?.contains(plan.stringValue ?? "-")
                    == true)
            try await installation.patchApplication(
                "shop", ["metadata": ["annotations": [ResourceAnnotations.Name.deletionApproved: plan]]])
            try await installation.awaitSynced("shop", to: last)
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.count == 6)
        }
    }
}
