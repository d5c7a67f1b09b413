import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// Forms of rollouts that were made for what is not any more.
    @Suite struct SteeringTests {
        private static let path = "/rollouts/orders-production/orders"

        private static func set(_ status: Value, _ fixture: DashboardFixture) async throws {
            try await fixture.client.patch(
                Rollout.resource, "orders", namespace: "orders-production", .merge(["status": status]),
                subresource: "status")
        }

        private static func status(_ fixture: DashboardFixture) async throws -> Value? {
            try await fixture.client.get(Rollout.resource, "orders", namespace: "orders-production")["status"]
        }

        @Test func `a button pressed twice ends one pause and skips nothing`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("approver-token")
                var form = Visitor.form(to: Self.path, in: try await visitor.get(Self.path).text)
                #expect(form["step"] == "3" && form["hash"] == "7c8b4")
                form["action"] = "continue"
                #expect(try await visitor.post(Self.path, form).status == 303)
                let early = try await visitor.post(Self.path, form)
                #expect(early.status == 409)
                #expect(early.text.contains("goes on already"))
                // The controller has gone on, to a step that is a pause again.
                try await Self.set(
                    [
                        "currentStepIndex": 4,
                        "pauseConditions": [
                            ["reason": "CanaryPauseStep", "startTime": "2026-11-28T10:00:00Z"]
                        ],
                    ], fixture)
                let late = try await visitor.post(Self.path, form)
                #expect(late.status == 409)
                #expect(late.text.contains("at another step"))
                let status = try await Self.status(fixture)
                #expect(status?["currentStepIndex"] == 4)
                #expect(status?["pauseConditions"]?[0] != nil)
            }
        }

        @Test(arguments: ["continue", "skip", "full", "abort", "retry"])
        func `what was decided of one version is not done to another`(action: String) async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("approver-token")
                var form = Visitor.form(to: Self.path, in: try await visitor.get(Self.path).text)
                form["action"] = action
                try await Self.set(["currentPodHash": "9e0d1"], fixture)
                let before = try await Self.status(fixture)
                let answer = try await visitor.post(Self.path, form)
                #expect(answer.status == 409)
                #expect(answer.text.contains("another version is on its way"))
                form["hash"] = nil
                #expect(try await visitor.post(Self.path, form).status == 409)
                #expect(try await Self.status(fixture) == before)
            }
        }

        @Test func `a skipped step was the one that was seen, and was no pause`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Self.set(["pauseConditions": .null, "currentStepIndex": 2], fixture)
                let visitor = try await fixture.visitor("approver-token")
                let page = try await visitor.get(Self.path).text
                #expect(page.contains("value=\"skip\"") && !page.contains("value=\"continue\""))
                var form = Visitor.form(to: Self.path, in: page)
                form["action"] = "skip"
                try await Self.set(
                    [
                        "pauseConditions": [
                            ["reason": "InconclusiveAnalysisRun", "startTime": "2026-11-28T10:00:00Z"]
                        ]
                    ], fixture)
                #expect(try await visitor.post(Self.path, form).status == 409)
                try await Self.set(["pauseConditions": .null], fixture)
                #expect(try await visitor.post(Self.path, form).status == 303)
                #expect(try await Self.status(fixture)?["currentStepIndex"] == 3)
                #expect(try await visitor.post(Self.path, form).status == 409)
                #expect(try await Self.status(fixture)?["currentStepIndex"] == 3)
            }
        }
    }
}
