import NIOCore

/// A client's connection and the one to a server that its bytes go to and come from. Confined to their event loop.
///
/// Of the protocol spoken nothing is known. A connection whose last bytes came from the server is taken to be between
/// two requests, one whose last bytes came from the client to wait for an answer.
final class RelayedConnection {
    enum Side {
        case client, server
    }

    /// The silence after a server's bytes that ends a drained connection.
    private static let quiet = TimeAmount.milliseconds(20)

    /// Whose connections are drained or closed together: the uid of the pod that serves, the container that asks.
    let owner: String
    private let loop: RelayLoop
    private var channels: [any Channel] = []
    private var lastSide = Side.server
    private var activity = 0
    private var isDraining = false
    private var isClosed = false

    init(owner: String, loop: RelayLoop) {
        self.owner = owner
        self.loop = loop
    }

    /// Lets what a client sends go to a server and back, from now on.
    static func join(_ client: any Channel, _ upstream: any Channel, of owner: String, on loop: RelayLoop) {
        guard client.isActive else {
            upstream.close(promise: nil)
            return
        }
        let connection = RelayedConnection(owner: owner, loop: loop)
        let (front, back) = RelayHandler.pair(connection)
        do {
            try client.pipeline.syncOperations.addHandler(front)
            try upstream.pipeline.syncOperations.addHandler(back)
            connection.channels = [client, upstream]
            loop.add(connection)
            try client.syncOptions?.setOption(.autoRead, value: true)
            try upstream.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            connection.close()
        }
    }

    func carried(from side: Side) {
        lastSide = side
        activity += 1
        if isDraining, side == .server { awaitQuiet() }
    }

    func drain() {
        guard !isDraining else { return }
        isDraining = true
        if lastSide == .server { awaitQuiet() }
    }

    private func awaitQuiet() {
        let seen = activity
        loop.eventLoop.assumeIsolated().scheduleTask(in: Self.quiet) {
            if self.activity == seen { self.close() }
        }
    }

    func close() {
        for channel in channels { channel.close(promise: nil) }
        closed()
    }

    /// Notes that one of the two is closed.
    func closed() {
        guard !isClosed else { return }
        isClosed = true
        loop.remove(self)
    }
}

/// One end of a relayed connection: passes on what it reads to the other, at the pace of the slower.
final class RelayHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: RelayedConnection
    private let side: RelayedConnection.Side
    private var partner: RelayHandler?
    private var context: ChannelHandlerContext?
    private var wantsRead = false
    private var inputEnded = false

    private init(_ connection: RelayedConnection, _ side: RelayedConnection.Side) {
        self.connection = connection
        self.side = side
    }

    /// The handlers of a client's channel and of the channel to the server.
    static func pair(_ connection: RelayedConnection) -> (client: RelayHandler, server: RelayHandler) {
        let (client, server) = (RelayHandler(connection, .client), RelayHandler(connection, .server))
        (client.partner, server.partner) = (server, client)
        return (client, server)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.carried(from: side)
        partner?.context?.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        // What cannot be passed on is not read.
        if let other = partner?.context, other.channel.isWritable { context.read() } else { wantsRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.resumeReading() }
        context.fireChannelWritabilityChanged()
    }

    private func resumeReading() {
        guard wantsRead else { return }
        wantsRead = false
        context?.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        // One direction has ended; the other may still carry an answer.
        inputEnded = true
        partner?.context?.close(mode: .output, promise: nil)
        if partner?.inputEnded == true { connection.close() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        partner?.context?.close(promise: nil)
        connection.closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        partner?.context?.close(promise: nil)
        context.close(promise: nil)
    }
}
