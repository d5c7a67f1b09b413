import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

extension ServedPages {
    /// What a real browser makes of texts that are to do harm, or are only very long.
    @Suite(.enabled(if: Browser.program != nil, "needs chromium; Scripts/setup installs it"))
    struct HostileBrowserTests {
        /// Elements that no template has, and attributes that run something.
        private static let foreign = """
            (function () {
              var found = Array.from(document.querySelectorAll("img, iframe, object, embed, base, style")).map(
                function (one) { return one.outerHTML; });
              document.querySelectorAll("*").forEach(function (one) {
                Array.from(one.attributes).forEach(function (own) {
                  if (/^on/.test(own.name) || own.name === "style") { found.push(one.outerHTML); }
                });
              });
              document.querySelectorAll("script").forEach(function (one) {
                if (one.src.indexOf("/assets/live.js") < 0) { found.push(one.outerHTML); }
              });
              if (window.pwned !== undefined) { found.push("a script has run"); }
              return found;
            }())
            """

        @Test(arguments: HostileTransport.Reach.allCases)
        func `a browser finds nothing in texts but text, in pages and in what follows`(
            reach: HostileTransport.Reach
        ) async throws {
            try await HostileTextTests.with(reach) { fixture in
                try await Browser.with { browser in
                    let page = try await browser.page(width: 360, height: 740, isPhone: true)
                    try await page.watchPolicy()
                    try await page.logIn(fixture, "approver-token")
                    for (path, _) in PageAudit.pages {
                        try await page.audit(fixture.address + path, contains: "<script>window.pwned=1")
                        #expect(try await page.texts(Self.foreign) == [], "\(path)")
                        guard try await page.evaluate("document.body.dataset.live !== undefined") == true
                        else {
                            continue
                        }
                        // Every part comes once more, as its digest is another one.
                        try await page.evaluate(
                            """
                            document.querySelectorAll("[data-region]").forEach(function (one) {
                              one.dataset.digest = ""; one.replaceChildren("old");
                            });
                            """)
                        try await page.show(false)
                        try await page.show(true)
                        try await page.wait(
                            until: """
                                Array.from(document.querySelectorAll("[data-region]")).every(function (one) {
                                  return one.textContent !== "old";
                                })
                                """)
                        #expect(try await page.texts(Self.foreign) == [], "what follows on \(path)")
                        #expect(try await page.texts(PageAudit.overflow) == [], "what follows on \(path)")
                        #expect(try await page.texts("window.violations") == [], "what follows on \(path)")
                    }
                    #expect(await browser.consoleErrors == [])
                }
            }
        }

        /// A word that a line does not end in, as long as commit messages get.
        private static let long = " " + String(repeating: "W", count: 5000)

        @Test(arguments: [360, 1280])
        func `texts of 5,000 letters and names of 63 fit the window`(width: Int) async throws {
            try await HostileTextTests.with(.written, text: Self.long) { fixture in
                try await DeliveryWorld(client: fixture.client).longNames()
                try await Browser.with { browser in
                    let page = try await browser.page(width: width, height: 740, isPhone: width < 500)
                    try await page.watchPolicy()
                    try await page.logIn(fixture, "approver-token")
                    for (path, _) in PageAudit.pages + DeliveryWorld.longPages {
                        try await page.audit(fixture.address + path, contains: "WWWW")
                    }
                    #expect(await browser.consoleErrors == [])
                }
            }
        }

        @Test func `lists stay lists where texts are long`() async throws {
            try await HostileTextTests.with(.written, text: Self.long) { fixture in
                let visitor = try await fixture.visitor("viewer-token")
                for path in ["/", "/pulls", "/queue", "/runs", "/apps", "/rollouts"] {
                    let page = try await visitor.get(path)
                    #expect(page.status == 200)
                    let isWhole = page.text.contains(String(repeating: "W", count: 700))
                    #expect(!isWhole, "\(path)")
                }
                // The page of the thing itself tells all.
                let pull = try await visitor.get("/pulls/orders-7")
                let isWhole = pull.text.contains(String(repeating: "W", count: 5000))
                #expect(isWhole)
            }
        }
    }
}
