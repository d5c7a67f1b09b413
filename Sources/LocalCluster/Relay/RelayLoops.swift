import NIOCore
import NIOPosix

/// The event loops of a group with the relayed connections that each carries.
///
/// A client's connection is taken when it stands; the one to its server is made on the same loop, and
/// ``RelayedConnection/join(_:_:of:on:)`` puts the two together.
struct RelayLoops: Sendable {
    private let loops: [ObjectIdentifier: NIOLoopBound<RelayLoop>]
    private let group: any EventLoopGroup

    init(group: any EventLoopGroup) async throws {
        self.group = group
        var loops: [ObjectIdentifier: NIOLoopBound<RelayLoop>] = [:]
        for eventLoop in group.makeIterator() {
            loops[ObjectIdentifier(eventLoop)] = try await eventLoop.submit {
                NIOLoopBound(RelayLoop(eventLoop: eventLoop), eventLoop: eventLoop)
            }.get()
        }
        self.loops = loops
    }

    /// What listeners are made with, which hand over each client on its loop, before anything is read from it.
    func listener(
        _ arrived: @escaping @Sendable (any Channel, NIOLoopBound<RelayLoop>) -> Void
    ) -> ServerBootstrap {
        let loops = loops
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
                    preconditionFailure("a connection on an event loop outside the relay's group")
                }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ArrivalHandler { arrived($0, loop) })
                }
            }
    }

    /// What the connection to a client's server is made with.
    static func connector(for client: any Channel) -> ClientBootstrap {
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
    }

    /// Completes when no connection of an owner is open.
    func drain(_ owner: String) -> EventLoopFuture<Void> {
        EventLoopFuture.andAllSucceed(
            loops.values.map { loop in loop.eventLoop.flatSubmit { loop.value.drain(owner) } },
            on: group.any())
    }

    /// Closes an owner's connections.
    func close(_ owner: String) async {
        for loop in loops.values { try? await loop.eventLoop.submit { loop.value.close(owner) }.get() }
    }

    /// Closes every connection.
    func closeAll() async {
        for loop in loops.values { try? await loop.eventLoop.submit { loop.value.closeAll() }.get() }
    }
}

/// Tells of a client's connection when it stands: before that it can be neither closed nor read.
private final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let arrived: (any Channel) -> Void

    init(_ arrived: @escaping (any Channel) -> Void) {
        self.arrived = arrived
    }

    func channelActive(context: ChannelHandlerContext) {
        arrived(context.channel)
        context.fireChannelActive()
    }
}
