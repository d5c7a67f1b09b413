import Forge
import Git
import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct RevertRequestTests {
    @Test func `a rollback opens the pull request that takes the bad revision back, and ends with it`()
        async throws
    {
        try await ForgedConfig.run { config in
            let good = try await config.land(
                [
                    "shop/map.yaml": ForgedConfig.configMap("map", "good"),
                    "shop/old.yaml": ForgedConfig.configMap("old", "here"),
                    "other/map.yaml": ForgedConfig.configMap("map", "other"),
                ], branch: "begin")
            try await config.createApplication("shop")
            try await config.waitForSync("shop", to: good)
            // The bad revision changes a file, adds one, removes one, and touches what is no concern of the application.
            let bad = try await config.land(
                [
                    "shop/map.yaml": ForgedConfig.configMap("map", "bad"), "shop/old.yaml": "",
                    "shop/new.yaml": ForgedConfig.configMap("new", "here"),
                    "other/map.yaml": ForgedConfig.configMap("map", "better"),
                ], branch: "change")
            try await config.waitForSync("shop", to: bad)

            try await config.client.patch(
                Application.resource, "shop", namespace: ForgedConfig.namespace,
                .merge(Quarantine.rollback(to: good, from: bad, by: "ada")))
            let object = try await config.wait(.pullRequests, "config-3") { _ in true }
            #expect(object["spec", "title"]?.stringValue == "Revert shop to \(good.prefix(10))")
            #expect(object["spec", "target"] == "main" && object["spec", "author"] == "slipway")
            let application = try await config.wait(Application.resource, "shop") {
                $0.metadata.annotations[Quarantine.revertAnnotation] != nil
                    && $0["status", "sync", "revision"]?.stringValue == good
                    && $0["status", "sync", "status"] == "Synced"
            }
            let address = try #require(application.metadata.annotations[Quarantine.revertAnnotation])
            #expect(address.hasSuffix("/slipway/config/pulls/3"))
            #expect(try await value(config, "map") == "good")

            let head = try #require(object["spec", "head"]?.stringValue)
            let reverted = try await config.repository.commit(head).tree
            #expect(
                try await config.repository.blob("shop/map.yaml", at: reverted)
                    == Array(ForgedConfig.configMap("map", "good").utf8))
            #expect(try await config.repository.entry("shop/old.yaml", at: reverted) != nil)
            #expect(try await config.repository.entry("shop/new.yaml", at: reverted) == nil)
            #expect(
                try await config.repository.blob("other/map.yaml", at: reverted)
                    == Array(ForgedConfig.configMap("map", "better").utf8))

            // Merging it changes nothing in the cluster, and ends the quarantine.
            let pull = try #require(
                try await config.forge.acting(as: .init(name: "ada")).pullRequests(
                    of: "slipway/config", all: false
                ).first)
            let landed = try await config.land(pull)
            let after = try await config.waitForSync("shop", to: landed)
            #expect(after.metadata.annotations[Quarantine.revisionAnnotation] == nil)
            #expect(try await value(config, "map") == "good")
            let history = (after["status", "history"]?.arrayValue ?? []).map { $0["revision"]?.stringValue }
            #expect(history.filter { $0 == bad }.count == 1)
        }
    }

    private func value(_ config: ForgedConfig, _ name: String) async throws -> String? {
        try await config.client.get(.configMaps, name, namespace: "shop")["data", "key"]?.stringValue
    }
}
