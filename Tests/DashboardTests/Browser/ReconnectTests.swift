import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// What a page shows after it has heard nothing for a while.
    @Suite(.enabled(if: Browser.program != nil, "needs chromium; Scripts/setup installs it"))
    struct ReconnectTests {
        /// Has a page count the events that it has dealt with.
        private static let listening = """
            (function () {
              var add = EventSource.prototype.addEventListener;
              window.heard = [];
              EventSource.prototype.addEventListener = function (name, listener) {
                add.call(this, name, function (event) {
                  listener(event);
                  window.heard.push(name + " " + event.data);
                });
              };
            }());
            """

        private static func change(_ fixture: DashboardFixture, _ pull: String, message: String) async throws
        {
            try await fixture.client.patch(
                .pullRequests, pull, namespace: "slipway",
                .merge(["status": ["message": .string(message)]]), subresource: "status")
        }

        private static func regions(_ page: BrowserPage) async throws -> [String] {
            let names = try await page.evaluate(
                "Array.from(document.querySelectorAll('#regions > *')).map(function (one) { return one.id; })"
            )
            return (names.arrayValue ?? []).compactMap(\.stringValue)
        }

        @Test func `a page whose stream was cut shows what is, when it is connected again`() async throws {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await browser.page()
                    let port = try await fixture.served { served in
                        try await page.logIn(served, "viewer-token", then: "/pulls/orders-7")
                        try await page.wait(until: "document.querySelector('[data-state=live]')")
                        return served.port
                    }
                    try await page.wait(until: "document.querySelector('[data-state=lost]')")
                    #expect(try await Self.regions(page) == ["pull", "run-orders-run-12", "change"])
                    try await Self.change(fixture, "orders-7", message: "waits for orders-run-13")
                    let old = try await fixture.client.get(
                        .pipelineRuns, "orders-run-12", namespace: "slipway")
                    try await fixture.client.delete(.pipelineRuns, "orders-run-12", namespace: "slipway")
                    var run = DeliveryWorld(client: fixture.client).slipway(
                        "PipelineRun", "orders-run-13", old["spec"] ?? .null, ["phase": "Running"])
                    run["metadata"] = ["name": "orders-run-13"]
                    try await DeliveryWorld(client: fixture.client).create(.pipelineRuns, run)
                    try await fixture.served(port: port) { _ in
                        try await page.wait(until: "document.querySelector('[data-state=live]')")
                        try await page.wait(until: "document.getElementById('run-orders-run-13')")
                        try await page.wait(until: "!document.getElementById('run-orders-run-12')")
                        #expect(try await Self.regions(page) == ["pull", "run-orders-run-13", "change"])
                        #expect(try await page.text("#pull .why") == "waits for orders-run-13")
                    }
                }
            }
        }

        @Test func `a change that was taken back while somebody wrote is not shown afterwards`() async throws
        {
            try await DashboardFixture.with { fixture in
                try await DeliveryWorld(client: fixture.client).build()
                try await Browser.with { browser in
                    let page = try await browser.page()
                    try await browser.send(
                        "Page.addScriptToEvaluateOnNewDocument", ["source": .string(Self.listening)],
                        session: page.session)
                    try await page.logIn(fixture, "approver-token", then: "/pulls/orders-8")
                    try await page.wait(until: "document.querySelector('[data-state=live]')")
                    let before = try await page.text("#pull .why")
                    try await page.type("looks right", into: "#review-body")
                    try await Self.change(fixture, "orders-8", message: "is next")
                    try await page.wait(
                        until: "window.heard.some(function (one) { return one.includes('is next'); })")
                    #expect(try await page.text("#pull .why") == before)
                    try await page.evaluate("window.heard = []")
                    try await Self.change(fixture, "orders-8", message: before)
                    try await page.wait(
                        until: "window.heard.some(function (one) { return one.startsWith('region '); })")
                    try await page.evaluate(
                        """
                        document.querySelector('#review-body').value = '';
                        document.querySelector('#review-body').blur();
                        """)
                    // What was held back for the field would be shown by now.
                    try await page.evaluate(
                        "new Promise(function (done) { setTimeout(function () { setTimeout(done, 0); }, 0); })"
                    )
                    #expect(try await page.text("#pull .why") == before)
                    #expect(await browser.consoleErrors.isEmpty)
                }
            }
        }
    }
}
