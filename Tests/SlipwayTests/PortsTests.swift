import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Slipway

struct PortsTests {
    private static let open = Endpoint(host: "127.0.0.1", port: 0)

    private var listen: Settings.Listen {
        var listen = Settings.Listen()
        listen.web = Self.open
        listen.api = Self.open
        listen.registry = Self.open
        listen.traffic = Self.open
        listen.metrics = Self.open
        listen.prometheus = Self.open
        return listen
    }

    private func settle(
        _ listen: Settings.Listen, in directory: DataDirectory
    ) throws(SlipwayError) -> Settings.Listen {
        var random = SystemRandomNumberGenerator()
        return try Ports.settle(listen, in: directory, using: &random).listen
    }

    @Test func `ports that are left open are chosen once and kept`() async throws {
        try await withTemporaryDirectory { folder in
            let directory = DataDirectory(folder)
            let first = try settle(listen, in: directory)
            // None of those that the kernel gives to connections, which may have it when the program starts again.
            #expect(first.all.allSatisfy { (10_000...19_999).contains($0.endpoint.port) })
            #expect(Set(first.all.map(\.endpoint.port)).count == first.all.count)
            #expect(try settle(listen, in: directory) == first)
            #expect(try Ports.kept(listen, in: directory) == first)
        }
    }

    @Test func `two that choose at the same time choose different ports, and servers can have them`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let seed = UInt64.random(in: 0...UInt64.max)
            var chosen: [Settings.Listen] = []
            var reservations: [PortReservation] = []
            for name in ["one", "two"] {
                let directory = DataDirectory("\(folder)/\(name)")
                try directory.prepare()
                // They would choose the same.
                var random = SeededGenerator(seed: seed)
                let (listen, reservation) = try Ports.settle(listen, in: directory, using: &random)
                chosen.append(listen)
                reservations.append(reservation)
            }
            let ports = chosen.flatMap { $0.all.map(\.endpoint.port) }
            #expect(Set(ports).count == ports.count, "seed \(seed): \(ports)")
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            var servers: [any Channel] = []
            for port in ports {
                servers.append(
                    try await ServerBootstrap(group: group)
                        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                        .bind(host: "127.0.0.1", port: port).get())
            }
            // Now they are the servers' own.
            reservations.removeAll()
            for port in ports {
                let client = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port)
                    .get()
                try await client.close()
            }
            for server in servers { try await server.close() }
            try await group.shutdownGracefully()
        }
    }

    @Test func `a port that another program has is refused with what to do`() async throws {
        try await withTemporaryDirectory { folder in
            let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(taken) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(taken, $0, length) == 0 && Glibc.listen(taken, 1) == 0
                        && getsockname(taken, $0, &length) == 0
                }
            }
            #expect(isBound)
            var wanted = listen
            wanted.web.port = Int(UInt16(bigEndian: address.sin_port))
            let error = try #require(throws: SlipwayError.self) {
                try settle(wanted, in: DataDirectory(folder))
            }
            #expect(error.code == .address)
            #expect(
                error.message.hasPrefix(
                    "listen.web: 127.0.0.1:\(wanted.web.port) is in use by another program; set another port")
            )
        }
    }

    @Test func `a port that is said later and was chosen for another part before is refused by name`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let directory = DataDirectory(folder)
            let first = try settle(listen, in: directory)
            for name in ["api", "prometheus"] {
                var wanted = listen
                wanted.web.port = try #require(first.all.first { $0.name == name }).endpoint.port
                let error = try #require(throws: SlipwayError.self) { try settle(wanted, in: directory) }
                #expect(error.code == .address)
                #expect(
                    error.message.hasPrefix(
                        "listen.\(name) and listen.web collide on port \(wanted.web.port): listen.\(name) has had port "
                            + "\(wanted.web.port) since it was chosen at an earlier start"), "\(error)")
            }
        }
    }

    @Test func `an address that another part's wildcard takes is refused by name`() async throws {
        try await withTemporaryDirectory { folder in
            var wanted = listen
            wanted.web = Endpoint(host: "0.0.0.0", port: try TestPort.free())
            wanted.api = Endpoint(host: "127.0.0.1", port: wanted.web.port)
            let error = try #require(throws: SlipwayError.self) {
                try settle(wanted, in: DataDirectory(folder))
            }
            #expect(error.message.hasPrefix("listen.api and listen.web collide on port"), "\(error)")
        }
    }

    @Test(arguments: ["", "{", "[1]", "{\"web\": \"x\"}"])
    func `a file of ports that cannot be read is told, never replaced`(_ text: String) async throws {
        try await withTemporaryDirectory { folder in
            let directory = DataDirectory(folder)
            try Data(text.utf8).write(to: URL(filePath: directory.ports))
            let error = try #require(throws: SlipwayError.self) { try settle(listen, in: directory) }
            #expect(error.code == .storage)
            #expect(try String(contentsOfFile: directory.ports, encoding: .utf8) == text)
        }
    }

    @Test func `an address of another machine is refused`() async throws {
        try await withTemporaryDirectory { folder in
            var wanted = listen
            wanted.api.host = "192.0.2.1"
            let error = try #require(throws: SlipwayError.self) {
                try settle(wanted, in: DataDirectory(folder))
            }
            #expect(error.message == "listen.api: 192.0.2.1 is no address of this machine; use 127.0.0.1")
        }
    }
}
