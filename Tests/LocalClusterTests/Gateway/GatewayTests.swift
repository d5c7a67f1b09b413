import KubeClient
import KubeModel
import LocalCluster
import Manifest
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

/// Gateways and routes from the API's objects to answers over real sockets.
@Suite(.timeLimit(.minutes(5))) struct GatewayTests {
    let group = MultiThreadedEventLoopGroup.singleton

    @Test func `a route's requests reach the ready pods behind its services, and statuses say so`()
        async throws
    {
        try await TrafficCluster.with { traffic in
            let pod = try await TestBackend("a", group: self.group)
            let other = try await TestBackend("b", group: self.group)
            try await traffic.addPod("a", app: "web", hash: "h1", port: pod.port)
            try await traffic.addPod("b", app: "web", hash: "h1", port: other.port, isReady: false)
            _ = try await traffic.addService("web", app: "web")
            let port = try await traffic.addGateway()
            try await traffic.apply(TrafficCluster.route([("web", 1)]))
            let gateway = try await traffic.waitForGateway()
            let route = try await traffic.waitForRoute { $0.isTrue("ResolvedRefs") }
            #expect(gateway["status"]?["addresses"]?[0]?["value"]?.stringValue == "127.0.0.1")
            let parent = route["status"]?["parents"]?[0]
            #expect(parent?["controllerName"]?.stringValue == "slipway.dev/gateway-controller")
            #expect(parent?["parentRef"]?["name"]?.stringValue == "edge")
            try await traffic.cluster.wait(GatewayAPI.gateways.resource, "edge", "an attached route") {
                $0["status"]?["listeners"]?[0]?["attachedRoutes"]?.integerValue == 1
            }
            try await traffic.waitForAnswer(port: port)
            try await TestClient.with(port: port, group: self.group) { send in
                for _ in 0..<3 {
                    let answer = try await send(TestClient.get("/"), "")
                    #expect(answer.body == "a")
                }
            }
            let metricsPort = try #require(traffic.traffic.metricsPort)
            try await TestClient.with(port: metricsPort, group: self.group) { send in
                let metrics = try await send(TestClient.get("/metrics"), "")
                #expect(metrics.status == 200)
                let line = #"{namespace="default",service="web",pod="a",pod_template_hash="h1",code="2xx"} 4"#
                #expect(metrics.body.contains("slipway_router_requests_total\(line)"))
                let nothing = try await send(TestClient.get("/"), "")
                #expect(nothing.status == 404)
            }
            try await pod.stop()
            try await other.stop()
        }
    }

    @Test func `filters change headers and send clients elsewhere`() async throws {
        try await TrafficCluster.with { traffic in
            let pod = try await TestBackend("a", group: self.group)
            try await traffic.addPod("a", app: "web", port: pod.port)
            _ = try await traffic.addService("web", app: "web")
            let port = try await traffic.addGateway()
            let backends: Value = [["name": "web", "port": 80]]
            var route = TrafficCluster.route([("web", 1)])
            route["spec", default: .emptyObject]["rules"] = [
                [
                    "matches": [["headers": [["name": "X-Beta", "value": "yes"]]]],
                    "filters": [
                        [
                            "type": "RequestHeaderModifier",
                            "requestHeaderModifier": [
                                "set": [["name": "x-tenant", "value": "beta"]],
                                "add": [["name": "x-beta", "value": "also"]], "remove": ["x-secret"],
                            ],
                        ],
                        [
                            "type": "ResponseHeaderModifier",
                            "responseHeaderModifier": [
                                "add": [["name": "x-route", "value": "beta"]], "remove": ["x-backend"],
                            ],
                        ],
                    ],
                    "backendRefs": backends,
                ],
                [
                    "matches": [["path": ["type": "PathPrefix", "value": "/old"]]],
                    "filters": [
                        [
                            "type": "RequestRedirect",
                            "requestRedirect": [
                                "scheme": "https", "hostname": "new.example.com", "statusCode": 301,
                            ],
                        ]
                    ],
                ],
                ["backendRefs": backends],
            ]
            try await traffic.apply(route)
            _ = try await traffic.waitForGateway()
            _ = try await traffic.waitForRoute { $0.isTrue("ResolvedRefs") }
            try await traffic.waitForAnswer(port: port)
            try await TestClient.with(port: port, group: self.group) { send in
                var head = TestClient.get("/")
                for (name, value) in [("X-Beta", "yes"), ("x-tenant", "mine"), ("x-secret", "1")] {
                    head.headers.add(name: name, value: value)
                }
                let beta = try await send(head, "")
                #expect(beta.status == 200)
                #expect(beta.headers["x-received"] == ["x-beta=yes; x-tenant=beta; x-beta=also"])
                #expect(beta.headers["x-route"] == ["beta"])
                #expect(beta.headers["x-backend"].isEmpty)
                let moved = try await send(TestClient.get("/old/path?q=1"), "")
                #expect(moved.status == 301)
                #expect(moved.headers["location"] == ["https://new.example.com/old/path?q=1"])
                let plain = try await send(TestClient.get("/older"), "")
                #expect(plain.status == 200)
                #expect(plain.headers["x-backend"] == ["a"])
                #expect(plain.headers["x-received"].isEmpty)
            }
            try await pod.stop()
        }
    }

    @Test func `pods are replaced and weights change without a failed request`() async throws {
        try await TrafficCluster.with { traffic in
            _ = try await traffic.addService("stable", app: "stable")
            _ = try await traffic.addService("canary", app: "canary")
            let first = try await TestBackend("s0", delay: .milliseconds(3), group: self.group)
            let second = try await TestBackend("c0", delay: .milliseconds(3), group: self.group)
            try await traffic.addPod("s0", app: "stable", port: first.port)
            try await traffic.addPod("c0", app: "canary", port: second.port)
            let port = try await traffic.addGateway()
            try await traffic.apply(TrafficCluster.route([("stable", 95), ("canary", 5)]))
            _ = try await traffic.waitForGateway()
            _ = try await traffic.waitForRoute { $0.isTrue("ResolvedRefs") }
            try await traffic.waitForAnswer("s0", port: port)
            try await traffic.waitForAnswer("c0", port: port)
            let load = Load(port: port, group: self.group)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await load.run(clients: 6) }
                var running = [("s0", "stable", first), ("c0", "canary", second)]
                for step in 1...8 {
                    let (name, app, old) = running.removeFirst()
                    let next = "\(app.prefix(1))\(step)"
                    let fresh = try await TestBackend(next, delay: .milliseconds(3), group: self.group)
                    try await traffic.addPod(next, app: app, port: fresh.port)
                    running.append((next, app, fresh))
                    try await traffic.apply(
                        TrafficCluster.route([("stable", 95 - step), ("canary", 5 + step)]))
                    try await load.progress()
                    let uid = try await traffic.beginDeletion(name)
                    let drained = await traffic.traffic.drained(podUID: uid, timeout: TestCluster.timeout)
                    #expect(drained)
                    try await old.stop()
                    try await load.progress()
                }
                load.stop()
                try await tasks.waitForAll()
                for (_, _, backend) in running { try await backend.stop() }
            }
            #expect(load.failures == [])
            #expect(load.count > 200)
        }
    }

    @Test func `what cannot be served is said in the conditions of the spec`() async throws {
        try await TrafficCluster.with { traffic in
            let port = try await traffic.addGateway()
            try await traffic.apply(TrafficCluster.route([("missing", 1)]))
            _ = try await traffic.waitForGateway()
            let route = try await traffic.waitForRoute { $0["ResolvedRefs"]?.reason == "BackendNotFound" }
            let accepted = Conditions(route["status"]?["parents"]?[0]?["conditions"]?.arrayValue ?? [])
            #expect(accepted.isTrue("Accepted"))
            try await TestClient.with(port: port, group: self.group) { send in
                let answer = try await send(TestClient.get("/"), "")
                #expect(answer.status == 500)
            }
            _ = try await traffic.addService("missing", app: "nobody")
            _ = try await traffic.waitForRoute("a resolved route") { $0.isTrue("ResolvedRefs") }
            try await TestClient.with(port: port, group: self.group) { send in
                let answer = try await send(TestClient.get("/"), "")
                #expect(answer.status == 503)
            }
            let taken = try await TestBackend("taken", group: self.group)
            try await traffic.client.create(
                GatewayAPI.gateways.resource,
                [
                    "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                    "metadata": ["name": "second"],
                    "spec": [
                        "gatewayClassName": "slipway",
                        "listeners": [
                            ["name": "taken", "port": .integer(Int64(taken.port)), "protocol": "HTTP"],
                            ["name": "tls", "port": 1, "protocol": "HTTPS"],
                        ],
                    ],
                ], namespace: "default")
            let second = try await traffic.cluster.wait(
                GatewayAPI.gateways.resource, "second", "a gateway that cannot listen"
            ) { $0.conditions["Programmed"]?.status == .isFalse }
            let listeners = second["status"]?["listeners"]?.arrayValue ?? []
            let conditions = listeners.map { Conditions($0["conditions"]?.arrayValue ?? []) }
            #expect(conditions.map { $0["Programmed"]?.status } == [.isFalse, .isFalse])
            #expect(conditions.last?["Accepted"]?.reason == "UnsupportedProtocol")
            #expect(second.conditions["Programmed"]?.message.contains("\(taken.port)") == true)
            try await taken.stop()
        }
    }
}

/// Clients that ask one thing after the other and count what fails.
final class Load: Sendable {
    private struct State {
        var isStopped = false
        var count = 0
        var failures: [String] = []
    }

    private let port: Int
    private let group: any EventLoopGroup
    private let state = Mutex(State())
    private let steps = AsyncStream<Void>.makeStream()

    init(port: Int, group: any EventLoopGroup) {
        self.port = port
        self.group = group
    }

    var failures: [String] { state.withLock { $0.failures } }
    var count: Int { state.withLock { $0.count } }

    func stop() { state.withLock { $0.isStopped = true } }

    /// Waits until some more requests were answered.
    func progress() async throws {
        let seen = count
        for await _ in steps.stream where count > seen + 20 { return }
    }

    func run(clients: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<clients {
                tasks.addTask {
                    while !self.state.withLock({ $0.isStopped }) { await self.ask() }
                }
            }
            try await tasks.waitForAll()
        }
    }

    private func ask() async {
        do {
            try await TestClient.with(port: port, group: group) { send in
                for _ in 0..<50 {
                    guard !state.withLock({ $0.isStopped }) else { return }
                    let answer = try await send(TestClient.get("/"), "")
                    state.withLock { state in
                        state.count += 1
                        if answer.status != 200 { state.failures.append("\(answer.status): \(answer.body)") }
                    }
                    steps.continuation.yield()
                }
            }
        } catch {
            state.withLock { $0.failures.append("\(error)") }
        }
    }
}
