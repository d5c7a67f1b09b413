import KubeClient
import KubeModel
import Manifest
import Testing

extension RealRunTests {
    /// The judge on counters that Prometheus has scraped.
    @Suite(.enabled(if: PrometheusProcess.program != nil, "needs Prometheus: apt-get install prometheus"))
    struct PrometheusTests {
        static let steps = """
            - setWeight: 40
            - analysis: {templates: [{templateName: judge}]}
            """

        @Test func `versions are judged by what Prometheus has scraped`() async throws {
            try await Shop.with(steps: Self.steps) { shop in
                try await PrometheusProcess.with(scraping: shop.metrics) { url in
                    try await shop.apply(
                        Shop.judge(source: "{prometheus: {address: \"\(url)\"}}", selectors: true))
                    try await shop.deploy("v2-errors", ["ERRORS": 2500])
                    let aborted = try await shop.wait("rolled back") { $0["status", "phase"] == "Degraded" }
                    let message = aborted["status", "message"]?.stringValue ?? ""
                    #expect(message.contains("rollback (harm)"), "\(message)")
                    #expect(try await shop.weights() == [100, 0])

                    try await shop.deploy("v3-good")
                    try await shop.wait("promoted") { $0["status", "phase"] == "Healthy" }
                    #expect(try await shop.rollbacks().count == 1)
                    let verdict = try await shop.lastVerdict()
                    #expect(verdict.contains("promote (safety)"), "\(verdict)")
                }
            }
        }
    }
}
