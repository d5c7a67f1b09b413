import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// What a commit's page tells of a canary that is over.
    @Suite struct JourneyTests {
        private static let path = "/commits/orders/\(DeliveryWorld.commit)"
        private static let older = "/commits/orders/\(DeliveryWorld.older)"

        /// The judge rolls the new version back, and git has the older one again.
        private static func rollBack(_ world: DeliveryWorld) async throws {
            let namespace = "orders-production"
            let rollout = try await world.client.get(Rollout.resource, "orders", namespace: namespace)
            try await world.judge(of: rollout, harmful: true)
            let image = "127.0.0.1:5000/orders@\(DeliveryWorld.olderDigest)"
            let containers: Value = [["name": "orders", "image": .string(image)]]
            try await world.client.patch(
                Rollout.resource, "orders", namespace: namespace,
                .merge(["spec": ["template": ["spec": ["containers": containers]]]]))
            try await world.client.patch(
                Rollout.resource, "orders", namespace: namespace,
                .merge([
                    "status": ["currentPodHash": "6d5f9", "phase": "Healthy", "pauseConditions": .null]
                ]), subresource: "status")
            let spec = ReleaseSpec(
                repository: "orders", commit: DeliveryWorld.older, tree: DeliveryWorld.older,
                image: .init(
                    repository: "127.0.0.1:5000/orders", tag: DeliveryWorld.older,
                    digest: DeliveryWorld.olderDigest))
            try await world.create(
                .releases,
                world.slipway(
                    "Release", "orders-older", try ValueEncoder().encode(spec), ["phase": "Available"]))
        }

        @Test func `a canary that was rolled back stays on its commit's page, with the evidence`()
            async throws
        {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                let visitor = try await fixture.visitor("viewer-token")
                let before = try await visitor.get(Self.path).text
                #expect(before.contains("On its way") && before.contains("aria-current=\"step\""))
                try await Self.rollBack(world)
                let page = try await visitor.get(Self.path).text
                #expect(page.contains("id=\"canary-orders-production-orders\""))
                #expect(page.contains("Rolled back") && page.contains("Harmful after"))
                #expect(page.contains("class=\"crossing harm\""))
                #expect(page.contains("orders-7c8b4-bad, revision 5"))
                // Neither the steps nor the traffic of the rollout are this version's any more.
                #expect(!page.contains("class=\"steps\"") && !page.contains("class=\"traffic\""))
            }
        }

        @Test func `the version that users have again has none of the other's evidence`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                try await Self.rollBack(world)
                let visitor = try await fixture.visitor("viewer-token")
                let page = try await visitor.get(Self.older).text
                #expect(page.contains("id=\"canary-orders-production-orders\""))
                #expect(page.contains("Users have it") && page.contains("No analysis has begun."))
                #expect(!page.contains("Harmful after") && !page.contains("7c8b4"))
                // The rollout's own page tells of both.
                let rollout = try await visitor.get("/rollouts/orders-production/orders").text
                #expect(rollout.contains("Harmful after"))
            }
        }

        @Test func `an image without a signature is not called signed`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                try await Self.rollBack(world)
                let visitor = try await fixture.visitor("viewer-token")
                #expect(
                    try await visitor.get(Self.path).text.contains("<span class=\"stage-text\">signed</span>")
                )
                let page = try await visitor.get(Self.older).text
                #expect(page.contains("<span class=\"stage-text\">not signed</span>"))
                #expect(page.contains("This image is not signed."))
            }
        }

        @Test func `the newest promotion counts, of each service and of this repository alone`() async throws
        {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                func promote(_ service: String, _ sequence: Int64, _ phase: String, release: String)
                    async throws
                {
                    let spec: Value = [
                        "service": .string(service), "environment": "dev", "release": .string(release),
                        "digest": .string(DeliveryWorld.digest), "image": "r/x",
                        "commit": .string(DeliveryWorld.commit), "kind": "Promotion",
                        "sequence": .integer(sequence),
                    ]
                    try await world.create(
                        .promotions,
                        world.slipway(
                            "Promotion", "\(service)-dev-\(sequence)", spec, ["phase": .string(phase)]))
                }
                let release = "orders-3fa9c23fa9c2"
                // By their names, the tenth comes before the ninth.
                try await promote("orders", 9, "Failed", release: release)
                try await promote("orders", 10, "RolledBack", release: release)
                let visitor = try await fixture.visitor("viewer-token")
                let page = try await visitor.get(Self.path).text
                #expect(page.contains("<span class=\"stage-text\">Rolled back</span>"))
                #expect(!page.contains("<span class=\"stage-text\">Failed</span>"))
                // Another repository's commit of the same name.
                try await promote("payments", 1, "Superseded", release: "payments-1")
                #expect(!(try await visitor.get(Self.path).text.contains("Superseded")))
                // A second service of the repository.
                try await fixture.client.patch(
                    .deliveries, "payments", namespace: "slipway", .merge(["spec": ["repository": "orders"]]))
                let both = try await visitor.get(Self.path).text
                #expect(both.contains("<span class=\"stage-name\">payments dev</span>"))
                #expect(both.contains("<span class=\"stage-name\">orders dev</span>"))
                #expect(both.contains("<span class=\"stage-text\">Superseded</span>"))
            }
        }
    }
}
