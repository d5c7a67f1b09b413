public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks HTTP servers for metrics: bounded in time and size.
public struct Fetcher: Sendable {
    private let client: HTTPClient
    /// The URL of the Prometheus server that is asked where a metric names none.
    let prometheus: String?
    /// The largest answer that is read, in bytes.
    static let limit = 16 << 20

    /// Asks through a client that its owner shuts down.
    ///
    /// - Parameter prometheus: the URL of the Prometheus server that is asked where a metric names none.
    public init(_ client: HTTPClient, prometheus: String? = nil) {
        self.client = client
        self.prometheus = prometheus
    }

    /// An answer of any status.
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
    }

    /// The longest that an answer is waited for, whatever a template says.
    static let longestTimeout = Duration.seconds(3600)

    /// Sends a request.
    ///
    /// - Throws: `provider`, which says what could not be reached and why.
    func fetch(
        _ url: String, method: String = "GET", headers: [(String, String)] = [], body: [UInt8]? = nil,
        timeout: Duration
    ) async throws(RolloutsError) -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        // Series shrink so well that the client would take what comes for a compression bomb.
        if !request.headers.contains(name: "Accept-Encoding") {
            request.headers.add(name: "Accept-Encoding", value: "identity")
        }
        if let body { request.body = .bytes(body) }
        let limit = min(max(timeout, .zero), Self.longestTimeout)
        do {
            let response = try await client.execute(
                request, timeout: .milliseconds(Int64(limit / .milliseconds(1))))
            let buffer = try await response.body.collect(upTo: Self.limit)
            return Answer(status: Int(response.status.code), body: Array(buffer.readableBytesView))
        } catch {
            throw RolloutsError(.provider, "\(method) \(url): \(error)")
        }
    }
}
