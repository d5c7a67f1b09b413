import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct DriftTests {
    private static let healing: Value = [
        "automated": ["prune": true, "selfHeal": true], "syncOptions": ["CreateNamespace=true"],
    ]

    @Test func `a field that somebody changes is put right, a field that somebody adds stays`() async throws {
        try await Installation.run { installation in
            let commit = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one", ["a": "1"])
            ])
            try await installation.createApplication("shop", policy: Self.healing)
            try await installation.awaitSynced("shop", to: commit)
            try await installation.client.patch(
                .configMaps, "one", namespace: "shop", .merge(["data": ["a": "2", "theirs": "x"]]))
            try await installation.awaitObject(.configMaps, "one", namespace: "shop") {
                $0["data", "a"] == "1"
            }
            let object = try await installation.client.get(.configMaps, "one", namespace: "shop")
            #expect(object["data", "theirs"] == "x")
            try await installation.awaitSynced("shop", to: commit)
        }
    }

    @Test func `an object that somebody deletes comes back`() async throws {
        try await Installation.run { installation in
            let commit = try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
            try await installation.createApplication("shop", policy: Self.healing)
            try await installation.awaitSynced("shop", to: commit)
            let uid = try await installation.client.get(.configMaps, "one", namespace: "shop").metadata.uid
            try await installation.client.delete(.configMaps, "one", namespace: "shop")
            try await installation.awaitObject(.configMaps, "one", namespace: "shop") {
                $0.metadata.uid != uid
            }
        }
    }

    @Test func `without self-heal a changed object is told and left alone`() async throws {
        try await Installation.run { installation in
            let commit = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one", ["a": "1"])
            ])
            try await installation.createApplication(
                "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
            try await installation.awaitSynced("shop", to: commit)
            try await installation.client.patch(
                .configMaps, "one", namespace: "shop", .merge(["data": ["a": "2"]]))
            try await installation.awaitApplication("shop") { $0["status", "sync", "status"] == "OutOfSync" }
            let object = try await installation.client.get(.configMaps, "one", namespace: "shop")
            #expect(object["data", "a"] == "2")
        }
    }

    @Test func `fields that do not count are not drift`() async throws {
        try await Installation.run { installation in
            let commit = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one", ["a": "1"])
            ])
            try await installation.createApplication(
                "shop", policy: Self.healing,
                spec: ["ignoreDifferences": [["kind": "ConfigMap", "jsonPointers": ["/data/a"]]]])
            try await installation.awaitSynced("shop", to: commit)
            try await installation.client.patch(
                .configMaps, "one", namespace: "shop",
                .merge(["data": ["a": "2"], "metadata": ["labels": ["seen": "yes"]]]))
            let next = try await installation.commit(["shop/two.yaml": Manifests.configMap("two")])
            try await installation.awaitSynced("shop", to: next)
            let object = try await installation.client.get(.configMaps, "one", namespace: "shop")
            #expect(object["data", "a"] == "2")
        }
    }
}
