import NIOCore
import NIOHTTP1
import NIOPosix

@testable import LocalCluster

/// A real HTTP server on a free loopback port that answers with its name, after a delay where one is set.
final class TestBackend: Sendable {
    let name: String
    let port: Int
    private let channel: any Channel

    var endpoint: RoutingTable.Endpoint {
        .init(address: "127.0.0.1", port: port, pod: name, podTemplateHash: "hash-\(name)")
    }

    init(_ name: String, delay: TimeAmount = .zero, group: any EventLoopGroup) async throws {
        self.name = name
        channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answer(name: name, delay: delay))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await channel.close() }

    /// Answers every request with the server's name and the body it was sent; `x-received` tells the `x-` headers.
    private final class Answer: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        let name: String
        let delay: TimeAmount
        var body = ByteBuffer()
        var head: HTTPRequestHead?

        init(name: String, delay: TimeAmount) {
            self.name = name
            self.delay = delay
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch Self.unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, ByteBuffer())
            case .body(var bytes): body.writeBuffer(&bytes)
            case .end:
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                context.eventLoop.scheduleTask(in: delay) { bound.value.0.respond(bound.value.1) }
            }
        }

        func respond(_ context: ChannelHandlerContext) {
            var content = ByteBuffer(string: name)
            content.writeImmutableBuffer(body)
            let received = (head?.headers ?? [:]).filter {
                $0.name.lowercased().hasPrefix("x-") && !$0.name.lowercased().hasPrefix("x-forwarded")
            }
            var headers = HTTPHeaders([("content-length", "\(content.readableBytes)"), ("x-backend", name)])
            if !received.isEmpty {
                let texts = received.map { "\($0.name.lowercased())=\($0.value)" }
                headers.add(name: "x-received", value: texts.joined(separator: "; "))
            }
            context.write(
                Self.wrapOutboundOut(.head(.init(version: .http1_1, status: .ok, headers: headers))),
                promise: nil)
            if head?.method != .HEAD {
                context.write(Self.wrapOutboundOut(.body(.byteBuffer(content))), promise: nil)
            }
            context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
