import NIOCore
import NIOPosix
import Synchronization

/// The cluster's name server: answers for services and headless pods, passes other questions on.
final class NameServer: Sendable {
    /// Questions that wait for other servers at once; more are refused.
    private static let forwardLimit = 512

    private let group: any EventLoopGroup
    private let upstream: [SocketAddress]
    private let names: @Sendable () -> ServiceNames?
    private let forwarded = Atomic<Int>(0)
    private let numbers = Atomic<UInt16>(1)

    private init(
        group: any EventLoopGroup, upstream: [SocketAddress], names: @escaping @Sendable () -> ServiceNames?
    ) {
        self.group = group
        self.upstream = upstream
        self.names = names
    }

    /// Listens for questions over UDP and TCP; the port 0 takes a free one for both.
    ///
    /// - Parameters:
    ///   - upstream: the addresses of the servers that know other names, with or without a port.
    ///   - names: what is known at the moment; nil before there is anything.
    /// - Returns: the channels, that of UDP first.
    static func listen(
        host: String, port: Int, group: any EventLoopGroup, upstream: [String],
        names: @escaping @Sendable () -> ServiceNames?
    ) async throws -> [any Channel] {
        let server = NameServer(group: group, upstream: upstream.compactMap(Self.address), names: names)
        let datagrams = try await DatagramBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler(server))
                }
            }
            .bind(host: host, port: port).get()
        do {
            let streams = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers(
                            ByteToMessageHandler(LengthPrefixedMessages()), StreamHandler(server))
                    }
                }
                .bind(host: host, port: datagrams.localAddress?.port ?? port).get()
            return [datagrams, streams]
        } catch {
            try? await datagrams.close()
            throw error
        }
    }

    private static func address(_ text: String) -> SocketAddress? {
        let parts = text.split(separator: ":")
        if parts.count == 2, let port = Int(parts[1]) {
            return try? SocketAddress(ipAddress: String(parts[0]), port: port)
        }
        return try? SocketAddress(ipAddress: text, port: 53)
    }

    /// The answer to a message; nil where it deserves none.
    func answer(_ message: ByteBuffer, limited: Bool, on loop: any EventLoop) -> EventLoopFuture<ByteBuffer?>
    {
        guard let query = DNSQuery(message) else {
            return loop.makeSucceededFuture(Self.refusal(of: message))
        }
        let limit = limited ? query.limit : .max
        switch NameAnswer(query, names() ?? ServiceNames()) {
        case .records(let records): return loop.makeSucceededFuture(query.answer(records, limit: limit))
        case .noName: return loop.makeSucceededFuture(query.answer([], .noName))
        case .forward:
            return forward(message, on: loop).map { $0 ?? query.answer([], .serverFailure) }
        case .alias(let target):
            let alias = DNSRecord.alias(name: query.name, to: target)
            let question = DNSQuery(
                id: numbers.wrappingAdd(1, ordering: .relaxed).newValue, name: target, kind: query.kind)
            if ServiceNames.isOurs(target) {
                guard case .records(let records) = NameAnswer(question, names() ?? ServiceNames()) else {
                    return loop.makeSucceededFuture(query.answer([alias]))
                }
                return loop.makeSucceededFuture(query.answer([alias] + records, limit: limit))
            }
            return forward(question.message, on: loop).map { answer in
                let addresses = answer.map(DNSQuery.addresses) ?? []
                return query.answer([alias] + addresses.map { .address(name: target, $0) }, limit: limit)
            }
        }
    }

    /// What tells a client that its message was not understood.
    private static func refusal(of message: ByteBuffer) -> ByteBuffer? {
        var message = message
        guard let id = message.readInteger(as: UInt16.self), let flags = message.readInteger(as: UInt16.self),
            // Never answer an answer.
            flags & 0x8000 == 0
        else { return nil }
        let code: DNSQuery.Code = flags & 0x7800 == 0 ? .malformed : .notImplemented
        var answer = ByteBuffer()
        answer.writeMultipleIntegers(
            id, 0x8000 | (flags & 0x7900) | code.rawValue, UInt16(0), UInt16(0), UInt16(0), UInt16(0))
        return answer
    }

    // MARK: Other servers

    /// Asks the other servers, one after the other; nil where none answers.
    private func forward(_ message: ByteBuffer, on loop: any EventLoop) -> EventLoopFuture<ByteBuffer?> {
        guard forwarded.add(1, ordering: .relaxed).newValue <= Self.forwardLimit else {
            forwarded.subtract(1, ordering: .relaxed)
            return loop.makeSucceededFuture(nil)
        }
        let answer = ask(upstream[...], message, on: loop)
        answer.whenComplete { _ in self.forwarded.subtract(1, ordering: .relaxed) }
        return answer
    }

    private func ask(
        _ servers: ArraySlice<SocketAddress>, _ message: ByteBuffer, on loop: any EventLoop
    ) -> EventLoopFuture<ByteBuffer?> {
        guard let server = servers.first else { return loop.makeSucceededFuture(nil) }
        let promise = loop.makePromise(of: ByteBuffer?.self)
        let any = server.protocol == .inet6 ? "::" : "0.0.0.0"
        DatagramBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AnswerHandler(to: message, from: server, promise))
                }
            }
            .bind(host: any, port: 0)
            .whenComplete { result in
                switch result {
                case .failure: promise.succeed(nil)
                case .success(let channel):
                    let limit = loop.scheduleTask(in: .seconds(2)) { promise.succeed(nil) }
                    promise.futureResult.whenComplete { _ in
                        limit.cancel()
                        channel.close(promise: nil)
                    }
                    channel.writeAndFlush(
                        AddressedEnvelope(remoteAddress: server, data: message), promise: nil)
                }
            }
        return promise.futureResult.flatMap { answer in
            if let answer { return loop.makeSucceededFuture(answer) }
            return self.ask(servers.dropFirst(), message, on: loop)
        }
    }
}

/// Takes the first answer to a question that comes from whom it was sent to.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let id: UInt16?
    private let server: SocketAddress
    private let promise: EventLoopPromise<ByteBuffer?>

    init(to message: ByteBuffer, from server: SocketAddress, _ promise: EventLoopPromise<ByteBuffer?>) {
        id = message.getInteger(at: message.readerIndex)
        self.server = server
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = Self.unwrapInboundIn(data)
        guard envelope.remoteAddress == server,
            envelope.data.getInteger(at: envelope.data.readerIndex, as: UInt16.self) == id
        else { return }
        promise.succeed(envelope.data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.succeed(nil) }
}

private final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let server: NameServer

    init(_ server: NameServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = Self.unwrapInboundIn(data)
        let channel = context.channel
        server.answer(envelope.data, limited: true, on: context.eventLoop).whenSuccess { answer in
            guard let answer else { return }
            channel.writeAndFlush(
                AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: answer), promise: nil)
        }
    }

    // A client that has gone is told by ICMP; the others go on.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// Messages over TCP: each after its length, in two bytes.
private struct LengthPrefixedMessages: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let message = buffer.readLengthPrefixedSlice(as: UInt16.self) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(message))
        return .continue
    }
}

private final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: NameServer

    init(_ server: NameServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        server.answer(Self.unwrapInboundIn(data), limited: false, on: context.eventLoop).whenSuccess {
            answer in
            guard var answer else { return channel.close(promise: nil) }
            var framed = ByteBuffer()
            framed.writeInteger(UInt16(truncatingIfNeeded: answer.readableBytes))
            framed.writeBuffer(&answer)
            channel.writeAndFlush(framed, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
