import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// What somebody has written outlives a form that fails.
    @Suite struct WritingTests {
        private static let review = "Two things:\n  <b>first</b> & \u{201c}second\u{201d}"
        private static let shown =
            "readonly>\nTwo things:\n  &lt;b&gt;first&lt;/b&gt; &amp; \u{201c}second\u{201d}</textarea>"

        @Test func `a review that the forge does not take is handed back`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("approver-token")
                // There is no forge here.
                let answer = try await visitor.submit(
                    "/pulls/orders-7/review", from: "/pulls/orders-7",
                    ["state": "Commented", "body": Self.review])
                #expect(answer.status == 503)
                #expect(answer.text.contains(Self.shown))
                // Nothing was written, nothing is handed back.
                let empty = try await visitor.submit(
                    "/pulls/orders-7/review", from: "/pulls/orders-7", ["state": "Approved"])
                #expect(empty.status == 503)
                #expect(!empty.text.contains("<textarea"))
                let forged = try await visitor.post(
                    "/pulls/orders-7/review", ["state": "Commented", "body": Self.review, "csrf": "wrong"])
                #expect(forged.status == 403)
                #expect(forged.text.contains(Self.shown))
            }
        }

        @Test func `a session that has ended takes no review with it`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("approver-token")
                let page = try await visitor.get("/pulls/orders-7")
                let token = Visitor.formToken(page.text)
                _ = try await visitor.submit("/logout", from: "/", [:])
                let fields = ["state": "Commented", "body": Self.review, "csrf": token]
                let answer = try await visitor.post("/pulls/orders-7/review", fields)
                #expect(answer.status == 401)
                #expect(answer.text.contains(Self.shown))
                #expect(answer.text.contains("href=\"/login?next="))
                // Another site's form is not shown as one's own words.
                let foreign = try await visitor.post(
                    "/pulls/orders-7/review", fields, headers: ["sec-fetch-site": "cross-site"])
                #expect(foreign.status == 303)
            }
        }

        @Test(arguments: ["Ж", "漢", "\u{1f6a2}"])
        func `what fits into a field is not too long to be sent`(_ character: String) async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("approver-token")
                func text(_ units: Int) -> String {
                    String(repeating: character, count: units / character.utf16.count)
                }
                let page = try await visitor.get("/pulls/orders-7")
                #expect(page.text.contains("maxlength=\"5400\""))
                // The forge takes 16 KiB; here the form is taken, and only the forge is missing.
                #expect(text(5400).utf8.count <= 16 << 10)
                let review = try await visitor.submit(
                    "/pulls/orders-7/review", from: "/pulls/orders-7",
                    ["state": "Commented", "body": text(16_000)])
                #expect(review.status == 503)
                let rollback = try await visitor.submit(
                    "/rollbacks", from: "/",
                    ["service": "orders", "environment": "production", "reason": text(500)])
                #expect(rollback.status == 303)
                let made = try await fixture.client.listAll(Rollback.resource, namespace: "slipway")
                #expect(made.contains { $0["spec", "reason"] == .string(text(500)) })
            }
        }
    }
}
