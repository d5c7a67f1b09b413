import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct FirstSyncTests {
    @Test func `an application's objects are made with its mark, in its namespace`() async throws {
        try await Installation.run { installation in
            let commit = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one"), "shop/two.yaml": Manifests.configMap("two"),
            ])
            try await installation.createApplication(
                "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
            let application = try await installation.awaitSynced("shop", to: commit)
            let one = try await installation.client.get(.configMaps, "one", namespace: "shop")
            #expect(one.metadata.annotations[TrackingID.annotation] == "shop:/ConfigMap:shop/one")
            #expect(one["data", "key"] == "value")
            #expect(application["status", "operationState", "phase"] == "Succeeded")
            #expect(application["status", "history"]?.arrayValue?.count == 1)
            #expect(application["status", "resources"]?.arrayValue?.count == 2)
            #expect(await installation.controller.renders.counters.renders == 1)
        }
    }
}
