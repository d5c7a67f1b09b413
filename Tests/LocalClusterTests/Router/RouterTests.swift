import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import LocalCluster

/// The router with real sockets on both sides.
@Suite struct RouterTests {
    let group = MultiThreadedEventLoopGroup.singleton

    func backend(_ service: String, _ endpoints: [RoutingTable.Endpoint]) -> RoutingTable.Backend {
        .init(namespace: "shop", service: service, port: 80, endpoints: endpoints)
    }

    func table(_ backends: [(RoutingTable.Backend, Int)]) -> RoutingTable {
        RoutingTable(routes: [
            .init(
                namespace: "shop", name: "web",
                rules: [.init(backends: backends.map { .init($0.0, weight: $0.1) })])
        ])
    }

    @Test func `bodies, headers and HEAD go through both ways`() async throws {
        let router = try await Router(group: group)
        let pod = try await TestBackend("a", group: group)
        try await router.update(table([(backend("web", [pod.endpoint]), 1)]))
        let listener = try await router.listen(host: "127.0.0.1", port: 0)
        try await TestClient.with(port: try #require(listener.localAddress?.port), group: group) { send in
            let large = String(repeating: "0123456789", count: 200_000)
            var post = TestClient.get("/upload")
            post.method = .POST
            post.headers.add(name: "connection", value: "keep-alive, x-secret-hop")
            post.headers.add(name: "x-secret-hop", value: "1")
            let answer = try await send(post, large)
            #expect(answer.status == 200)
            #expect(answer.body == "a" + large)
            #expect(answer.headers.first(name: "x-backend") == "a")
            var head = TestClient.get("/")
            head.method = .HEAD
            let empty = try await send(head, "")
            #expect(empty.headers.first(name: "content-length") == "1")
            let again = try await send(TestClient.get("/"), "")
            #expect(again.body == "a")
        }
        let metrics = try await router.metrics()
        let key = RouterMetrics.Key(namespace: "shop", service: "web", pod: "a", podTemplateHash: "hash-a")
        #expect(metrics[key]?.responses == [0, 3, 0, 0, 0])
        #expect(
            RouterMetrics.prometheusText(metrics).contains(
                #"slipway_router_requests_total{namespace="shop",service="web",pod="a",pod_template_hash="hash-a",code="2xx"} 3"#
            ))
        try await listener.close()
        try await pod.stop()
    }

    @Test func `answers of its own say what is missing`() async throws {
        let router = try await Router(group: group)
        let listener = try await router.listen(host: "127.0.0.1", port: 0)
        let port = try #require(listener.localAddress?.port)
        try await TestClient.with(port: port, group: group) { send in
            let none = try await send(TestClient.get("/"), "")
            #expect(none.status == 404)
            try await router.update(table([(backend("web", []), 1)]))
            let empty = try await send(TestClient.get("/"), "")
            #expect(empty.status == 503)
            #expect(empty.body == "service shop/web has no ready pod\n")
            let gone = try await TestBackend("gone", group: group)
            try await gone.stop()
            try await router.update(table([(backend("web", [gone.endpoint]), 1)]))
            let refused = try await send(TestClient.get("/"), "")
            #expect(refused.status == 502)
            let alive = try await TestBackend("alive", group: group)
            try await router.update(table([(backend("web", [gone.endpoint, alive.endpoint]), 1)]))
            for _ in 0..<4 {
                let answer = try await send(TestClient.get("/"), "")
                #expect(answer.body == "alive")
            }
            try await alive.stop()
        }
        try await listener.close()
    }

    @Test func `weights change and pods leave without a failed request`() async throws {
        let router = try await Router(group: group)
        var pods = [try await TestBackend("0", delay: .milliseconds(2), group: group)]
        try await router.update(table([(backend("web", [pods[0].endpoint]), 1)]))
        let listener = try await router.listen(host: "127.0.0.1", port: 0)
        let port = try #require(listener.localAddress?.port)
        let stream = AsyncStream<Void>.makeStream()
        let stopped = Flag()
        try await withThrowingTaskGroup(of: Int.self) { clients in
            for _ in 0..<8 {
                clients.addTask {
                    try await TestClient.with(port: port, group: self.group) { send in
                        var count = 0
                        while !stopped.isRaised {
                            let answer = try await send(TestClient.get("/"), "")
                            #expect(answer.status == 200)
                            count += 1
                            if count % 50 == 0 { stream.continuation.yield() }
                        }
                        return count
                    }
                }
            }
            var progress = stream.stream.makeAsyncIterator()
            for step in 1...15 {
                _ = await progress.next()
                let fresh = try await TestBackend("\(step)", delay: .milliseconds(2), group: group)
                let old = pods.removeFirst()
                pods.append(fresh)
                // Both share the traffic for a while, then the old pod leaves the table, is drained, and stops.
                try await router.update(
                    table([
                        (backend("old", [old.endpoint]), 100 - step),
                        (backend("web", [fresh.endpoint]), step),
                    ]))
                _ = await progress.next()
                try await router.update(table([(backend("web", [fresh.endpoint]), 1)]))
                let drained = try await router.drain(old.endpoint, timeout: .seconds(120))
                #expect(drained)
                try await old.stop()
            }
            stopped.raise()
            var total = 0
            for try await count in clients { total += count }
            #expect(total > 400)
        }
        let metrics = try await router.metrics()
        #expect(metrics.values.reduce(0) { $0 + $1.responses[4] } == 0)
        try await listener.close()
    }

    @Test func `a hundred thousand requests land within the weights`() async throws {
        let router = try await Router(group: group)
        let stable = try await PlainBackend(answering: "s", group: group)
        let canary = try await PlainBackend(answering: "c", group: group)
        func endpoint(_ pod: PlainBackend) -> RoutingTable.Endpoint {
            .init(address: "127.0.0.1", port: pod.port)
        }
        try await router.update(
            table([
                (backend("stable", [endpoint(stable)]), 95), (backend("canary", [endpoint(canary)]), 5),
            ]))
        let listener = try await router.listen(host: "127.0.0.1", port: 0)
        let port = try #require(listener.localAddress?.port)
        let clients = 8
        try await withThrowingTaskGroup(of: [String: Int].self) { tasks in
            for _ in 0..<clients {
                tasks.addTask {
                    try await PlainClient.run(
                        port: port, requests: 100_000 / clients, bodyLength: 1, group: self.group)
                }
            }
            for try await answers in tasks { #expect(answers == ["HTTP/1.1 200": 100_000 / clients]) }
        }
        let metrics = try await router.metrics()
        let shares = Dictionary(metrics.map { ($0.key.service, $0.value.count) }, uniquingKeysWith: +)
        #expect(shares.values.reduce(0, +) == 100_000)
        #expect(abs(Double(shares["canary"] ?? 0) / 100_000 - 0.05) < 0.003)
        try await listener.close()
        try await stable.stop()
        try await canary.stop()
    }
}

/// Tells running clients to end after the request they have under way.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isRaised: Bool { value.withLock { $0 } }

    func raise() { value.withLock { $0 = true } }
}
