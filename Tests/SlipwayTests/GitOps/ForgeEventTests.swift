import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct ForgeEventTests {
    @Test func `a branch of the forge that moves is synced without anybody asking`() async throws {
        try await ForgedConfig.run { config in
            let first = try await config.land(
                ["shop/map.yaml": ForgedConfig.configMap("map", "one")], branch: "begin")
            try await config.createApplication("shop")
            try await config.waitForSync("shop", to: first)

            let second = try await config.land(
                ["shop/map.yaml": ForgedConfig.configMap("map", "two")], branch: "change")
            try await config.waitForSync("shop", to: second)
            let map = try await config.client.get(.configMaps, "map", namespace: "shop")
            #expect(map["data", "key"] == "two")
        }
    }

    @Test func `an application that was there before its repository is synced when the repository comes`()
        async throws
    {
        try await ForgedConfig.run { config in
            try await config.createApplication("shop")
            try await config.wait(Application.resource, "shop") {
                $0["status", "sync", "status"] == "Unknown"
            }
            let first = try await config.land(
                ["shop/map.yaml": ForgedConfig.configMap("map", "one")], branch: "begin")
            try await config.waitForSync("shop", to: first)
        }
    }
}
