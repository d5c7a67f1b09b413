import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// Every page can be read: on a narrow phone, by day and by night, with scripts and without.
    @Suite(.enabled(if: Browser.program != nil, "needs chromium; Scripts/setup installs it"))
    struct ReadingTests {
        private static func with(
            _ body: @escaping @Sendable (DashboardFixture, Browser) async throws -> Void
        ) async throws {
            let log = ScriptedLog()
            log.write("starting PostgreSQL 15\ncollected 41 items\n")
            try await DashboardFixture.with(change: { settings, _ in settings.logs = log }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in try await body(fixture, browser) }
            }
        }

        /// What a browser says of an answer that is a 404.
        private static func isOfMissingPage(_ text: String) -> Bool { text.contains("status of 404") }

        @Test(arguments: [true, false])
        func `every page fits 360 points, is not faint, and breaks no rule of its own`(isDark: Bool)
            async throws
        {
            try await Self.with { fixture, browser in
                let page = try await browser.page(width: 360, height: 740, isDark: isDark, isPhone: true)
                try await page.watchPolicy()
                try await page.audit("\(fixture.address)/login", contains: "Token")
                #expect(try await page.texts(PageAudit.faint) == [], "/login")
                try await page.logIn(fixture, "approver-token")
                for (path, words) in PageAudit.pages + PageAudit.failures {
                    try await page.audit(fixture.address + path, contains: words)
                    #expect(try await page.texts(PageAudit.faint) == [], "\(path)")
                }
                let errors = await browser.consoleErrors
                #expect(errors.filter { !Self.isOfMissingPage($0) } == [])
            }
        }

        @Test func `every page is read without scripts`() async throws {
            try await Self.with { fixture, browser in
                let page = try await browser.page(width: 360, height: 740, isPhone: true)
                try await browser.send(
                    "Emulation.setScriptExecutionDisabled", ["value": true], session: page.session)
                // A form is sent by the browser itself.
                try await page.logIn(fixture, "viewer-token")
                for (path, words) in PageAudit.pages + PageAudit.failures {
                    try await page.audit(fixture.address + path, contains: words)
                }
                // Nothing says that it was live.
                try await page.load(fixture.address)
                #expect(try await page.text(".state") == "")
                #expect(try await page.text(".stamp").contains("load the page again for what is new"))
                #expect(fixture.routes.streams.count == 0)
            }
        }

        @Test func `a page that broke a rule would be noticed`() async throws {
            try await Self.with { fixture, browser in
                let page = try await browser.page(width: 360, height: 740, isPhone: true)
                try await page.watchPolicy()
                try await page.logIn(fixture, "viewer-token")
                try await page.evaluate(
                    """
                    var style = document.createElement("style");
                    style.textContent = "h1 { color: #777; background: #888; width: 50rem }";
                    document.head.append(style);
                    var script = document.createElement("script");
                    script.textContent = "window.isBroken = true";
                    document.head.append(script);
                    """)
                try await page.wait(until: "window.violations.length === 2")
                #expect(try await page.evaluate("window.isBroken === undefined") == true)
                while await browser.consoleErrors.count < 2 { await Task.yield() }
                try await page.evaluate(
                    """
                    var one = document.querySelector("h1");
                    one.style.color = "#777";
                    one.style.backgroundColor = "#888";
                    one.style.width = "50rem";
                    """)
                #expect(try await page.texts(PageAudit.faint).count == 1)
                #expect(try await page.texts(PageAudit.overflow).isEmpty == false)
            }
        }
    }
}
