import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    @Suite struct PageTests {
        private static let commit = "/commits/orders/\(DeliveryWorld.commit)"

        @Test func `every page shows what it is about`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                for (path, words) in [
                    (
                        "/",
                        [
                            "orders", "staging", "3fa9c23fa", "needs 1 approval", "Stopped: incident 214",
                            "canary at 25 %",
                        ]
                    ),
                    ("/pulls", ["Answer with the order&#39;s total", "needs 1 approval of others"]),
                    ("/pulls/orders-7", ["The server knows better.", "anna", "with-postgresql"]),
                    ("/queue", ["whole repository", "Index orders by customer", "history attested"]),
                    ("/runs", ["orders-run-12", "security"]),
                    ("/runs/orders-run-12", ["with-postgresql", "trusted as candidate"]),
                    ("/apps", ["orders-production", "Progressing"]),
                    ("/apps/orders-production", ["Rollout", "orders-database", "orders-7c8b4-0"]),
                    ("/rollouts", ["orders", "25 %"]),
                    ("/rollouts/orders-production/orders", ["Revision 5", "evidence", "class=\"chart\""]),
                    (
                        Self.commit,
                        [
                            "Answer with the order&#39;s total", "signed without keys",
                            "development authority",
                            "entry 41",
                            "class=\"chart\"", "first-environment",
                        ]
                    ),
                ] as [(String, [String])] {
                    let page = try await visitor.get(path)
                    #expect(page.status == 200, "\(path)")
                    for word in words { #expect(page.text.contains(word), "\(path): \(word)") }
                }
            }
        }

        @Test func `an installation without anything has pages all the same`() async throws {
            try await DashboardFixture.with { fixture in
                let visitor = try await fixture.visitor("viewer-token")
                for path in ["/", "/pulls", "/queue", "/runs", "/apps", "/rollouts"] {
                    let page = try await visitor.get(path)
                    #expect(page.status == 200, "\(path)")
                    #expect(page.text.contains("class=\"empty\""), "\(path)")
                }
            }
        }

        @Test func `what does not exist is said so`() async throws {
            try await DashboardFixture.with { fixture in
                let visitor = try await fixture.visitor("viewer-token")
                for path in [
                    "/pulls/none", "/runs/none", "/apps/none", "/rollouts/a/b", "/nothing", "/pulls/a/b",
                    "/commits/orders/abc", "/commits/orders/0000000000000000000000000000000000000000",
                    "/assets/none.js", "/apps/..%2f..", "/runs/none/logs/test.unit",
                    "/live?page=/nothing",
                ] {
                    let page = try await visitor.get(path)
                    #expect(page.status == 404, "\(path)")
                    #expect(page.header("content-security-policy") != nil, "\(path)")
                }
            }
        }

        @Test func `the beginning of a commit leads to its page`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let visitor = try await fixture.visitor("viewer-token")
                let answer = try await visitor.get("/commits/orders/3fa9c23fa")
                #expect(answer.status == 303)
                #expect(answer.header("location") == Self.commit)
            }
        }

        @Test func `every answer tells the browser to run and show nothing of others`() async throws {
            try await DashboardFixture.with { fixture in
                let visitor = try await fixture.visitor("viewer-token")
                for path in [
                    "/", "/login", "/nothing", "/assets/style.css", "/assets/live.js", "/pulls/none",
                ] {
                    let answer = try await visitor.get(path)
                    let policy = try #require(answer.header("content-security-policy"), "\(path)")
                    #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
                    #expect(
                        policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"))
                    #expect(!policy.contains("unsafe"))
                    #expect(answer.header("x-content-type-options") == "nosniff")
                    #expect(answer.header("referrer-policy") == "same-origin")
                    if path == "/" { #expect(answer.header("cache-control") == "no-store") }
                    #expect(!answer.text.contains(" style=\"") && !answer.text.contains("<script>"))
                }
            }
        }

        @Test func `what people write is text and nothing else`() async throws {
            try await DashboardFixture.with { fixture in
                let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
                let object: Value = [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "PullRequest",
                    "metadata": ["name": "orders-9"],
                    "spec": [
                        "repository": "orders", "number": 9, "title": .string(evil), "body": .string(evil),
                        "author": .string(evil), "target": "main",
                        "head": .string(String(repeating: "a", count: 40)), "state": "Open",
                    ],
                    "status": ["phase": "Open", "message": .string(evil)],
                ]
                try await DeliveryWorld(client: fixture.client).create(.pullRequests, object)
                let visitor = try await fixture.visitor("approver-token")
                for path in ["/pulls", "/pulls/orders-9"] {
                    let page = try await visitor.get(path)
                    #expect(page.status == 200)
                    #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
                    #expect(!page.text.contains("<script>alert") && !page.text.contains("<img"))
                }
            }
        }

        @Test func `secrets are never shown`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                let secret: Value = [
                    "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "orders-database"],
                    "stringData": ["password": "hunter2-hunter2"],
                ]
                try await fixture.client.create(.secrets, secret, namespace: "orders-production")
                for token in ["viewer-token", "approver-token", adminToken] {
                    let visitor = try await fixture.visitor(token)
                    for path in ["/apps/orders-production", "/apps/orders-production/diff", Self.commit] {
                        let page = try await visitor.get(path)
                        #expect(page.status == 200)
                        #expect(!page.text.contains("hunter2") && !page.text.contains("aHVudGVyMi1odW50ZXIy"))
                    }
                }
            }
        }

        @Test func `whoever has no role is told so`() async throws {
            try await DashboardFixture.with { fixture in
                let visitor = try await fixture.visitor("nobody-token")
                let page = try await visitor.get("/")
                #expect(page.status == 403)
                #expect(page.text.contains("Your role does not let you do this."))
                #expect(page.text.contains("deliveries.slipway.dev is forbidden"))
                #expect(page.text.contains("Log out"))
            }
        }
    }
}
