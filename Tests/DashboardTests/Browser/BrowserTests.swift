import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// The pages in a real browser. Where `SLIPWAY_SCREENSHOTS` names a directory, pictures are kept there.
    @Suite(.enabled(if: Browser.program != nil, "needs chromium; Scripts/setup installs it"))
    struct BrowserTests {
        private static let commit = "/commits/orders/\(DeliveryWorld.commit)"

        @Test func `an approval clicked in the browser is made in the user's name and told at once`()
            async throws
        {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let (page, other) = (try await browser.page(), try await browser.page())
                    try await other.logIn(fixture, "viewer-token")
                    try await other.wait(until: "document.querySelector('[data-state=live]')")
                    try await page.logIn(fixture, "approver-token")
                    try await page.wait(until: "document.querySelector('[data-state=live]')")
                    #expect(try await page.text("h1") == "Delivery")
                    try await page.picture("board-approver")
                    try await page.follow("button[value=Approve]")
                    #expect(
                        try await page.text(".notice")
                            == "You approved ab12ab12ab12 for production of orders.")
                    let made = try await fixture.client.listAll(.approvals, namespace: "slipway")
                    #expect(made.map { $0["spec", "user"]?.stringValue } == ["anna"])
                    #expect(made.map { $0["spec", "digest"]?.stringValue } == [DeliveryWorld.digest])
                    // What the controller makes of it arrives in both browsers without anybody loading a page.
                    try await fixture.promote()
                    for page in [page, other] {
                        try await page.wait(until: "!document.body.innerText.includes('needs 1 approval')")
                        try await page.wait(until: "document.body.innerText.includes('Rolling out')")
                    }
                    try await page.picture("board-promoted")
                    #expect(await browser.consoleErrors.isEmpty)
                }
            }
        }

        @Test func `an approval clicked in the browser promotes: git has the digest by the approver's word`()
            async throws
        {
            let stamp = RequesterStamp(.slipway("approvals"), field: "user")
            try await DashboardFixture.with(admission: [stamp]) { fixture in
                try await PromotedService.with(fixture) { service in
                    try await Browser.with { browser in
                        let page = try await browser.page()
                        try await page.logIn(fixture, "approver-token")
                        try await page.wait(until: "document.querySelector('button[value=Approve]')")
                        #expect(!(try await service.production().text.contains("digest")))
                        try await page.follow("button[value=Approve]")
                        // Promotion hears of it, writes git, and the board tells so by itself.
                        try await page.wait(
                            until: "document.querySelector('td .present .commit') && "
                                + "!document.querySelector('.waiting')")
                        try await page.picture("board-really-promoted")
                        let production = try await service.production()
                        #expect(production.text.hasSuffix("  digest: \(PromotedService.digest)\n"))
                        #expect(production.approvals.count == 1)
                        #expect(production.approvals.first?.hasPrefix("anna (") == true)
                        let promotions = try await fixture.client.listAll(.promotions, namespace: "slipway")
                        #expect(promotions.map { $0["status", "rule"] } == ["production.approvals"])
                        #expect(await browser.consoleErrors.isEmpty)
                    }
                }
            }
        }

        @Test func `a viewer has no buttons, and a form sent all the same is refused clearly`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await browser.page()
                    try await page.logIn(fixture, "viewer-token")
                    #expect(
                        try await page.evaluate("document.querySelectorAll('button[value=Approve]').length")
                            == 0)
                    await browser.forget(page)
                    try await page.evaluate(
                        """
                        (function () {
                          var form = document.querySelector("form.approve");
                          var field = document.createElement("input");
                          field.name = "decision"; field.value = "Approve"; form.appendChild(field); form.submit();
                        }())
                        """)
                    try await browser.awaitLoad(page)
                    #expect(try await page.text("h1") == "Not allowed")
                    #expect(
                        try await page.text("main").contains(
                            "User \"vera\" cannot create resource \"approvals\"")
                    )
                    try await page.picture("forbidden")
                    #expect(try await fixture.client.listAll(.approvals, namespace: "slipway").isEmpty)
                }
            }
        }

        @Test func `a canary's weight and the judge's evidence move while one looks`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                try await Browser.with { browser in
                    let page = try await browser.page()
                    try await page.logIn(
                        fixture, "approver-token", then: "/rollouts/orders-production/orders")
                    try await page.wait(until: "document.querySelector('[data-state=live]')")
                    #expect(try await page.evaluate("document.querySelectorAll('svg.chart').length") == 3)
                    try await page.picture("rollout-canary")
                    let rollout = try await fixture.client.get(
                        Rollout.resource, "orders", namespace: "orders-production")
                    try await world.judge(of: rollout, harmful: true, ticks: 12)
                    try await fixture.client.patch(
                        Rollout.resource, "orders", namespace: "orders-production",
                        .merge([
                            "status": [
                                "abort": true, "phase": "Degraded", "message": "metric \"errors\" is harmful",
                            ]
                        ]), subresource: "status")
                    try await page.wait(until: "document.querySelector('.crossing.harm')")
                    try await page.wait(until: "document.querySelector('button[value=retry]')")
                    #expect(try await page.text("main").contains("Harmful after"))
                    try await page.picture("rollout-rolled-back")
                    try await page.picture("rollout-evidence", whole: false)
                    #expect(await browser.consoleErrors.isEmpty)
                }
            }
        }

        @Test func `a log grows while one reads it`() async throws {
            let log = ScriptedLog()
            log.write("starting PostgreSQL 15\ncollected 41 items\n")
            try await DashboardFixture.with(change: { settings, _ in settings.logs = log }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await browser.page()
                    try await page.logIn(
                        fixture, "viewer-token", then: "/runs/orders-run-12/logs/test.with-postgresql")
                    try await page.wait(until: "document.querySelector('[data-state=live]')")
                    log.write("test_total <PASSED>\n")
                    try await page.wait(
                        until: "document.querySelector('#log-text').innerText.includes('test_total <PASSED>')"
                    )
                    log.finish()
                    try await page.wait(until: "document.querySelector('.state').innerText === 'complete'")
                    try await page.picture("log")
                    #expect(await browser.consoleErrors.isEmpty)
                }
            }
        }

        @Test func `what somebody writes is not lost to an update`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await browser.page()
                    try await page.logIn(fixture, "approver-token", then: "/pulls/orders-8")
                    try await page.wait(until: "document.querySelector('[data-state=live]')")
                    try await page.type("looks right", into: "#review-body")
                    try await fixture.client.patch(
                        .pullRequests, "orders-8", namespace: "slipway",
                        .merge(["status": ["message": "is next"]]), subresource: "status")
                    // Another part's update shows that the news has arrived.
                    try await page.wait(until: "Object.keys(document.body.dataset).length > 0")
                    #expect(
                        try await page.evaluate("document.querySelector('#review-body').value")
                            == "looks right")
                    try await page.evaluate("document.querySelector('#review-body').value = ''")
                    try await page.evaluate("document.querySelector('#review-body').blur()")
                    try await page.wait(until: "document.querySelector('main').innerText.includes('is next')")
                }
            }
        }

        @Test func `keys alone lead through the pages`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await browser.page()
                    try await page.load("\(fixture.address)/login")
                    // The field has the focus by itself, a moment after the page is loaded.
                    try await page.wait(until: "document.activeElement.id === 'token'")
                    try await browser.send(
                        "Input.insertText", ["text": "viewer-token"], session: page.session)
                    try await page.wait(
                        until: "document.querySelector('#token').value === 'viewer-token'")
                    await browser.forget(page)
                    try await page.press("Enter", code: 13)
                    try await browser.awaitLoad(page)
                    #expect(try await page.text("h1") == "Delivery")
                    try await page.press("Tab", code: 9)
                    #expect(try await page.evaluate("document.activeElement.className") == "skip")
                    for _ in 0..<3 { try await page.press("Tab", code: 9) }
                    #expect(
                        try await page.evaluate("document.activeElement.getAttribute('href')") == "/pulls")
                    await browser.forget(page)
                    try await page.press("Enter", code: 13)
                    try await browser.awaitLoad(page)
                    #expect(try await page.text("h1") == "Pull requests")
                    // Whatever can be pressed has a name.
                    let nameless = try await page.evaluate(
                        """
                        Array.from(document.querySelectorAll("a, button, input:not([type=hidden]), textarea, summary"))
                          .filter(function (one) {
                            return !(one.innerText || one.getAttribute("aria-label") || (one.labels && one.labels.length));
                          }).length
                        """)
                    #expect(nameless == 0)
                }
            }
        }

        @Test(arguments: ["/", "/apps", "/rollouts", "/runs"])
        func `a table stays one for those who hear it, on a phone too`(path: String) async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await browser.page(width: 390, height: 844, isDark: false, isPhone: true)
                    try await page.logIn(fixture, "viewer-token", then: path)
                    let tree = try await browser.send("Accessibility.getFullAXTree", session: page.session)
                    let roles = (tree["nodes"]?.arrayValue ?? []).compactMap {
                        $0["role", "value"]?.stringValue
                    }
                    for role in ["table", "row", "rowheader", "cell"] {
                        #expect(roles.contains(role), "\(role)")
                    }
                }
            }
        }

        @Test(arguments: [true, false])
        func `pages fit a phone, by day and by night`(isDark: Bool) async throws {
            let log = ScriptedLog()
            log.write("starting PostgreSQL 15\ncollected 41 items\n")
            try await DashboardFixture.with(change: { settings, _ in settings.logs = log }) { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                let name = isDark ? "dark" : "light"
                try await Browser.with { browser in
                    let phone = try await browser.page(width: 390, height: 844, isDark: isDark, isPhone: true)
                    let desk = try await browser.page(isDark: isDark)
                    for page in [phone, desk] { try await page.logIn(fixture, "approver-token") }
                    for (title, path) in [
                        ("board", "/"), ("commit", Self.commit),
                        ("rollout", "/rollouts/orders-production/orders"),
                        ("pull", "/pulls/orders-7"), ("pulls", "/pulls"), ("queue", "/queue"),
                        ("runs", "/runs"),
                        ("app", "/apps/orders-production"), ("apps", "/apps"), ("rollouts", "/rollouts"),
                    ] {
                        try await phone.load(fixture.address + path)
                        let overflow = try await phone.evaluate(
                            "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                        #expect(overflow == 0, "\(path) is wider than a phone")
                        try await phone.picture("\(title)-phone-\(name)")
                        try await desk.load(fixture.address + path)
                        try await desk.picture("\(title)-\(name)")
                    }
                    // Text can be told from what is behind it.
                    let paper = try await desk.evaluate("getComputedStyle(document.body).backgroundColor")
                        .stringValue
                    #expect(paper == (isDark ? "rgb(15, 18, 23)" : "rgb(246, 247, 249)"))
                }
            }
        }
    }
}

extension Browser {
    /// Forgets loads that nobody waits for.
    func forget(_ page: BrowserPage) { forgetLoads(page.session) }

    /// Waits for the next load of a page.
    func awaitLoad(_ page: BrowserPage) async throws { try await waitForLoad(page.session) }
}

extension DashboardFixture {
    /// Does what the promotion's controller does with an approval.
    func promote() async throws {
        let delivery = try await client.get(.deliveries, "orders", namespace: "slipway")
        var environments = delivery["status", "environments"]?.arrayValue ?? []
        guard var production = environments.popLast() else { return }
        production["waiting"] = []
        production["commit"] = .string(DeliveryWorld.commit)
        production["digest"] = .string(DeliveryWorld.digest)
        production["phase"] = "RollingOut"
        environments.append(production)
        try await client.patch(
            .deliveries, "orders", namespace: "slipway",
            .merge(["status": ["environments": .array(environments)]]), subresource: "status")
    }
}
