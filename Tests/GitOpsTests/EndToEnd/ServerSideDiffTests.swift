import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct ServerSideDiffTests {
    private static let policy: Value = ["automated": [:], "syncOptions": ["CreateNamespace=true"]]

    @Test(arguments: [false, true])
    func `a difference is the same whether it is found here or by the server`(_ isServerSide: Bool)
        async throws
    {
        try await Installation.runWithWorkloads { installation in
            let commit = try await installation.commit([
                "shop/web.yaml": Manifests.deployment("web"), "shop/map.yaml": Manifests.configMap("map"),
            ])
            try await installation.createApplication("shop", policy: Self.policy)
            try await installation.awaitSynced("shop", to: commit)
            let difference = ApplicationDifference(
                installation.client, controlNamespace: Installation.namespace, isServerSide: isServerSide)
            func compute(_ revision: String) async throws -> ApplicationDifference.Result {
                try await difference.compute(
                    Application(try await installation.application("shop")),
                    repository: installation.repository, revision: revision)
            }
            #expect(try await compute(commit).changes.isEmpty)

            var somebody = WriteOptions()
            somebody.fieldManager = "somebody"
            try await installation.client.patch(
                .deployments, "web", namespace: "shop",
                .merge(["spec": ["replicas": 5, "minReadySeconds": 3]]), options: somebody)
            let next = try await installation.commit(
                [
                    "shop/map.yaml": "", "shop/new.yaml": Manifests.configMap("new"),
                    "shop/web.yaml": Manifests.deployment("web", image: "registry.example.com/web:2"),
                ], tells: false)
            let result = try await compute(next)
            #expect(
                result.changes.map { "\($0.change) \($0.key.kind)/\($0.key.name)" }
                    == ["added ConfigMap/new", "changed Deployment/web", "removed ConfigMap/map"])
            let web = try #require(result.changes.first { $0.key.name == "web" }).difference
            #expect(web.contains("-  replicas: 5\n+  replicas: 2"))
            #expect(web.contains("web:2") && !web.contains("minReadySeconds: 3\n+"))
            // What somebody else has set is no difference, and is told with who did.
            #expect(
                result.foreign.flatMap(\.fields).contains {
                    $0.manager == "somebody" && $0.paths.contains(".spec.minReadySeconds")
                })
        }
    }

    @Test func `an application may ask for the server's word`() async throws {
        try await Installation.run { installation in
            let definition: Value = [
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": ["name": "things.example.com"],
                "spec": [
                    "group": "example.com", "scope": "Namespaced",
                    "names": ["plural": "things", "singular": "thing", "kind": "Thing"],
                    "versions": [
                        [
                            "name": "v1", "served": true, "storage": true,
                            "schema": [
                                "openAPIV3Schema": [
                                    "type": "object",
                                    "properties": [
                                        "spec": [
                                            "type": "object",
                                            "properties": ["size": ["type": "integer", "default": 3]],
                                        ]
                                    ],
                                ]
                            ],
                        ]
                    ],
                ],
            ]
            let thing: Value = [
                "apiVersion": "example.com/v1", "kind": "Thing", "metadata": ["name": "thing"], "spec": [:],
            ]
            let commit = try await installation.commit([
                "shop/kind.yaml": YAML.string(definition), "shop/thing.yaml": YAML.string(thing),
            ])
            try await installation.createApplication("shop", policy: Self.policy)
            try await installation.patchApplication(
                "shop",
                ["metadata": ["annotations": [Application.compareOptionsAnnotation: "ServerSideDiff=true"]]])
            try await installation.awaitSynced("shop", to: commit)
            let things = GroupVersionResource(group: "example.com", version: "v1", resource: "things")
            // The mark is ours, and somebody takes it: that counts, here and for the server.
            try await installation.client.patch(
                things, "thing", namespace: "shop",
                .merge(["metadata": ["annotations": [TrackingID.annotation: .null]]]))
            try await installation.awaitApplication("shop") { $0["status", "sync", "status"] == "OutOfSync" }
        }
    }
}
