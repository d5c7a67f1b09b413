import KubeClient
import KubeModel
import Manifest
import NIOCore
import NIOPosix
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5))) struct NameServerTests {
    let group = MultiThreadedEventLoopGroup.singleton

    static let names: ServiceNames = {
        var names = ServiceNames()
        func service(_ name: String, _ spec: Value) -> ServiceState {
            ServiceState(["metadata": ["name": .string(name), "namespace": "shop"], "spec": spec])
        }
        names.add(
            service(
                "web",
                ["clusterIP": "10.96.0.7", "selector": ["a": "b"], "ports": [["name": "http", "port": 80]]]),
            pods: [])
        let pod: Value = [
            "metadata": ["name": "db-0", "namespace": "shop", "uid": "1"],
            "spec": ["hostname": "db-0", "subdomain": "db", "containers": []],
            "status": [
                "phase": "Running", "podIP": "10.244.0.5",
                "conditions": [["type": "Ready", "status": "True"]],
            ],
        ]
        names.add(
            service(
                "db",
                ["clusterIP": "None", "selector": ["a": "b"], "ports": [["name": "sql", "port": 5432]]]),
            pods: [PodEndpoint(pod)].compactMap { $0 })
        names.add(service("mail", ["type": "ExternalName", "externalName": "mail.example.com"]), pods: [])
        return names
    }()

    struct Question: Sendable {
        var name: String
        var kind: UInt16 = DNSQuery.Kind.a
        var answer: NameAnswer
    }

    @Test(arguments: [
        Question(
            name: "web.shop.svc.cluster.local",
            answer: .records([.address(name: "web.shop.svc.cluster.local", [10, 96, 0, 7])])),
        Question(name: "web.shop.svc.cluster.local", kind: DNSQuery.Kind.aaaa, answer: .records([])),
        Question(
            name: "db.shop.svc.cluster.local",
            answer: .records([.address(name: "db.shop.svc.cluster.local", [10, 244, 0, 5])])),
        Question(
            name: "db-0.db.shop.svc.cluster.local",
            answer: .records([.address(name: "db-0.db.shop.svc.cluster.local", [10, 244, 0, 5])])),
        Question(
            name: "_http._tcp.web.shop.svc.cluster.local", kind: DNSQuery.Kind.srv,
            answer: .records([
                .service(
                    name: "_http._tcp.web.shop.svc.cluster.local", port: 80,
                    target: "web.shop.svc.cluster.local")
            ])),
        Question(name: "mail.shop.svc.cluster.local", answer: .alias("mail.example.com")),
        Question(name: "web.other.svc.cluster.local", answer: .noName),
        Question(name: "shop.svc.cluster.local", answer: .records([])),
        Question(name: "example.com", answer: .forward),
    ])
    func `names stand for what the specification says`(question: Question) {
        let query = DNSQuery(id: 1, name: question.name, kind: question.kind)
        #expect(NameAnswer(query, Self.names) == question.answer)
    }

    @Test func `a question keeps its form on the wire`() throws {
        let query = DNSQuery(id: 0x1234, name: "Web.Shop.svc.cluster.local", kind: DNSQuery.Kind.a)
        let read = try #require(DNSQuery(query.message))
        #expect(read.id == 0x1234)
        #expect(read.name == "web.shop.svc.cluster.local")
        #expect(DNSQuery(ByteBuffer(bytes: [0, 1, 2])) == nil)
        #expect(DNSQuery(ByteBuffer(bytes: [UInt8](repeating: 0xff, count: 64))) == nil)
    }

    @Test func `questions are answered over TCP, and others passed on`() async throws {
        let upstream = try await NameServer.listen(
            host: "127.0.0.1", port: 0, group: group, upstream: [],
            names: {
                var names = ServiceNames()
                names.add(
                    ServiceState([
                        "metadata": ["name": "other", "namespace": "x"],
                        "spec": ["clusterIP": "10.1.1.1", "ports": [["port": 1]]],
                    ]), pods: [])
                return names
            })
        let upstreamPort = try #require(upstream[0].localAddress?.port)
        let server = try await NameServer.listen(
            host: "127.0.0.1", port: 0, group: group, upstream: ["127.0.0.1:\(upstreamPort)"],
            names: { Self.names })
        let port = try #require(server[1].localAddress?.port)
        let answer = try await ask("web.shop.svc.cluster.local", port: port)
        #expect(DNSQuery.addresses(in: answer) == [[10, 96, 0, 7]])
        // Of names outside the cluster the other server knows nothing, and says so.
        let foreign = try await ask("example.com", port: port)
        #expect(
            foreign.getInteger(at: 2, as: UInt16.self).map { $0 & 0xf }
                == DNSQuery.Code.serverFailure.rawValue)
        for channel in upstream + server { try await channel.close() }
    }

    /// Asks over TCP.
    private func ask(_ name: String, port: Int) async throws -> ByteBuffer {
        let channel = try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var message = DNSQuery(id: 7, name: name, kind: DNSQuery.Kind.a).message
            var framed = ByteBuffer()
            framed.writeInteger(UInt16(message.readableBytes))
            framed.writeBuffer(&message)
            try await outbound.write(framed)
            var received = ByteBuffer()
            for try await part in inbound {
                received.writeImmutableBuffer(part)
                if let length = received.getInteger(at: 0, as: UInt16.self),
                    received.readableBytes >= Int(length) + 2
                {
                    received.moveReaderIndex(forwardBy: 2)
                    return received.slice()
                }
            }
            throw TestFailure("the connection ended without an answer")
        }
    }
}
