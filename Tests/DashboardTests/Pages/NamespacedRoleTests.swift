import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// People whose role is bound in one namespace, or for one object, have the buttons of what they may do there.
    @Suite struct NamespacedRoleTests {
        private static let production = "/rollouts/orders-production/orders"
        private static let development = "/rollouts/orders-dev/orders"

        /// The canary of production once more, in another namespace.
        private static func copyCanary(_ fixture: DashboardFixture) async throws {
            let made = try await fixture.client.get(
                Rollout.resource, "orders", namespace: "orders-production")
            var copy = made
            copy["metadata"] = ["name": "orders", "namespace": "orders-dev"]
            try await DeliveryWorld(client: fixture.client).create(Rollout.resource, copy, in: "orders-dev")
        }

        private static func canAbort(_ page: Visitor.Answer) -> Bool {
            page.status == 200 && page.text.contains("value=\"abort\"")
        }

        @Test func `an approver of one namespace steers its rollouts and no others`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Self.copyCanary(fixture)
                try await fixture.bind("slipway:viewer", to: "nemo", in: nil)
                try await fixture.bind("slipway:approver", to: "nemo", in: "orders-production")
                let visitor = try await fixture.visitor("nobody-token")
                #expect(Self.canAbort(try await visitor.get(Self.production)))
                let other = try await visitor.get(Self.development)
                #expect(other.status == 200 && !Self.canAbort(other))
                #expect(other.text.contains("An approver can promote or abort it."))
                // The parts that a stream sends have the same buttons.
                for (path, mayAbort) in [(Self.production, true), (Self.development, false)] {
                    try await visitor.stream("/live?page=\(path)") { events in
                        for try await event in events where event.data.contains("\"steer\"") {
                            guard event.name == "region" else { continue }
                            #expect(event.data.contains("abort\\\"") == mayAbort, "\(path)")
                            break
                        }
                    }
                }
                // What counts is the API's word, whatever form is sent.
                var form = Visitor.form(to: Self.production, in: try await visitor.get(Self.production).text)
                form["action"] = "abort"
                form["csrf"] = nil
                let refused = try await visitor.submit(Self.development, from: Self.development, form)
                #expect(refused.status == 403)
                let done = try await visitor.submit(Self.production, from: Self.production, form)
                #expect(done.status == 303)
                for (place, isAborted) in [("orders-production", true), ("orders-dev", false)] {
                    let rollout = try await fixture.client.get(Rollout.resource, "orders", namespace: place)
                    #expect((rollout["status", "abort"] == true) == isAborted, "\(place)")
                }
            }
        }

        @Test func `who may look into single namespaces finds their rollouts`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Self.copyCanary(fixture)
                try await fixture.bind("slipway:viewer", to: "nemo", in: "slipway")
                let visitor = try await fixture.visitor("nobody-token")
                #expect(try await visitor.get("/rollouts").status == 403)
                let bare = try await visitor.get("/")
                #expect(bare.status == 200)
                #expect(bare.text.contains("Not shown: rollouts.argoproj.io is forbidden"))
                try await fixture.bind("slipway:approver", to: "nemo", in: "orders-production")
                let all = try await visitor.get("/rollouts")
                #expect(all.status == 200)
                #expect(all.text.contains("href=\"\(Self.production)\""))
                #expect(!all.text.contains("orders-dev"))
                let board = try await visitor.get("/")
                #expect(board.text.contains("canary at 25 %") && !board.text.contains("Not shown"))
                #expect(Self.canAbort(try await visitor.get(Self.production)))
                try await visitor.stream("/live?page=/rollouts") { events in
                    var isTold = false
                    for try await event in events where event.name == "now" {
                        isTold = true
                        break
                    }
                    #expect(isTold)
                }
            }
        }

        @Test func `of many namespaces so many are shown, and the others are counted`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let names = (1...RolloutPlaces.maximum).map { "wave-\($0)" }
                let environments = names.map { name -> Value in ["name": .string(name)] }
                try await DeliveryWorld(client: fixture.client).create(
                    .deliveries,
                    DeliveryWorld(client: fixture.client).slipway(
                        "Delivery", "many", ["environments": .array(environments)], [:]))
                try await fixture.bind("slipway:viewer", to: "nemo", in: "slipway")
                try await fixture.bind("slipway:viewer", to: "nemo", in: "orders-production")
                for name in names {
                    let place = "many-\(name)"
                    try await fixture.client.create(
                        .namespaces,
                        [
                            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(place)],
                        ], namespace: nil)
                    try await fixture.bind("slipway:viewer", to: "nemo", in: place)
                }
                let visitor = try await fixture.visitor("nobody-token")
                let page = try await visitor.get("/rollouts")
                #expect(page.text.contains("Rollouts of 1 more namespaces are not shown."))
            }
        }

        @Test func `a reviewer of one repository reviews its pull requests and no others`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                let pull = try await fixture.client.get(.pullRequests, "orders-8", namespace: "slipway")
                var other = pull
                other["metadata"] = ["name": "payments-1"]
                other["spec", "repository"] = "payments"
                try await world.create(.pullRequests, other)
                try await fixture.bind("slipway:viewer", to: "nemo", in: nil)
                let rules: Value = [
                    [
                        "apiGroups": ["slipway.dev"], "resources": ["repositories"],
                        "resourceNames": ["orders"], "verbs": ["comment", "review"],
                    ]
                ]
                try await fixture.grant(rules, as: "reviewer-of-orders", to: "nemo", in: "slipway")
                let visitor = try await fixture.visitor("nobody-token")
                for (path, mayReview) in [("/pulls/orders-8", true), ("/pulls/payments-1", false)] {
                    let page = try await visitor.get(path)
                    #expect(page.status == 200)
                    #expect(page.text.contains("value=\"Approved\"") == mayReview, "\(path)")
                }
            }
        }

        @Test func `approvals and rollbacks are asked for where they are made`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("nobody-token")
                try await fixture.bind("slipway:viewer", to: "nemo", in: nil)
                try await fixture.bind("slipway:approver", to: "nemo", in: "orders-production")
                #expect(!(try await visitor.get("/").text.contains("value=\"Approve\"")))
                let rules: Value = [
                    [
                        "apiGroups": ["slipway.dev"], "resources": ["approvals", "rollbacks"],
                        "verbs": ["create"],
                    ]
                ]
                try await fixture.grant(rules, as: "approver-here", to: "nemo", in: "slipway")
                let board = try await visitor.get("/").text
                #expect(board.contains("value=\"Approve\"") && board.contains("id=\"rollback-orders-dev\""))
                let commit = try await visitor.get("/commits/orders/\(DeliveryWorld.commit)").text
                #expect(commit.contains("value=\"Approve\""))
            }
        }
    }
}
