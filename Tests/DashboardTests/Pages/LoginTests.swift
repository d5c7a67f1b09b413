import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    @Suite struct LoginTests {
        @Test func `whoever has no session is asked for a token, and led back`() async throws {
            try await DashboardFixture.with { fixture in
                let visitor = fixture.visitor()
                let answer = try await visitor.get("/pulls")
                #expect(answer.status == 303)
                #expect(answer.header("location") == "/login?next=/pulls")
                let form = try await visitor.get("/login?next=/pulls")
                #expect(form.status == 200)
                #expect(form.text.contains("name=\"next\" value=\"/pulls\""))
                let done = try await visitor.login("viewer-token", next: "/pulls")
                #expect(done.status == 303)
                #expect(done.header("location") == "/pulls")
                let cookie = try #require(
                    done.headers.first {
                        $0.name.lowercased() == "set-cookie" && $0.value.contains("slipway_session")
                    })
                for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
                    #expect(cookie.value.contains(part))
                }
                let page = try await visitor.get("/pulls")
                #expect(page.status == 200)
                #expect(page.text.contains("vera"))
                #expect(page.text.contains(">viewer<"))
                #expect(!page.text.contains("viewer-token"))
            }
        }

        @Test func `a token of nobody opens nothing`() async throws {
            try await DashboardFixture.with { fixture in
                for token in ["wrong", "", " ", "a b", "viewer-token\u{7}"] {
                    let visitor = fixture.visitor()
                    let answer = try await visitor.login(token)
                    #expect(answer.status == 401, "\(token)")
                    #expect(answer.text.contains("This is no token of anybody."))
                    #expect(visitor.cookie("slipway_session") == nil)
                }
            }
        }

        @Test func `who tries many tokens keeps out nobody else`() async throws {
            let clock = ManualClock()
            try await DashboardFixture.with(change: { settings, _ in settings.timeline = clock.timeline }) {
                fixture in
                let guesser = fixture.visitor()
                // The address that a proxy beside the dashboard adds.
                let place = ["x-forwarded-for": "192.0.2.1"]
                for _ in 0..<30 {
                    let answer = try await guesser.login("wrong", headers: place)
                    #expect(answer.status == 401)
                }
                let refused = try await guesser.login("viewer-token", headers: place)
                #expect(refused.status == 429)
                let other = try await fixture.visitor().login("viewer-token")
                #expect(other.status == 303)
                clock.advance(by: .seconds(60))
                let later = try await guesser.login("viewer-token", headers: place)
                #expect(later.status == 303)
            }
        }

        @Test func `a login form of another browser is refused`() async throws {
            try await DashboardFixture.with { fixture in
                let (own, other) = (fixture.visitor(), fixture.visitor())
                let token = Visitor.formToken(try await other.get("/login").text)
                _ = try await own.get("/login")
                let answer = try await own.post("/login", ["token": "viewer-token", "csrf": token])
                #expect(answer.status == 403)
                #expect(own.cookie("slipway_session") == nil)
            }
        }

        @Test func `a login never leads to another site`() async throws {
            try await DashboardFixture.with { fixture in
                for next in [
                    "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)",
                ] {
                    let answer = try await fixture.visitor().login("viewer-token", next: next)
                    #expect(answer.header("location") == "/", "\(next)")
                }
            }
        }

        @Test func `a session is over when its time has come`() async throws {
            let clock = ManualClock()
            try await DashboardFixture.with(change: { settings, _ in settings.timeline = clock.timeline }) {
                fixture in
                let visitor = try await fixture.visitor("viewer-token")
                #expect(try await visitor.get("/").status == 200)
                clock.advance(by: .seconds(30 * 60 - 1))
                #expect(try await visitor.get("/").status == 200)
                clock.advance(by: .seconds(30 * 60))
                let answer = try await visitor.get("/rollouts")
                #expect(answer.status == 303)
                #expect(answer.header("location") == "/login?next=/rollouts")
            }
        }

        @Test func `after logging out the cookie is worth nothing`() async throws {
            try await DashboardFixture.with { fixture in
                let visitor = try await fixture.visitor("viewer-token")
                let cookie = try #require(visitor.cookie("slipway_session"))
                let answer = try await visitor.submit("/logout", from: "/", [:])
                #expect(answer.status == 303)
                #expect(visitor.cookie("slipway_session") == nil)
                let thief = fixture.visitor()
                let stolen = try await thief.get("/", headers: ["cookie": "slipway_session=\(cookie)"])
                #expect(stolen.status == 303)
            }
        }

        @Test func `a token that is taken back ends its session`() async throws {
            try await DashboardFixture.with { fixture in
                // A service account's token ends with its account.
                let account: Value = [
                    "apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "robot"],
                ]
                let accounts = GroupVersionResource(version: "v1", resource: "serviceaccounts")
                try await fixture.client.create(accounts, account, namespace: "default")
                let issued = try await fixture.client.create(
                    accounts,
                    ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": [:]],
                    namespace: "default", name: "robot", subresource: "token")
                let token = try #require(issued["status", "token"]?.stringValue)
                let visitor = try await fixture.visitor(token)
                #expect(try await visitor.get("/").status == 403)
                try await fixture.client.delete(accounts, "robot", namespace: "default")
                #expect(try await visitor.get("/").status == 303)
                #expect(try await visitor.get("/").header("location") == "/login?next=/")
            }
        }
    }
}
