import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// What the delivery board says of an environment.
    @Suite struct BoardTests {
        /// Another rollout at 7 % in the namespace of production; by its name it comes first.
        private static func neighbour(_ world: DeliveryWorld) async throws {
            let namespace = "orders-production"
            var rollout = try await world.client.get(Rollout.resource, "orders", namespace: namespace)
            let metadata: Value = ["name": "a-neighbour", "namespace": .string(namespace)]
            rollout["metadata"] = metadata
            let status = rollout["status"]
            try await world.client.create(Rollout.resource, rollout, namespace: namespace)
            var other = status ?? .emptyObject
            other["canary", "weights", "canary", "weight"] = 7
            try await world.client.patch(
                Rollout.resource, "a-neighbour", namespace: namespace, .merge(["status": other]),
                subresource: "status")
        }

        @Test func `an environment's canary is the one that its application deploys`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                try await Self.neighbour(world)
                let visitor = try await fixture.visitor("viewer-token")
                let page = try await visitor.get("/").text
                #expect(page.contains("canary at 25 %"))
                #expect(!page.contains("canary at 7 %"))
                // An application of two has both, by their names.
                let application = try await fixture.client.get(
                    Application.resource, "orders-production", namespace: "slipway")
                var resources = application["status", "resources"]?.arrayValue ?? []
                resources.append([
                    "group": "argoproj.io", "version": "v1alpha1", "kind": "Rollout",
                    "namespace": "orders-production", "name": "a-neighbour", "status": "Synced",
                ])
                try await fixture.client.patch(
                    Application.resource, "orders-production", namespace: "slipway",
                    .merge(["status": ["resources": .array(resources)]]), subresource: "status")
                let both = try await visitor.get("/").text
                #expect(
                    both.contains("orders: canary at 25 %") && both.contains("a-neighbour: canary at 7 %"))
            }
        }

        @Test func `a promotion's pull request is a link`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                #expect(
                    try await visitor.get("/").text.contains("<a href=\"/pulls/config-12\">config-12</a>"))
            }
        }
    }
}
