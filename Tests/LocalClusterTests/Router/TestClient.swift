import NIOCore
import NIOHTTP1
import NIOPosix

/// A client that keeps one connection open and sends one request after the other over it.
struct TestClient {
    struct Response {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    private let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private init(_ channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>) {
        self.channel = channel
    }

    /// Connects, hands `body` a function that sends a request, and closes.
    static func with<Result: Sendable>(
        host: String = "127.0.0.1", port: Int, group: any EventLoopGroup,
        _ body: (_ send: (HTTPRequestHead, String) async throws -> Response) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: group)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var responses = inbound.makeAsyncIterator()
            return try await body { head, body in
                var head = head
                if !body.isEmpty { head.headers.add(name: "content-length", value: "\(body.utf8.count)") }
                try await outbound.write(.head(head))
                if !body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(string: body)))) }
                try await outbound.write(.end(nil))
                var status = 0
                var headers = HTTPHeaders()
                var content = ByteBuffer()
                while let part = try await responses.next() {
                    switch part {
                    case .head(let head): (status, headers) = (Int(head.status.code), head.headers)
                    case .body(var bytes): content.writeBuffer(&bytes)
                    case .end:
                        return Response(status: status, headers: headers, body: String(buffer: content))
                    }
                }
                throw ChannelError.eof
            }
        }
    }

    static func get(_ path: String, host: String = "shop.example.com") -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: ["host": host])
    }
}
