import Glibc
import NIOCore
import NIOPosix

/// A server that gives every request without a body the same answer, and no thought: where the router alone is to be
/// looked at, 100,000 requests must not take the time of two HTTP codecs beside its own.
final class PlainBackend: Sendable {
    let port: Int
    private let channel: any Channel

    init(answering body: String, group: any EventLoopGroup) async throws {
        let answer = ByteBuffer(
            string: "HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
        channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answers(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await channel.close() }

    private final class Answers: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: ByteBuffer
        private var received = ByteBuffer()

        init(_ answer: ByteBuffer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.writeImmutableBuffer(Self.unwrapInboundIn(data))
            while received.skip(past: "\r\n\r\n") {
                context.write(Self.wrapOutboundOut(answer), promise: nil)
            }
            received.discardReadBytes()
            context.flush()
        }
    }
}

/// A client that keeps so many requests under way on one connection, and counts the answers by their status.
enum PlainClient {
    /// Sends `count` requests for `/` and returns when all are answered.
    ///
    /// - Parameter bodyLength: how many bytes every answer's body has.
    /// - Returns: how many were answered with each status line.
    static func run(
        port: Int, requests count: Int, window: Int = 16, bodyLength: Int, group: any EventLoopGroup
    ) async throws -> [String: Int] {
        let loop = group.next()
        let done = loop.makePromise(of: [String: Int].self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Requests(count, window: window, bodyLength: bodyLength, done))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let answers = try await done.futureResult.get()
        try await channel.close()
        return answers
    }

    private final class Requests: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private static let request = ByteBuffer(string: "GET / HTTP/1.1\r\nhost: shop.example.com\r\n\r\n")

        private let count: Int
        private let window: Int
        private let bodyLength: Int
        private let done: EventLoopPromise<[String: Int]>
        private var sent = 0
        private var answers: [String: Int] = [:]
        private var answered = 0
        private var received = ByteBuffer()

        init(_ count: Int, window: Int, bodyLength: Int, _ done: EventLoopPromise<[String: Int]>) {
            self.count = count
            self.window = window
            self.bodyLength = bodyLength
            self.done = done
        }

        func channelActive(context: ChannelHandlerContext) { send(context) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.writeImmutableBuffer(Self.unwrapInboundIn(data))
            while takeAnswer() { answered += 1 }
            received.discardReadBytes()
            if answered == count { done.succeed(answers) } else { send(context) }
        }

        func channelInactive(context: ChannelHandlerContext) { done.fail(ChannelError.eof) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            done.fail(error)
            context.close(promise: nil)
        }

        private func send(_ context: ChannelHandlerContext) {
            while sent < count, sent - answered < window {
                context.write(Self.wrapOutboundOut(Self.request), promise: nil)
                sent += 1
            }
            context.flush()
        }

        /// Takes one whole answer off what was received, if there is one.
        private func takeAnswer() -> Bool {
            let start = received.readerIndex
            // `HTTP/1.1 200`
            let status = received.getString(at: start, length: 12) ?? ""
            guard received.skip(past: "\r\n\r\n"), received.readableBytes >= bodyLength else {
                received.moveReaderIndex(to: start)
                return false
            }
            received.moveReaderIndex(forwardBy: bodyLength)
            answers[status, default: 0] += 1
            return true
        }
    }
}

extension ByteBuffer {
    /// Moves the reader behind the next occurrence of a text; answers false, and stays, where there is none.
    fileprivate mutating func skip(past text: StaticString) -> Bool {
        // In a loop over bytes, debug builds would spend more than in all of the router.
        let end = withUnsafeReadableBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            return text.withUTF8Buffer { text in
                guard let wanted = text.baseAddress else { return nil }
                var start = 0
                while let place = memchr(base + start, Int32(text[0]), bytes.count - start) {
                    let offset = UnsafeRawPointer(place) - base
                    guard offset + text.count <= bytes.count else { return nil }
                    if memcmp(place, wanted, text.count) == 0 { return offset + text.count }
                    start = offset + 1
                }
                return nil
            }
        }
        guard let end else { return false }
        moveReaderIndex(forwardBy: end)
        return true
    }
}
