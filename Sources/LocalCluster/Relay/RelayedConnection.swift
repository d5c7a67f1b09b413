import NIOCore

/// A client's connection and the one to a pod that its bytes go to and come from. Confined to their event loop.
///
/// Of the protocol spoken nothing is known. A connection whose last bytes came from the pod is taken to be between two
/// requests, one whose last bytes came from the client to wait for an answer.
final class RelayedConnection {
    enum Side {
        case client, pod
    }

    /// The silence after a pod's bytes that ends a drained connection.
    private static let quiet = TimeAmount.milliseconds(20)

    let pod: String
    private let loop: ProxyLoop
    private var channels: [any Channel] = []
    private var lastSide = Side.pod
    private var activity = 0
    private var isDraining = false
    private var isClosed = false

    init(pod: String, loop: ProxyLoop) {
        self.pod = pod
        self.loop = loop
    }

    func open(_ client: any Channel, _ upstream: any Channel) {
        channels = [client, upstream]
        loop.add(self)
    }

    func carried(from side: Side) {
        lastSide = side
        activity += 1
        if isDraining, side == .pod { awaitQuiet() }
    }

    func drain() {
        guard !isDraining else { return }
        isDraining = true
        if lastSide == .pod { awaitQuiet() }
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

    /// The handlers of a client's channel and of the channel to the pod.
    static func pair(_ connection: RelayedConnection) -> (client: RelayHandler, pod: RelayHandler) {
        let (client, pod) = (RelayHandler(connection, .client), RelayHandler(connection, .pod))
        (client.partner, pod.partner) = (pod, client)
        return (client, pod)
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
