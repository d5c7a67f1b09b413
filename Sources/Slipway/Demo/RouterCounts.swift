import AsyncHTTPClient
import NIOCore

/// How many requests the router has sent to the pods of a version.
struct RouterCounts: Sendable {
    let url: String

    func total(hash: String) async throws -> Int {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: url), timeout: .seconds(5))
        let text = String(buffer: try await response.body.collect(upTo: 4 << 20))
        var total = 0
        for line in text.split(separator: "\n")
        where line.hasPrefix("slipway_router_requests_total{") && line.contains("\"\(hash)\"") {
            total += line.split(separator: " ").last.flatMap { Int($0) } ?? 0
        }
        return total
    }
}
