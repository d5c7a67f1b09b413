import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

/// What `syncOptions` and the annotation `sync-options` ask for, each against a server.
@Suite struct SyncOptionTests {
    private static let options = ResourceAnnotations.Name.syncOptions

    private static func policy(_ options: String..., retries: Int = 0, prunes: Bool = true) -> Value {
        [
            "automated": ["prune": .bool(prunes), "selfHeal": false],
            "syncOptions": .array((["CreateNamespace=true"] + options).map { .string($0) }),
            "retry": ["limit": .integer(Int64(retries))],
        ]
    }

    @Test func `what is ignored in the diff is kept by the sync where that is asked for`() async throws {
        try await Installation.runWithWorkloads { installation in
            let first = try await installation.commit(["shop/web.yaml": Manifests.deployment("web")])
            let ignored: Value = [
                ["group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]]
            ]
            try await installation.createApplication(
                "shop", policy: Self.policy("RespectIgnoreDifferences=true"),
                spec: ["ignoreDifferences": ignored])
            try await installation.awaitSynced("shop", to: first)
            try await installation.client.patch(
                .deployments, "web", namespace: "shop", .merge(["spec": ["replicas": 7]]))
            let second = try await installation.commit([
                "shop/web.yaml": Manifests.deployment("web", image: "registry.example.com/web:2")
            ])
            try await installation.awaitSynced("shop", to: second)
            let web = try await installation.client.get(.deployments, "web", namespace: "shop")
            #expect(web["spec", "replicas"] == 7)
            #expect(
                web["spec", "template", "spec", "containers"]?[0]?["image"] == "registry.example.com/web:2")
        }
    }

    @Test(arguments: ["Force=true", "Replace=true,Force=true"])
    func `an object that cannot be changed is made anew where that is asked for, and not otherwise`(
        _ words: String
    ) async throws {
        try await Installation.runWithWorkloads { installation in
            func job(_ image: String, _ options: String?) -> String {
                let annotations = options.map { [Self.options: $0] } ?? [:]
                return Manifests.job("import", annotations: annotations)
                    .replacing("registry.example.com/job:1", with: image)
            }
            let first = try await installation.commit(["shop/job.yaml": job("job:1", nil)])
            try await installation.createApplication("shop", policy: Self.policy())
            try await installation.awaitSynced("shop", to: first)
            let old = try await installation.client.get(.jobs, "import", namespace: "shop")

            let second = try await installation.commit(["shop/job.yaml": job("job:2", nil)])
            let refused = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Failed"
                    && $0["status", "operationState", "syncResult", "revision"]?.stringValue == second
            }
            let results = refused["status", "operationState", "syncResult", "resources"]?.arrayValue ?? []
            #expect(results.first?["message"]?.stringValue?.contains("field is immutable") == true)

            let third = try await installation.commit(["shop/job.yaml": job("job:2", words)])
            try await installation.awaitSynced("shop", to: third)
            let new = try await installation.client.get(.jobs, "import", namespace: "shop")
            #expect(new.metadata.uid != old.metadata.uid)
            #expect(new["spec", "template", "spec", "containers"]?[0]?["image"] == "job:2")
        }
    }

    @Test func `a replaced object keeps nothing that others added`() async throws {
        try await Installation.run { installation in
            func map(_ value: String) -> String {
                Manifests.configMap("map", ["key": value], annotations: [Self.options: "Replace=true"])
            }
            let first = try await installation.commit(["shop/map.yaml": map("1")])
            try await installation.createApplication("shop", policy: Self.policy())
            try await installation.awaitSynced("shop", to: first)
            let old = try await installation.client.patch(
                .configMaps, "map", namespace: "shop", .merge(["data": ["foreign": "x"]]))
            let second = try await installation.commit(["shop/map.yaml": map("2")])
            try await installation.awaitSynced("shop", to: second)
            let new = try await installation.client.get(.configMaps, "map", namespace: "shop")
            #expect(new["data"] == ["key": "2"])
            #expect(new.metadata.uid == old.metadata.uid)
        }
    }

    @Test func `what is pruned last goes when everything else is healthy`() async throws {
        try await Installation.run { installation in
            let first = try await installation.commit([
                "shop/old.yaml": Manifests.configMap("old"), "shop/keep.yaml": Manifests.configMap("keep"),
            ])
            try await installation.createApplication("shop", policy: Self.policy("PruneLast=true"))
            try await installation.awaitSynced("shop", to: first)
            let second = try await installation.commit([
                "shop/old.yaml": "", "shop/new.yaml": Manifests.deployment("slow-new"),
            ])
            try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains("slow-new") ?? false
            }
            _ = try await installation.client.get(.configMaps, "old", namespace: "shop")
            try await installation.client.patch(
                .deployments, "slow-new", namespace: "shop",
                .merge([
                    "status": [
                        "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2,
                        "availableReplicas": 2,
                    ]
                ]), subresource: "status")
            try await installation.awaitSynced("shop", to: second)
            try await installation.awaitAbsence(.configMaps, "old", namespace: "shop")
        }
    }

    @Test func `what asks for a confirmation is pruned after it, and nothing is done before`() async throws {
        try await Installation.run { installation in
            let first = try await installation.commit([
                "shop/old.yaml": Manifests.configMap("old", annotations: [Self.options: "Prune=confirm"]),
                "shop/keep.yaml": Manifests.configMap("keep"),
            ])
            try await installation.createApplication("shop", policy: Self.policy())
            try await installation.awaitSynced("shop", to: first)
            let second = try await installation.commit([
                "shop/old.yaml": "", "shop/keep.yaml": Manifests.configMap("keep", ["key": "new"]),
            ])
            let waiting = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "message"]?.stringValue?.contains(
                    "waiting for pruning confirmation of /ConfigMap/old") ?? false
            }
            let keep = try await installation.client.get(.configMaps, "keep", namespace: "shop")
            #expect(keep["data", "key"] == "value")
            let time = waiting["status", "operationState", "startedAt"] ?? .null
            try await installation.patchApplication(
                "shop", ["metadata": ["annotations": [ResourceAnnotations.Name.deletionApproved: time]]])
            try await installation.awaitSynced("shop", to: second)
            try await installation.awaitAbsence(.configMaps, "old", namespace: "shop")
        }
    }

    @Test(arguments: ["foreground", "background", "orphan"])
    func `pruning does with dependents what the policy says`(_ propagation: String) async throws {
        try await Installation.run { installation in
            let first = try await installation.commit([
                "shop/old.yaml": Manifests.configMap("old"), "shop/keep.yaml": Manifests.configMap("keep"),
            ])
            try await installation.createApplication(
                "shop", policy: Self.policy("PrunePropagationPolicy=\(propagation)"))
            try await installation.awaitSynced("shop", to: first)
            let owner = try await installation.client.get(.configMaps, "old", namespace: "shop")
            var child: Value = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "child"]]
            child.metadata.ownerReferences = [OwnerReference(controller: owner)]
            try await installation.client.create(.configMaps, child, namespace: "shop")
            let second = try await installation.commit(["shop/old.yaml": ""])
            try await installation.awaitSynced("shop", to: second)
            try await installation.awaitAbsence(.configMaps, "old", namespace: "shop")
            if propagation == "orphan" {
                try await installation.awaitObject(.configMaps, "child", namespace: "shop") {
                    $0.metadata.ownerReferences.isEmpty
                }
            } else {
                try await installation.awaitAbsence(.configMaps, "child", namespace: "shop")
            }
        }
    }

    @Test func `the namespace is made with the labels and annotations that the policy says, and stays`()
        async throws
    {
        try await Installation.run { installation in
            let commit = try await installation.commit(["shop/map.yaml": Manifests.configMap("map")])
            var policy = Self.policy()
            policy["managedNamespaceMetadata"] = [
                "labels": ["team": "shop"], "annotations": ["owner": "ada"],
            ]
            try await installation.createApplication(
                "shop", policy: policy, finalizers: [Application.resourcesFinalizer])
            try await installation.awaitSynced("shop", to: commit)
            let namespace = try await installation.client.get(.namespaces, "shop", namespace: nil)
            #expect(namespace.metadata.labels["team"] == "shop")
            #expect(namespace.metadata.annotations["owner"] == "ada")
            try await installation.client.delete(
                Application.resource, "shop", namespace: Installation.namespace)
            try await installation.awaitAbsence(
                Application.resource, "shop", namespace: Installation.namespace)
            let after = try await installation.client.get(.namespaces, "shop", namespace: nil)
            #expect(!after.metadata.isDeleting)
        }
    }

    @Test func `an object of two applications is a fault where that is asked for, and told otherwise`()
        async throws
    {
        try await Installation.run { installation in
            let commit = try await installation.commit([
                "one/map.yaml": Manifests.configMap("map"), "two/map.yaml": Manifests.configMap("map"),
            ])
            try await installation.createApplication("one", policy: Self.policy())
            try await installation.awaitSynced("one", to: commit)
            try await installation.createApplication(
                "two", policy: Self.policy("FailOnSharedResource=true"))
            let failed = try await installation.awaitApplication("two") {
                $0["status", "operationState", "phase"] == "Failed"
            }
            #expect(
                failed["status", "operationState", "message"]?.stringValue?
                    .contains("ConfigMap map is part of application one (FailOnSharedResource)") ?? false)
            let conditions = failed["status", "conditions"]?.arrayValue ?? []
            #expect(conditions.contains { $0["type"] == "SharedResourceWarning" })
            let map = try await installation.client.get(.configMaps, "map", namespace: "shop")
            #expect(map.metadata.annotations[TrackingID.annotation]?.hasPrefix("one:") == true)
        }
    }

    @Test func `a kind that the cluster does not know is a fault beforehand, or not, as the object says`()
        async throws
    {
        try await Installation.run { installation in
            func thing(_ options: String?) -> String {
                var object: Value = [
                    "apiVersion": "example.com/v1", "kind": "Thing", "metadata": ["name": "thing"],
                ]
                if let options { object.metadata.annotations[Self.options] = options }
                return YAML.string(object)
            }
            try await installation.commit([
                "shop/thing.yaml": thing(nil), "shop/map.yaml": Manifests.configMap("map"),
            ])
            try await installation.createApplication("shop", policy: Self.policy())
            let failed = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Failed"
            }
            #expect(
                failed["status", "operationState", "message"]?.stringValue?.contains("nothing was changed")
                    ?? false)
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.isEmpty)
            let second = try await installation.commit([
                "shop/thing.yaml": thing("SkipDryRunOnMissingResource=true")
            ])
            // The map is applied; the thing is refused only when its turn comes.
            let applied = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Failed"
                    && $0["status", "operationState", "syncResult", "revision"]?.stringValue == second
            }
            _ = try await installation.client.get(.configMaps, "map", namespace: "shop")
            let results = applied["status", "operationState", "syncResult", "resources"]?.arrayValue ?? []
            #expect(results.first?["kind"] == "Thing" && results.first?["status"] == "SyncFailed")
        }
    }

    @Test func `who asked for a revision gets the newest when it fails and the policy says so`() async throws
    {
        try await Installation.run { installation in
            let bad = try await installation.commit(["shop/a.yaml": Manifests.deployment("Not_A_Name")])
            try await installation.createApplication(
                "shop", policy: ["syncOptions": ["CreateNamespace=true"]])
            let good = try await installation.commit([
                "shop/a.yaml": "", "shop/b.yaml": Manifests.configMap("map"),
            ])
            try await installation.patchApplication(
                "shop",
                [
                    "operation": [
                        "initiatedBy": ["username": "ada"], "sync": ["revision": .string(bad)],
                        "retry": ["limit": 2, "refresh": true, "backoff": ["duration": "1ms"]],
                    ]
                ])
            try await installation.awaitSynced("shop", to: good)
        }
    }
}
