import ClusterTestSupport
import KubeClient
import KubeModel
import LocalCluster
import Manifest
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// A cluster with traffic, in which tests make pods that stand for real servers of this process.
struct TrafficCluster: Sendable {
    let cluster: TestCluster
    let traffic: Traffic
    var client: KubeClient { cluster.client }
    let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

    static func with<Answer: Sendable>(
        settings: Traffic.Settings = Traffic.Settings(), controllers: Bool = false,
        _ body: @escaping @Sendable (TrafficCluster) async throws -> Answer
    ) async throws -> Answer {
        try await TestCluster.with(controllers: controllers, behaviour: { _ in .pending }) { cluster in
            var settings = settings
            settings.logger = .silent
            let traffic = try await Traffic(
                cluster.client, settings: settings, group: MultiThreadedEventLoopGroup.singleton)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await traffic.run() }
                try await cluster.waitForClass()
                let answer = try await body(TrafficCluster(cluster: cluster, traffic: traffic))
                group.cancelAll()
                try? await group.waitForAll()
                return answer
            }
        }
    }

    /// Makes a pod that is reached where a server listens.
    func addPod(
        _ name: String, app: String, hash: String = "", port: Int, address: String = "127.0.0.1",
        isReady: Bool = true
    ) async throws {
        try await client.create(
            .pods,
            [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": [
                    "name": .string(name),
                    "labels": ["app": .string(app), "pod-template-hash": .string(hash)],
                    "annotations": ["slipway.dev/assigned-ports": .string("{\"8080\": \(port)}")],
                ],
                "spec": [
                    "nodeName": .string(TestCluster.node),
                    "containers": [
                        [
                            "name": "main", "image": "x", "ports": [["name": "http", "containerPort": 8080]],
                        ]
                    ],
                ],
            ], namespace: "default")
        try await setReady(name, isReady, address: address)
    }

    func setReady(_ name: String, _ isReady: Bool, address: String = "127.0.0.1") async throws {
        let status: Value = [
            "phase": "Running", "podIP": .string(address), "podIPs": [["ip": .string(address)]],
            "conditions": [["type": "Ready", "status": isReady ? "True" : "False"]],
        ]
        try await client.patch(
            .pods, name, namespace: "default", .merge(["status": status]), subresource: "status")
    }

    /// Marks a pod as being deleted, as `kubectl delete` does; its kubelet has not acted yet.
    func beginDeletion(_ name: String) async throws -> String {
        var options = DeleteOptions()
        options.gracePeriodSeconds = 30
        let pod = try await client.delete(.pods, name, namespace: "default", options: options)
        return pod.metadata.uid
    }

    func addService(_ name: String, app: String, type: String = "ClusterIP") async throws -> Value {
        try await client.create(
            .services,
            [
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
                "spec": [
                    "type": .string(type), "selector": ["app": .string(app)],
                    "ports": [["name": "http", "port": 80, "targetPort": "http"]],
                ],
            ], namespace: "default")
    }

    /// Makes a gateway on a free port and answers the port.
    func addGateway(_ name: String = "edge") async throws -> Int {
        let port = try TestPort.free()
        try await client.create(
            GatewayAPI.gateways.resource,
            [
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                "metadata": ["name": .string(name)],
                "spec": [
                    "gatewayClassName": "slipway",
                    "listeners": [["name": "http", "port": .integer(Int64(port)), "protocol": "HTTP"]],
                ],
            ], namespace: "default")
        return port
    }

    static func route(_ backends: [(String, Int)], gateway: String = "edge") -> Value {
        [
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": ["name": "web"],
            "spec": [
                "parentRefs": [["name": .string(gateway)]],
                "rules": [
                    [
                        "backendRefs": .array(
                            backends.map { name, weight in
                                ["name": .string(name), "port": 80, "weight": .integer(Int64(weight))]
                            })
                    ]
                ],
            ],
        ]
    }

    func apply(_ route: Value) async throws {
        try await client.apply(
            GatewayAPI.httpRoutes.resource, route, namespace: "default", fieldManager: "test", force: true)
    }

    /// Waits until a gateway listens.
    func waitForGateway(_ name: String = "edge") async throws -> Value {
        try await cluster.wait(GatewayAPI.gateways.resource, name, "a programmed gateway") {
            $0.conditions.isTrue("Programmed")
        }
    }

    /// Waits until a route is accepted in its newest form.
    func waitForRoute(
        _ what: String = "an accepted route",
        until condition: @escaping @Sendable (Conditions) -> Bool = { _ in true }
    ) async throws -> Value {
        try await cluster.wait(GatewayAPI.httpRoutes.resource, "web", what) { route in
            let conditions = Conditions(route["status"]?["parents"]?[0]?["conditions"]?.arrayValue ?? [])
            return conditions["Accepted"]?.observedGeneration == route.metadata.generation
                && condition(conditions)
        }
    }

    /// Waits until a pod, or the one of that name, answers: a port is open before its service knows a pod.
    func waitForAnswer(_ name: String? = nil, host: String = "127.0.0.1", port: Int) async throws {
        let limit: Void? = try await client.timeline.withTimeout(TestCluster.timeout) {
            while true {
                do {
                    let isThere = try await TestClient.with(host: host, port: port, group: group) { send in
                        let answer = try await send(TestClient.get("/"), "")
                        return answer.status == 200 && (name == nil || answer.body == name)
                    }
                    if isThere { return }
                } catch is CancellationError {
                    throw CancellationError()
                } catch {}
                // Nothing tells when a pod is known; it is asked until it answers.
                try await client.timeline.sleep(for: .milliseconds(5))
            }
        }
        if limit == nil { throw TestFailure("nobody answers on \(host):\(port)") }
    }

    /// Waits until connections are taken somewhere.
    func waitForTraffic(host: String, port: Int) async throws {
        let limit: Void? = try await client.timeline.withTimeout(TestCluster.timeout) {
            while true {
                do {
                    let channel = try await ClientBootstrap(group: group).connect(host: host, port: port)
                        .get()
                    try await channel.close()
                    return
                } catch {
                    // Nothing tells when a port is opened; it is tried until it is.
                    try await client.timeline.sleep(for: .milliseconds(5))
                }
            }
        }
        if limit == nil { throw TestFailure("nobody listens on \(host):\(port)") }
    }
}

extension TestCluster {
    /// Waits until the Gateway API's kinds are served.
    func waitForClass() async throws {
        let limit: Void? = try await client.timeline.withTimeout(Self.timeout) {
            while (try? await client.get(GatewayAPI.gatewayClasses.resource, "slipway", namespace: nil))
                == nil
            {
                // Before the kind is known it cannot be watched.
                try await client.timeline.sleep(for: .milliseconds(5))
            }
        }
        if limit == nil { throw TestFailure("the GatewayClass does not come") }
    }
}
