import NIOCore
import NIOHTTP1

/// The pod's end of a proxied request. Between requests the connection has no owner and only waits to be closed.
final class UpstreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let endpoint: RoutingTable.Endpoint
    private let loop: RouterLoop
    /// The front end whose request this connection carries.
    var owner: FrontendHandler?

    init(endpoint: RoutingTable.Endpoint, loop: RouterLoop) {
        self.endpoint = endpoint
        self.loop = loop
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let owner else {
            // Bytes that nobody asked for: this connection cannot be trusted with a next request.
            context.close(promise: nil)
            return
        }
        owner.received(Self.unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        owner?.upstreamReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { owner?.upstreamBecameWritable() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.forget(context.channel, to: endpoint)
        owner?.upstreamClosed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A malformed response or a reset: the close that follows tells the owner.
        context.close(promise: nil)
    }
}
