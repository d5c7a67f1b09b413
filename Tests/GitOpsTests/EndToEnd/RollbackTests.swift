import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct RollbackTests {
    @Test func `a rollback stays while automation is on, and ends with the next commit that matters`()
        async throws
    {
        try await Installation.runWithWorkloads { installation in
            let good = try await installation.commit([
                "shop/app.yaml": Manifests.deployment("web", image: "web:1")
            ])
            try await installation.createApplication(
                "shop",
                policy: [
                    "automated": ["prune": true, "selfHeal": true], "syncOptions": ["CreateNamespace=true"],
                ])
            try await installation.awaitSynced("shop", to: good)
            let bad = try await installation.commit([
                "shop/app.yaml": Manifests.deployment("web", image: "web:2")
            ])
            try await installation.awaitSynced("shop", to: bad)

            try await installation.patchApplication(
                "shop", Quarantine.rollback(to: good, from: bad, by: "ada"))
            let back = try await installation.awaitSynced("shop", to: good)
            #expect(back["status", "operationState", "operation", "initiatedBy", "username"] == "ada")
            #expect(try await Self.image(installation) == "web:1")
            try await installation.awaitApplication("shop") {
                ($0["status", "conditions"]?.arrayValue ?? []).contains { $0["type"] == "RollbackWarning" }
            }

            // A commit that does not touch the application leaves it where it is.
            try await installation.commit(["elsewhere/x.yaml": Manifests.configMap("x")])
            try await installation.patchApplication(
                "shop", ["metadata": ["annotations": [Application.refreshAnnotation: "normal"]]])
            try await installation.awaitApplication("shop") {
                $0.metadata.annotations[Application.refreshAnnotation] == nil
            }
            #expect(try await Self.image(installation) == "web:1")

            let better = try await installation.commit([
                "shop/app.yaml": Manifests.deployment("web", image: "web:3")
            ])
            let after = try await installation.awaitSynced("shop", to: better)
            #expect(try await Self.image(installation) == "web:3")
            #expect(after.metadata.annotations[Quarantine.revisionAnnotation] == nil)
            let history = after["status", "history"]?.arrayValue ?? []
            #expect(history.map { $0["revision"]?.stringValue ?? "" } == [good, bad, good, better])
        }
    }

    private static func image(_ installation: Installation) async throws -> String {
        let object = try await installation.client.get(.deployments, "web", namespace: "shop")
        return object["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue ?? ""
    }
}
