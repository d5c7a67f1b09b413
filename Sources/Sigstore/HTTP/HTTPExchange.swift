import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// One way to ask a server: a closure, so that tests and servers of the same process need no socket.
public struct HTTPExchange: Sendable {
    /// What is asked.
    public struct Request: Sendable {
        /// In capitals: `GET`.
        public var method: String
        /// In full, with its query.
        public var url: String
        /// In the order in which they are sent.
        public var headers: [(name: String, value: String)]
        /// Empty for none.
        public var body: [UInt8]

        /// A request with its whole body.
        public init(
            _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
        }
    }

    /// What came back.
    public struct Response: Sendable {
        /// The status of HTTP.
        public var status: Int
        /// As they came; a name may come twice.
        public var headers: [(name: String, value: String)]
        /// At most ``maximumBytes``.
        public var body: [UInt8]

        /// A response with its whole body.
        public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// The first value of a header.
        public func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    /// Sends a request. Throws `SigstoreError` with code `unreachable` where no answer came.
    public let send: @Sendable (Request) async throws -> Response

    /// An exchange by a closure, as tests have it.
    public init(_ send: @escaping @Sendable (Request) async throws -> Response) { self.send = send }

    /// Answers beyond this size are refused.
    public static let maximumBytes = 16 << 20

    /// Asks over the network with the process' shared client.
    public static func network(timeout: Duration = .seconds(30)) -> HTTPExchange {
        HTTPExchange { request in
            var message = HTTPClientRequest(url: request.url)
            message.method = HTTPMethod(rawValue: request.method)
            for (name, value) in request.headers { message.headers.add(name: name, value: value) }
            if !request.body.isEmpty { message.body = .bytes(ByteBuffer(bytes: request.body)) }
            do {
                let seconds = Int64(timeout.components.seconds)
                let answer = try await HTTPClient.shared.execute(message, timeout: .seconds(seconds))
                let body = try await answer.body.collect(upTo: maximumBytes)
                return Response(
                    status: Int(answer.status.code), headers: answer.headers.map { ($0.name, $0.value) },
                    body: Array(body.readableBytesView))
            } catch let error as CancellationError {
                throw error
            } catch {
                throw SigstoreError(
                    .unreachable, "no answer from \(request.url); check the address and that the server runs",
                    cause: error)
            }
        }
    }

    /// Sends a request, again while the server says that it cannot answer now.
    ///
    /// - Throws: as ``send``.
    func sendRepeatedly(
        _ request: Request, attempts: Int = 3,
        wait: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async throws -> Response {
        var delay = Duration.milliseconds(250)
        for _ in 1..<max(attempts, 1) {
            do {
                let response = try await send(request)
                guard response.status == 429 || response.status >= 500 else { return response }
            } catch let error as SigstoreError where error.code == .unreachable {}
            try await wait(delay)
            delay *= 2
        }
        return try await send(request)
    }
}
