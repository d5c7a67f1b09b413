import NIOCore
import NIOEmbedded
import NIOSSL
import TestSupport
import Testing

@testable import LocalCluster

/// What a client of TLS says first, read before anything is passed on.
struct ServerNameTests {
    /// The first bytes of a real client.
    private static func hello(_ name: String?) throws -> [UInt8] {
        let channel = EmbeddedChannel()
        let context = try NIOSSLContext(configuration: .makeClientConfiguration())
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: name))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 443)).wait()
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        return bytes
    }

    @Test func `the name of a real client's hello is read, however it is cut`() throws {
        let hello = try Self.hello("Files.Example.org")
        #expect(ClientHello(hello) == .read(serverName: "files.example.org"))
        for count in 0..<hello.count {
            #expect(ClientHello(Array(hello.prefix(count))) == .incomplete, "\(count) of \(hello.count)")
        }
        // What comes after it does not matter.
        #expect(ClientHello(hello + [23, 3, 3, 0, 1, 7]) == .read(serverName: "files.example.org"))
        #expect(ClientHello(try Self.hello(nil)) == .read(serverName: nil))
    }

    @Test func `a hello may come in several records`() throws {
        let message = try Self.hello("a.example").dropFirst(5)
        for size in [1, 3, 50, 200] {
            var bytes: [UInt8] = []
            var rest = message[...]
            while !rest.isEmpty {
                let part = rest.prefix(size)
                bytes += [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 0xff)] + part
                rest = rest.dropFirst(size)
            }
            #expect(ClientHello(bytes) == .read(serverName: "a.example"), "\(size)")
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "\0"])
    func `other protocols are none`(_ text: String) {
        #expect(ClientHello(Array(text.utf8)) == .absent)
    }

    @Test(arguments: [
        [22, 3, 1, 0, 0], [22, 3, 1, 0, 1, 2], [22, 2, 1, 0, 1, 1], [22, 3, 1, 0, 5, 1, 0, 0, 1, 0],
    ])
    func `what begins as a hello and is none ends the connection`(_ bytes: [UInt8]) throws {
        #expect(ClientHello(bytes) == .malformed)
        let channel = try Self.gate()
        _ = try channel.writeInbound(ByteBuffer(bytes: bytes))
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        #expect(!channel.isActive)
    }

    @Test func `no bytes are too odd to be read`() throws {
        let hello = try Self.hello("a.example")
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            var bytes = hello
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            _ = ClientHello(bytes)
        }
    }

    private static func gate() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: ServerNameGate("files.example.org"))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 443)).wait()
        return channel
    }

    @Test(arguments: ["files.example.org", nil]) func `what is for the host passes unchanged`(_ name: String?)
        throws
    {
        let channel = try Self.gate()
        let hello = try Self.hello(name)
        for byte in hello { _ = try channel.writeInbound(ByteBuffer(bytes: [byte])) }
        _ = try channel.writeInbound(ByteBuffer(string: "more"))
        var passed: [UInt8] = []
        while let buffer = try channel.readInbound(as: ByteBuffer.self) { passed += buffer.readableBytesView }
        #expect(passed == hello + Array("more".utf8))
        #expect(channel.isActive)
    }

    @Test func `what is for another host of the same address ends the connection`() throws {
        let channel = try Self.gate()
        _ = try channel.writeInbound(ByteBuffer(bytes: try Self.hello("evil.example.org")))
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        #expect(!channel.isActive)
    }
}
