import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// Whatever objects and logs say, pages say it as text.
    @Suite struct HostileTextTests {
        /// A dashboard whose API and logs say what they should not.
        static func with(
            _ reach: HostileTransport.Reach, text: String = HostileTransport.markup,
            _ body: @escaping @Sendable (DashboardFixture) async throws -> Void
        ) async throws {
            let log = ScriptedLog()
            log.write("collected 41 items \(text)\n")
            try await DashboardFixture.with(change: { settings, _ in
                settings.transport = HostileTransport(base: settings.transport, reach: reach, text: text)
                settings.logs = log
            }) { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                let rollout = try await fixture.client.get(
                    Rollout.resource, "orders", namespace: "orders-production")
                try await world.judge(of: rollout, harmful: true, ticks: 12)
                try await body(fixture)
            }
        }

        private static let paths = (PageAudit.pages + PageAudit.failures).map(\.path)

        /// What in HTML comes from the text and is not text.
        private static func faults(_ html: String) -> [String] {
            var faults = ["<script>", "<img", "'\""].filter(html.contains)
            // A link leads to a page of the dashboard, whatever is in it.
            for match in html.matches(of: /(?:href|action|src|data-live|data-log)="([^"]*)"/) {
                let target = match.1
                let isOwn = (target.hasPrefix("/") && !target.hasPrefix("//")) || target.hasPrefix("#")
                if !isOwn { faults.append("a link to \(target)") }
            }
            // No attribute runs anything; what is within quotes is none.
            let bare = html.replacing(/"[^"]*"/, with: "\"\"")
            for match in bare.matches(of: /<[^>]*[^>a-z](on[a-z]+|style)\s*=/) {
                faults.append("the attribute \(match.1)")
            }
            // Each tag that is opened is one of those that templates have.
            for match in html.matches(of: /<([a-zA-Z!][a-zA-Z0-9]*)/) {
                let element = String(match.1)
                if !elements.contains(element) { faults.append("the element \(element)") }
            }
            return faults
        }

        private static func check(
            _ html: String, _ place: String, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(faults(html) == [], "\(place)", sourceLocation: sourceLocation)
        }

        private static let elements: Set<String> = Set(
            """
            !doctype html head meta title link script body a header svg path nav ul li div span form input button main p \
            h1 h2 h3 section footer noscript code table thead tbody tr th td time details summary label textarea strong \
            rect ol dl dt dd pre article figure figcaption line text circle
            """.split(separator: " ").map(String.init))

        @Test(arguments: HostileTransport.Reach.allCases)
        func `pages escape what objects say`(reach: HostileTransport.Reach) async throws {
            try await Self.with(reach) { fixture in
                let visitor = try await fixture.visitor("approver-token")
                for path in Self.paths {
                    let page = try await visitor.get(path)
                    #expect(
                        page.status == (path.hasSuffix("none") || path == "/nothing" ? 404 : 200), "\(path)")
                    Self.check(page.text, path)
                    // Who it is comes from the API as well.
                    let names = page.text.contains("anna&lt;script&gt;")
                    #expect(names, "\(path)")
                }
                let log = try await visitor.get("/runs/orders-run-12/logs/test.with-postgresql/raw")
                #expect(log.header("content-type") == "text/plain; charset=utf-8")
                #expect(log.header("x-content-type-options") == "nosniff")
            }
        }

        @Test(arguments: HostileTransport.Reach.allCases)
        func `streams send what pages show, escaped alike`(reach: HostileTransport.Reach) async throws {
            try await Self.with(reach) { fixture in
                let visitor = try await fixture.visitor("approver-token")
                for path in PageAudit.pages.map(\.path)
                where !path.contains("/logs/") && !path.hasSuffix("/diff") {
                    try await visitor.stream("/live?page=\(path)") { events in
                        var count = 0
                        for try await event in events {
                            if event.name == "now" { break }
                            guard event.name == "region" else { continue }
                            let data = try JSON.parse(Array(event.data.utf8))
                            let html = data["html"]?.stringValue ?? ""
                            Self.check(html, "\(path) \(data["region"]?.stringValue ?? "")")
                            count += 1
                        }
                        #expect(count > 0, "\(path)")
                    }
                }
            }
        }

        @Test func `refusals and notices escape what the API says`() async throws {
            try await Self.with(.everything) { fixture in
                let visitor = try await fixture.visitor("viewer-token")
                let fields = [
                    "service": "orders\(HostileTransport.markup)", "environment": "production",
                    "digest": DeliveryWorld.digest, "decision": "Approve",
                ]
                let refused = try await visitor.submit("/approvals", from: "/", fields)
                #expect(refused.status == 403)
                Self.check(refused.text, "/approvals")
                let approver = try await fixture.visitor("approver-token")
                let reason = "totals are wrong \(HostileTransport.markup)"
                let rollback = try await approver.submit(
                    "/rollbacks", from: "/",
                    ["service": "orders", "environment": "dev<script>", "reason": reason])
                Self.check(rollback.text, "/rollbacks")
                let next = try await approver.get("/")
                Self.check(next.text, "the notice")
                let login = try await approver.get("/login?next=/%22%3E%3Cscript%3E")
                Self.check(login.text, "/login")
            }
        }

        @Test(arguments: [
            "<p><img src=x></p>", "<p>'\"</p>", "<a href=\"javascript:x\">x</a>",
            "<a href=\"//evil.example\">x</a>", "<p onclick=\"x\">x</p>", "<iframe></iframe>",
            "<p class=\"a\"onclick=x>x</p>", "<SCRIPT>",
        ])
        func `what is not escaped would be noticed`(html: String) {
            #expect(Self.faults(html).isEmpty == false)
            #expect(Self.faults(Escaping.escaped(html)) == [])
        }
    }
}
