import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import LocalCluster

/// What pods are told of a browser's cookies: sockets on both sides, and the bytes as they arrive.
@Suite struct CookieTests {
    /// `Cookie` headers as they are sent, and as they are to arrive.
    struct Case: CustomTestStringConvertible {
        var sent: [String]
        var arrives: [String]

        init(_ sent: String..., arrives: [String]) { (self.sent, self.arrives) = (sent, arrives) }

        var testDescription: String { sent.joined(separator: " | ") }
    }

    static let cases = [
        // Only our own.
        Case("slipway_session=abc", arrives: []),
        Case("slipway_session=abc; slipway_form=def", arrives: []),
        Case("slipway_session=abc;", arrives: []),
        Case(" ;slipway_form=; ", arrives: []),
        // Among others, first, in the middle and last.
        Case("slipway_session=abc; a=1; b=2", arrives: ["a=1; b=2"]),
        Case("a=1; slipway_session=abc; b=2", arrives: ["a=1; b=2"]),
        Case("a=1; b=2; slipway_form=abc", arrives: ["a=1; b=2"]),
        Case("slipway_form=x; slipway_session=y; a=1", arrives: ["a=1"]),
        Case("slipway_session=1; a=1; slipway_session=2", arrives: ["a=1"]),
        // Odd spacing is kept where nothing is taken out, and found through where something is.
        Case("a=1;b=2;slipway_session=abc;c=3", arrives: ["a=1;b=2;c=3"]),
        Case("a = 1 ;\tb=\"2 3\";  c", arrives: ["a = 1 ;\tb=\"2 3\";  c"]),
        Case("a = 1 ;  slipway_session\t = abc ;  b=2", arrives: ["a = 1 ;  b=2"]),
        Case("\tslipway_session=abc;a=1", arrives: ["a=1"]),
        Case("a=1;; slipway_session=abc;;b==", arrives: ["a=1;;;b=="]),
        Case(";=;=x; ;", arrives: [";=;=x; ;"]),
        // Others with names alike.
        Case("slipway_sessions=1", arrives: ["slipway_sessions=1"]),
        Case("my_slipway_session=1; slipway-session=2", arrives: ["my_slipway_session=1; slipway-session=2"]),
        Case("SLIPWAY_SESSION=1", arrives: ["SLIPWAY_SESSION=1"]),
        Case("slipway_session", arrives: ["slipway_session"]),
        Case("a=slipway_session=1", arrives: ["a=slipway_session=1"]),
        // Quotes hide nothing.
        Case("a=\"x; slipway_session=abc; b=y\"", arrives: ["a=\"x; b=y\""]),
        // Several headers, each by itself; a character that joins with what is before it.
        Case("a=1", "slipway_session=abc", "b=2; slipway_form=c", arrives: ["a=1", "b=2"]),
        Case("a=ü;\u{301}=1; slipway_session=abc;\u{301}b=2", arrives: ["a=ü;\u{301}=1;\u{301}b=2"]),
    ]

    @Test(arguments: cases)
    func `a pod gets all cookies but those of Slipway's pages`(_ one: Case) async throws {
        let lines = one.sent.map { "Cookie: \($0)" }
        let received = try await Self.received(["X-Before: 1"] + lines + ["X-After: 2"])
        #expect(
            received.filter { $0.hasPrefix("Cookie:") }
                == one.arrives.map { "Cookie: \($0.drop { $0 == " " || $0 == "\t" })" }.map(Self.trimmed))
        #expect(received.first == "host: shop.example.com")
        let others = received.filter { $0.hasPrefix("X-") }
        #expect(others == ["X-Before: 1", "X-After: 2"])
    }

    @Test
    func `the case of a header's name does not matter, and a request without cookies is passed on as it is`()
        async throws
    {
        let mixed = try await Self.received(["cOOKIE: a=1; slipway_session=abc", "cookie: slipway_form=1"])
        #expect(mixed.filter { $0.lowercased().hasPrefix("cookie") } == ["cOOKIE: a=1"])
        let none = try await Self.received(["X-Cookie: slipway_session=abc"])
        #expect(none.contains("X-Cookie: slipway_session=abc"))
    }

    /// A header's value without the spaces at its ends, which belong to no value (RFC 9110, section 5.5).
    private static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while let last = line.utf8.last, last == 0x20 || last == 0x09 { line.removeLast() }
        return String(line)
    }

    /// Sends a request with header lines through a router, and answers the lines that arrive at the pod.
    private static func received(_ lines: [String]) async throws -> [String] {
        let group = MultiThreadedEventLoopGroup.singleton
        let (heads, sink) = AsyncStream<String>.makeStream()
        let pod = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HeadReader(sink))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let endpoint = RoutingTable.Endpoint(
            address: "127.0.0.1", port: try #require(pod.localAddress?.port), pod: "a", podTemplateHash: "a")
        let backend = RoutingTable.Backend(namespace: "shop", service: "web", port: 80, endpoints: [endpoint])
        let router = try await Router(group: group)
        try await router.update(
            RoutingTable(routes: [
                .init(namespace: "shop", name: "web", rules: [.init(backends: [.init(backend, weight: 1)])])
            ]))
        let listener = try await router.listen(host: "127.0.0.1", port: 0)
        let client = try await ClientBootstrap(group: group).connect(
            host: "127.0.0.1", port: try #require(listener.localAddress?.port)
        ).get()
        let request = (["GET / HTTP/1.1", "host: shop.example.com"] + lines).joined(separator: "\r\n")
        try await client.writeAndFlush(ByteBuffer(string: request + "\r\n\r\n"))
        var iterator = heads.makeAsyncIterator()
        let head = try #require(await iterator.next())
        try await client.close()
        try await listener.close()
        try await pod.close()
        return head.split(separator: "\r\n").dropFirst().map(String.init)
    }

    /// Hands on what a connection sends up to the empty line.
    private final class HeadReader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let sink: AsyncStream<String>.Continuation
        private var received = ""

        init(_ sink: AsyncStream<String>.Continuation) { self.sink = sink }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: Self.unwrapInboundIn(data))
            if let end = received.firstRange(of: "\r\n\r\n") {
                sink.yield(String(received[..<end.lowerBound]))
            }
        }
    }
}
