import Glibc
import KubeClient
import KubeModel
import LocalCluster
import Manifest
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Services from the API's objects to connections.
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
    let group = MultiThreadedEventLoopGroup.singleton

    @Test func `slices and endpoints follow the pods`() async throws {
        try await TrafficCluster.with { traffic in
            _ = try await traffic.addService("web", app: "web")
            try await traffic.cluster.waitForAll(.endpointSlicesForTests, "an empty slice") {
                $0.count == 1 && $0[0]["endpoints"]?.arrayValue?.isEmpty != false
            }
            try await traffic.addPod("a", app: "web", port: 8080, address: "10.1.0.1")
            try await traffic.addPod("b", app: "web", port: 8080, address: "10.1.0.2", isReady: false)
            let slices = try await traffic.cluster.waitForAll(
                .endpointSlicesForTests, labels: "kubernetes.io/service-name=web", "two endpoints"
            ) { $0.count == 1 && $0[0]["endpoints"]?.arrayValue?.count == 2 }
            let slice = try #require(slices.first)
            #expect(slice["addressType"]?.stringValue == "IPv4")
            #expect(slice["ports"]?[0]?["port"]?.integerValue == 8080)
            #expect(slice["ports"]?[0]?["name"]?.stringValue == "http")
            let first = slice["endpoints"]?[0]
            #expect(first?["addresses"]?[0]?.stringValue == "10.1.0.1")
            #expect(first?["conditions"] == ["ready": true, "serving": true, "terminating": false])
            #expect(first?["targetRef"]?["name"]?.stringValue == "a")
            #expect(first?["nodeName"]?.stringValue == TestCluster.node)
            #expect(
                slice["endpoints"]?[1]?["conditions"]
                    == ["ready": false, "serving": false, "terminating": false])
            let endpoints = try await traffic.cluster.wait(
                .endpointsForTests, "web", "an address of each kind"
            ) {
                $0["subsets"]?[0]?["addresses"] != nil && $0["subsets"]?[0]?["notReadyAddresses"] != nil
            }
            #expect(endpoints["subsets"]?[0]?["addresses"]?[0]?["ip"]?.stringValue == "10.1.0.1")
            try await traffic.client.delete(.services, "web", namespace: "default")
            try await traffic.cluster.waitForAll(.endpointSlicesForTests, "no slices") { $0.isEmpty }
            try await traffic.cluster.waitForAll(.endpointsForTests, "no endpoints") { $0.isEmpty }
        }
    }

    /// Whether cluster IPs can be given to the loopback interface here.
    static let canAssign = geteuid() == 0 && Program.path("ip") != nil

    @Test(.enabled(if: canAssign, "needs root and iproute2"))
    func `cluster IPs and node ports lead to ready pods, also while these change`() async throws {
        var settings = Traffic.Settings()
        settings.interface = "lo"
        settings.identity = "service-tests-\(getpid())"
        let address = try await TrafficCluster.with(settings: settings) { traffic in
            let pod = try await TestBackend("a", group: self.group)
            try await traffic.addPod("a", app: "web", port: pod.port)
            let service = try await traffic.addService("web", app: "web", type: "NodePort")
            let address = try #require(service["spec"]?["clusterIP"]?.stringValue)
            let nodePort = try #require(service["spec"]?["ports"]?[0]?["nodePort"]?.integerValue)
            for (host, port) in [(address, 80), ("127.0.0.1", Int(nodePort))] {
                try await traffic.waitForAnswer(host: host, port: port)
                try await TestClient.with(host: host, port: port, group: self.group) { send in
                    let answer = try await send(TestClient.get("/"), "")
                    #expect(answer.body == "a")
                }
            }
            // A new pod takes over; a request that is under way when the old one leaves is answered.
            let slow = try await TestBackend("b", delay: .milliseconds(200), group: self.group)
            try await traffic.addPod("b", app: "web", port: slow.port)
            let uid = try await traffic.beginDeletion("a")
            #expect(await traffic.traffic.drained(podUID: uid, timeout: TestCluster.timeout))
            try await pod.stop()
            try await TestClient.with(host: address, port: 80, group: self.group) { send in
                let first = try await send(TestClient.get("/"), "")
                #expect(first.body == "b")
                async let last = traffic.beginDeletion("b")
                let answer = try await send(TestClient.get("/"), "")
                #expect(answer.body == "b")
                #expect(await traffic.traffic.drained(podUID: try await last, timeout: TestCluster.timeout))
            }
            try await slow.stop()
            return address
        }
        let output = try await Self.addresses()
        #expect(!output.contains("\(address)/"), "addresses were left behind: \(output)")
    }

    @Test func `a pod's host port leads to it until it goes, and one that is taken is told`() async throws {
        try await TrafficCluster.with { traffic in
            let server = try await TestBackend("a", group: self.group)
            let probe = try await ServerBootstrap(group: self.group).bind(host: "127.0.0.1", port: 0).get()
            let port = try #require(probe.localAddress?.port)
            func pod(_ name: String, ports: Value) async throws {
                try await traffic.client.create(
                    .pods,
                    [
                        "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
                        "spec": [
                            "nodeName": .string(TestCluster.node),
                            "containers": [["name": "main", "image": "x", "ports": ports]],
                        ],
                    ], namespace: "default")
                // Not ready: host ports do not ask.
                try await traffic.setReady(name, false)
            }
            let wanted: Value = [
                "containerPort": .integer(Int64(server.port)), "hostPort": .integer(Int64(port)),
            ]
            try await pod("a", ports: [wanted])
            try await traffic.cluster.waitForAll(.events, "a port that is taken") { events in
                events.contains {
                    $0["reason"]?.stringValue == "HostPortFailed"
                        && $0["involvedObject"]?["name"]?.stringValue == "a"
                        && $0["message"]?.stringValue?.contains("127.0.0.1:\(port)") == true
                }
            }
            try await probe.close()
            try await traffic.waitForAnswer("a", port: port)
            // Another pod that wants the same is told whose it is; the first keeps it.
            try await pod("b", ports: [wanted])
            try await traffic.cluster.waitForAll(.events, "a second pod of the port") { events in
                events.contains { $0["message"]?.stringValue?.contains("leads to pod default/a") == true }
            }
            let uid = try await traffic.beginDeletion("b")
            #expect(await traffic.traffic.drained(podUID: uid, timeout: TestCluster.timeout))
            try await traffic.waitForAnswer("a", port: port)
            let first = try await traffic.beginDeletion("a")
            #expect(await traffic.traffic.drained(podUID: first, timeout: TestCluster.timeout))
            await #expect(throws: (any Error).self) {
                try await TestClient.with(port: port, group: self.group) { send in
                    _ = try await send(TestClient.get("/"), "")
                }
            }
            try await server.stop()
        }
    }

    static func addresses() async throws -> String {
        try await HostPrograms.output("ip", ["-o", "-4", "address", "show", "dev", "lo"])
    }

    @Test func `what is not supported is told by an event`() async throws {
        try await TrafficCluster.with { traffic in
            try await traffic.client.create(
                .services,
                [
                    "apiVersion": "v1", "kind": "Service", "metadata": ["name": "dns"],
                    "spec": [
                        "selector": ["app": "dns"], "sessionAffinity": "ClientIP",
                        "ports": [["port": 53, "protocol": "UDP"]],
                    ],
                ], namespace: "default")
            try await traffic.cluster.waitForAll(.events, "both events") { events in
                let reasons = Set(events.compactMap { $0["reason"]?.stringValue })
                return reasons.isSuperset(of: ["ProtocolNotSupported", "SessionAffinityNotSupported"])
            }
        }
    }
}

extension GroupVersionResource {
    static let endpointSlicesForTests = GroupVersionResource(
        group: "discovery.k8s.io", version: "v1", resource: "endpointslices")
    static let endpointsForTests = GroupVersionResource(version: "v1", resource: "endpoints")
}
