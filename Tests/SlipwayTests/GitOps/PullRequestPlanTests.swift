import Forge
import GitOps
import KubeClient
import KubeModel
import Manifest
import Testing

@Suite struct PullRequestPlanTests {
    @Test func `a pull request of the config repository shows what merging it would change, in one comment`()
        async throws
    {
        try await ForgedConfig.run { config in
            let first = try await config.land(
                [
                    "shop/map.yaml": ForgedConfig.configMap("map", "one"),
                    "shop/secret.yaml":
                        "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {token: hunter1}\n",
                ], branch: "begin")
            try await config.createApplication("shop")
            try await config.waitForSync("shop", to: first)

            let pull = try await config.propose(
                [
                    "shop/map.yaml": ForgedConfig.configMap("map", "two"),
                    "shop/secret.yaml":
                        "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {token: hunter2}\n",
                ], branch: "change")
            let plan = try await config.wait(.configMaps, "plan-config-\(pull.number)") { _ in true }
            #expect(plan["data", "summary"]?.stringValue?.contains("1 of 1 application touched") == true)
            let comments = try await config.comments(on: pull)
            #expect(comments.count == 1)
            let text = try #require(comments.first?.body)
            #expect(text.contains("-  key: one\n+  key: two"))
            #expect(text.contains("Secret") && !text.contains("hunter"))
            #expect(comments.first?.author == "slipway")

            // The comment follows the pull request.
            let moved = try await config.propose(
                ["shop/map.yaml": ForgedConfig.configMap("map", "three")], branch: "change")
            try await config.wait(.configMaps, "plan-config-\(pull.number)") {
                $0["data", "head"]?.stringValue == moved.head
            }
            let renewed = try await config.comments(on: pull)
            #expect(renewed.count == 1 && renewed.first?.body.contains("+  key: three") == true)
        }
    }
}
