import NIOCore

/// Keeps TLS connections to the host they are allowed for.
///
/// Many hosts share the addresses of one network of caches, where the name that the client says first decides who
/// answers: allowing one of them would allow all. What is not TLS passes as it is, and so does a client that says no name.
final class ServerNameGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let host: String
    private var held: [UInt8] = []

    init(_ host: String) {
        self.host = host.lowercased()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        held += unwrapInboundIn(data).readableBytesView
        switch ClientHello(held) {
        case .incomplete: break
        case .malformed:
            // A server might read what we cannot.
            held = []
            context.close(promise: nil)
        case .read(let name?) where (name.hasSuffix(".") ? String(name.dropLast()) : name) != host:
            held = []
            context.close(promise: nil)
        case .read, .absent:
            context.fireChannelRead(wrapInboundOut(context.channel.allocator.buffer(bytes: held)))
            held = []
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }
}
