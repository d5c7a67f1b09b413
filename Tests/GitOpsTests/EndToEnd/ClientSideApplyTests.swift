import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

/// `ServerSideApply=false`, and the way from other owners of fields to server-side apply.
@Suite struct ClientSideApplyTests {
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    private static func policy(_ options: String...) -> Value {
        [
            "automated": ["prune": true, "selfHeal": true],
            "syncOptions": .array((["CreateNamespace=true"] + options).map { .string($0) }),
        ]
    }

    @Test func `objects are applied as kubectl does, and what git drops goes while what others add stays`()
        async throws
    {
        try await Installation.runWithWorkloads { installation in
            let first = try await installation.commit([
                "shop/map.yaml": Manifests.configMap("map", ["a": "1", "b": "2"]),
                "shop/web.yaml": Manifests.deployment("web"),
            ])
            try await installation.createApplication("shop", policy: Self.policy("ServerSideApply=false"))
            try await installation.awaitSynced("shop", to: first)
            let map = try await installation.client.get(.configMaps, "map", namespace: "shop")
            let text = try #require(map.metadata.annotations[Self.lastApplied])
            #expect(text.hasSuffix("\n"))
            #expect(try JSON.parse(text)["data"] == ["a": "1", "b": "2"])
            let managers = (map["metadata", "managedFields"]?.arrayValue ?? []).map { $0["operation"] }
            #expect(managers == ["Update"])

            try await installation.client.patch(
                .configMaps, "map", namespace: "shop", .merge(["data": ["c": "3"]]))
            let second = try await installation.commit([
                "shop/map.yaml": Manifests.configMap("map", ["a": "1"])
            ])
            try await installation.awaitSynced("shop", to: second)
            let after = try await installation.client.get(.configMaps, "map", namespace: "shop")
            #expect(after["data"] == ["a": "1", "c": "3"])

            // Drift is put right as ever.
            try await installation.client.patch(
                .configMaps, "map", namespace: "shop", .merge(["data": ["a": "changed"]]))
            try await installation.awaitObject(.configMaps, "map", namespace: "shop") {
                $0["data", "a"] == "1"
            }
        }
    }

    @Test func `what was applied before by others is taken over, so that what git drops goes`() async throws {
        try await Installation.run { installation in
            try await installation.client.create(
                .namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "shop"]],
                namespace: nil)
            // As kubectl apply and Argo CD leave them.
            for (name, manager) in [("one", "kubectl-client-side-apply"), ("two", "argocd-controller")] {
                let map: Value = [
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
                    "data": ["kept": "1", "dropped": "2"],
                ]
                if manager == "argocd-controller" {
                    try await installation.client.apply(
                        .configMaps, map, namespace: "shop", fieldManager: manager)
                } else {
                    var options = WriteOptions()
                    options.fieldManager = manager
                    try await installation.client.create(
                        .configMaps, map, namespace: "shop", options: options)
                }
            }
            let commit = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one", ["kept": "1"]),
                "shop/two.yaml": Manifests.configMap("two", ["kept": "1"]),
            ])
            try await installation.createApplication("shop", policy: Self.policy())
            try await installation.awaitSynced("shop", to: commit)
            for name in ["one", "two"] {
                let map = try await installation.client.get(.configMaps, name, namespace: "shop")
                #expect(map["data"] == ["kept": "1"])
                let managers = (map["metadata", "managedFields"]?.arrayValue ?? []).map { $0["manager"] }
                #expect(managers == ["slipway"])
            }
        }
    }

    @Test func `changing over to server-side apply loses no field`() async throws {
        try await Installation.run { installation in
            let first = try await installation.commit([
                "shop/map.yaml": Manifests.configMap("map", ["a": "1", "b": "2"])
            ])
            try await installation.createApplication("shop", policy: Self.policy("ServerSideApply=false"))
            try await installation.awaitSynced("shop", to: first)
            try await installation.patchApplication(
                "shop", ["spec": ["syncPolicy": ["syncOptions": ["CreateNamespace=true"]]]])
            let second = try await installation.commit([
                "shop/map.yaml": Manifests.configMap("map", ["a": "1"])
            ])
            try await installation.awaitSynced("shop", to: second)
            let map = try await installation.client.get(.configMaps, "map", namespace: "shop")
            #expect(map["data"] == ["a": "1"])
        }
    }
}
