import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// What those hear who do not see a page, and where the keys are after a change.
    @Suite(.enabled(if: Browser.program != nil, "needs chromium; Scripts/setup installs it"))
    struct AnnouncementTests {
        private static let rollout = "/rollouts/orders-production/orders"

        /// Keeps all that is told, in the order in which it is told.
        private static let listening = """
            window.told = [];
            new MutationObserver(function () {
              window.told.push(document.getElementById('spoken').textContent);
            }).observe(document.getElementById('spoken'), { childList: true });
            """

        private static func open(
            _ fixture: DashboardFixture, _ browser: Browser, _ token: String, _ path: String
        ) async throws -> BrowserPage {
            let page = try await browser.page()
            try await page.logIn(fixture, token, then: path)
            try await page.wait(until: "document.querySelector('[data-state=live]')")
            try await page.evaluate(Self.listening)
            return page
        }

        private static func told(_ page: BrowserPage) async throws -> [String] {
            let told = try await page.evaluate("window.told")
            return (told.arrayValue ?? []).compactMap(\.stringValue)
        }

        private static func setWeight(_ fixture: DashboardFixture, _ weight: Int64) async throws {
            let weights: Value = [
                "canary": ["weight": .integer(weight)], "stable": ["weight": .integer(100 - weight)],
            ]
            try await fixture.client.patch(
                Rollout.resource, "orders", namespace: "orders-production",
                .merge(["status": ["canary": ["weights": weights]]]), subresource: "status")
        }

        @Test func `a canary's weight is told, once and in a sentence`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await Self.open(fixture, browser, "viewer-token", Self.rollout)
                    try await Self.setWeight(fixture, 50)
                    try await page.wait(until: "window.told.length > 0")
                    let sentence = "orders in orders-production: canary at 50 %, waits."
                    #expect(try await Self.told(page) == [sentence])
                    try await page.wait(until: "document.querySelector('#canary').innerText.includes('50 %')")
                    // It is the only part that is read out by itself, politely.
                    let live =
                        "document.querySelectorAll('[role=status], [role=alert], [aria-live], [role=log]')"
                    #expect(try await page.evaluate("\(live).length") == 1)
                    #expect(try await page.evaluate("\(live)[0].getAttribute('role')") == "status")
                    #expect(try await page.evaluate("\(live)[0].closest('[data-region]')") == .null)
                    #expect(await browser.consoleErrors.isEmpty)
                }
            }
        }

        @Test func `what waits, and what has become of a promotion, is told on the board`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await Self.open(fixture, browser, "viewer-token", "/")
                    // Nobody is told what was on the page when it was loaded.
                    #expect(try await Self.told(page) == [])
                    try await fixture.promote()
                    try await page.wait(until: "window.told.length > 0")
                    #expect(
                        try await Self.told(page) == ["production of orders: 3fa9c23fa, Rolling out."])
                }
            }
        }

        @Test func `messages that change all the time are shown and not told`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await Self.open(fixture, browser, "viewer-token", "/pulls/orders-7")
                    for status in [["message": "41 of 60 tests"], ["phase": "Merging"]] as [Value] {
                        try await fixture.client.patch(
                            .pullRequests, "orders-7", namespace: "slipway", .merge(["status": status]),
                            subresource: "status")
                        if status["message"] != nil {
                            try await page.wait(
                                until: "document.querySelector('#pull').innerText.includes('41 of 60')")
                        }
                    }
                    try await page.wait(until: "window.told.length > 0")
                    #expect(try await Self.told(page) == ["orders-7: Merging."])
                }
            }
        }

        @Test func `of many changes at once some are told, and the others counted`() async throws {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                try await Browser.with { browser in
                    let page = try await Self.open(fixture, browser, "viewer-token", "/pulls")
                    // All of it arrives in one piece, as after a stream that was cut.
                    try await page.show(false)
                    try await fixture.awaitNoStreams()
                    for number in 1...9 {
                        try await world.create(
                            .pullRequests,
                            world.slipway(
                                "PullRequest", "shop-\(number)",
                                [
                                    "repository": "shop", "number": .integer(Int64(number)), "title": "x",
                                    "author": "dora", "target": "main",
                                    "head": .string(String(repeating: "\(number)", count: 40)),
                                    "state": "Open",
                                ], ["phase": "Queued"]))
                    }
                    try await page.show(true)
                    try await page.wait(until: "window.told.length > 0")
                    let told = try await Self.told(page)
                    #expect(told.count == 1)
                    #expect(told.first?.hasSuffix(". More changes: 4.") == true, "\(told)")
                    #expect(told.first?.split(separator: ". ").count == 6, "\(told)")
                }
            }
        }

        private static let focused = """
            (function () {
              var one = document.activeElement;
              return one.getAttribute("aria-label") || one.value || one.id;
            }())
            """

        @Test func `the focus stays on its control, and never goes to another one that does something`()
            async throws
        {
            try await DashboardFixture.with { fixture in
                let world = DeliveryWorld(client: fixture.client)
                try await world.build()
                try await Browser.with { browser in
                    let page = try await Self.open(fixture, browser, "approver-token", "/")
                    let label = "Approve 3fa9c23fa for production of orders"
                    try await page.evaluate("document.querySelector('button[value=Approve]').focus()")
                    #expect(try await page.evaluate(Self.focused).stringValue == label)
                    // Another service comes before it, with the same button.
                    let orders = try await fixture.client.get(.deliveries, "orders", namespace: "slipway")
                    var other = orders
                    other["metadata"] = ["name": "billing"]
                    try await world.create(.deliveries, other)
                    try await page.wait(
                        until: "document.querySelector('button[aria-label*=\"of billing\"]')")
                    #expect(try await page.evaluate(Self.focused).stringValue == label)
                    // Once there is nothing to approve any more, the part has the focus and not the next button.
                    try await fixture.promote()
                    try await page.wait(
                        until: "!document.querySelector('button[aria-label*=\"of orders\"]')")
                    #expect(try await page.evaluate(Self.focused).stringValue == "board")
                    #expect(await browser.consoleErrors.isEmpty)
                }
            }
        }

        @Test func `where a part with the focus vanishes the keys go on in the page`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await Self.open(fixture, browser, "viewer-token", "/pulls/orders-7")
                    try await page.evaluate("document.querySelector('#run-orders-run-12 a').focus()")
                    try await fixture.client.delete(.pipelineRuns, "orders-run-12", namespace: "slipway")
                    try await page.wait(until: "!document.getElementById('run-orders-run-12')")
                    #expect(try await page.evaluate("document.activeElement.id") == "main")
                }
            }
        }

        @Test func `a lost connection is told, and that it is there again`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let (page, port) = try await fixture.served { served in
                        (try await Self.open(served, browser, "viewer-token", "/"), served.port)
                    }
                    try await page.wait(until: "window.told.length === 1")
                    try await fixture.served(port: port) { _ in
                        try await page.wait(until: "window.told.length === 2")
                    }
                    #expect(
                        try await Self.told(page)
                            == ["Updates have stopped.", "Updates go on."])
                }
            }
        }
    }
}
