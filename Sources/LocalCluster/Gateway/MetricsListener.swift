import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves the router's metrics to Prometheus, at `/metrics`.
enum MetricsListener {
    static func listen(
        host: String, port: Int, group: any EventLoopGroup, _ router: Router
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(MetricsHandler(router))
                }
            }
            .bind(host: host, port: port).get()
    }
}

private final class MetricsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let router: Router
    private var head: HTTPRequestHead?

    init(_ router: Router) {
        self.router = router
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            guard head.uri.split(separator: "?").first == "/metrics",
                head.method == .GET || head.method == .HEAD
            else { return answer(.notFound, "the metrics are at /metrics\n", to: head, context) }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            router.metrics(on: context.eventLoop).whenComplete { result in
                let (handler, context) = bound.value
                switch result {
                case .success(let metrics):
                    handler.answer(.ok, RouterMetrics.prometheusText(metrics), to: head, context)
                case .failure(let error):
                    handler.answer(.internalServerError, "\(error)\n", to: head, context)
                }
            }
        }
    }

    private func answer(
        _ status: HTTPResponseStatus, _ text: String, to request: HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) {
        let headers = HTTPHeaders([
            ("content-type", "text/plain; version=0.0.4; charset=utf-8"),
            ("content-length", "\(text.utf8.count)"),
        ])
        context.write(
            Self.wrapOutboundOut(
                .head(HTTPResponseHead(version: request.version, status: status, headers: headers))),
            promise: nil)
        if request.method != .HEAD {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
        let written = context.writeAndFlush(Self.wrapOutboundOut(.end(nil)))
        guard !request.isKeepAlive else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.whenComplete { _ in bound.value.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
