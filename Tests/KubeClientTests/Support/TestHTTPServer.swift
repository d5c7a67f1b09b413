import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// An HTTP server on a loopback port whose answers a test writes chunk by chunk.
struct TestHTTPServer: Sendable {
    /// A request with the means to answer it.
    struct Exchange: Sendable {
        let head: HTTPRequestHead
        let body: String
        private let channel: any Channel

        init(head: HTTPRequestHead, body: String, channel: any Channel) {
            self.head = head
            self.body = body
            self.channel = channel
        }

        func begin(_ status: HTTPResponseStatus = .ok, headers: HTTPHeaders = [:]) {
            channel.writeAndFlush(
                HTTPServerResponsePart.head(.init(version: .http1_1, status: status, headers: headers)),
                promise: nil)
        }

        func write(_ text: String) {
            channel.writeAndFlush(
                HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: text))), promise: nil)
        }

        func end() { channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil) }

        func answer(_ text: String, _ status: HTTPResponseStatus = .ok) {
            begin(status)
            write(text)
            end()
        }

        /// Ends the connection without an end to the answer.
        func abort() { channel.close(promise: nil) }

        /// Returns when the connection is closed, by whomever.
        func waitForClose() async throws { try await channel.closeFuture.get() }
    }

    private let channel: any Channel
    var port: Int { channel.localAddress?.port ?? 0 }

    /// Runs the body beside a server.
    static func run<Answer: Sendable>(
        tls: TLSConfiguration? = nil, _ answer: @escaping @Sendable (Exchange) -> Void,
        _ body: (TestHTTPServer) async throws -> Answer
    ) async throws -> Answer {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ExchangeHandler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Answer
        do {
            result = try await body(TestHTTPServer(channel: channel))
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
        return result
    }
}

private final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let answer: @Sendable (TestHTTPServer.Exchange) -> Void
    private var head: HTTPRequestHead?
    private var body = ""

    init(_ answer: @escaping @Sendable (TestHTTPServer.Exchange) -> Void) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let buffer): body += String(buffer: buffer)
        case .end:
            guard let head else { return }
            answer(.init(head: head, body: body, channel: context.channel))
            body = ""
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
