import Manifest
import Testing

@testable import Dashboard

/// What is looked at on every page, in a real browser.
enum PageAudit {
    /// A page of each kind, and words that stand on it.
    static let pages: [(path: String, words: String)] = [
        ("/", "needs 1 approval"), ("/pulls", "Index orders by customer"),
        ("/pulls/orders-7", "The server knows better."), ("/queue", "whole repository"),
        ("/runs", "orders-run-12"), ("/runs/orders-run-12", "trusted as candidate"),
        ("/runs/orders-run-12/logs/test.with-postgresql", "collected 41 items"),
        ("/apps", "Progressing"), ("/apps/orders-production", "orders-database"),
        ("/apps/orders-production/diff", "Difference"), ("/rollouts", "25 %"),
        ("/rollouts/orders-production/orders", "Revision 5"),
        ("/commits/orders/\(DeliveryWorld.commit)", "signed without keys"),
    ]

    /// Pages that say that there is nothing.
    static let failures: [(path: String, words: String)] = [
        ("/pulls/none", "Not found"), ("/nothing", "Not found"),
    ]

    /// Has every page keep what its content-security policy was broken by.
    static let listening = """
        window.violations = [];
        document.addEventListener("securitypolicyviolation", function (event) {
          window.violations.push(event.violatedDirective + " " + event.blockedURI);
        });
        """

    /// How much wider than the window a page is, and by what.
    static let overflow = """
        (function () {
          var width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) { return []; }
          return Array.from(document.querySelectorAll("body *")).filter(function (one) {
            return one.getBoundingClientRect().right > width + 1;
          }).slice(-3).map(function (one) {
            return one.tagName + "." + one.className + " " + one.textContent.slice(0, 40);
          }).concat(["wider than " + width]);
        }())
        """

    /// Texts that are hard to tell from what is behind them: less than 4.5 to 1, or 3 to 1 where they are large
    /// (WCAG 2.2, 1.4.3).
    static let faint = """
        (function () {
          function numbers(text) { return (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number); }
          function over(front, back) {
            var alpha = front.length > 3 ? front[3] : 1;
            return [0, 1, 2].map(function (place) { return front[place] * alpha + back[place] * (1 - alpha); });
          }
          function behind(one) {
            if (!one) { return [255, 255, 255]; }
            return over(numbers(getComputedStyle(one).backgroundColor), behind(one.parentElement));
          }
          function light(color) {
            var parts = color.map(function (part) {
              part /= 255;
              return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
            });
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
          }
          var faint = [];
          document.querySelectorAll("body *").forEach(function (one) {
            var hasText = Array.from(one.childNodes).some(function (child) {
              return child.nodeType === 3 && child.textContent.trim();
            });
            var style = getComputedStyle(one);
            if (!hasText || !one.getClientRects().length || style.clipPath !== "none" || one.disabled) { return; }
            var back = behind(one);
            var front = over(numbers(one.closest("svg") ? style.fill : style.color), back);
            var lights = [light(front), light(back)].sort(function (a, b) { return b - a; });
            var ratio = (lights[0] + 0.05) / (lights[1] + 0.05);
            var size = parseFloat(style.fontSize);
            var isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
            if (ratio < (isLarge ? 3 : 4.5)) {
              faint.push(one.tagName + "." + one.getAttribute("class") + " " + ratio.toFixed(2) + " "
                + one.textContent.slice(0, 30));
            }
          });
          return faint;
        }())
        """
}

extension BrowserPage {
    /// Evaluates a script that answers a list of texts.
    func texts(_ script: String) async throws -> [String] {
        (try await evaluate(script).arrayValue ?? []).compactMap(\.stringValue)
    }

    /// Has every page that follows note what its content-security policy was broken by.
    func watchPolicy() async throws {
        try await browser.send(
            "Page.addScriptToEvaluateOnNewDocument", ["source": .string(PageAudit.listening)],
            session: session)
    }

    /// Loads a page and checks that it fits the window, and that the browser has nothing against it.
    func audit(_ address: String, contains words: String, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        try await load(address)
        #expect(
            try await evaluate("document.body.innerText").stringValue?.contains(words) == true,
            "\(address) without '\(words)'", sourceLocation: sourceLocation)
        let overflow = try await texts(PageAudit.overflow)
        #expect(overflow == [], "\(address)", sourceLocation: sourceLocation)
        let violations = try await texts("window.violations || []")
        #expect(violations == [], "\(address)", sourceLocation: sourceLocation)
    }
}
