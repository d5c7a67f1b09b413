import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import Logging
import Manifest
import Testing

@testable import LocalCluster

/// What a node says of its machine.
@Suite struct NodeFeatureTests {
    struct Case: Sendable {
        var facts: PodConnection.Facts
        var obstacle: PodConnection.Obstacle?
        var remedy = ""
    }

    @Test(arguments: [
        Case(facts: .init(isRoot: true, administersNetworks: true, hasIproute2: true)),
        Case(
            facts: .init(isRoot: false, administersNetworks: false, hasIproute2: true), obstacle: .notRoot,
            remedy: "run the cluster as root"),
        Case(
            facts: .init(isRoot: false, administersNetworks: true, hasIproute2: false), obstacle: .notRoot,
            remedy: "run the cluster as root"),
        Case(
            facts: .init(isRoot: true, administersNetworks: true, hasIproute2: false), obstacle: .noIproute2,
            remedy: "install iproute2"),
        Case(
            facts: .init(isRoot: true, administersNetworks: false, hasIproute2: true),
            obstacle: .notPermitted,
            remedy: "CAP_NET_ADMIN"),
    ])
    func `what keeps pods from addresses of their own is named with what to do`(_ example: Case) {
        let obstacle = PodConnection(example.facts).obstacle
        #expect(obstacle == example.obstacle)
        let feature = NodeFeature.addresses(obstacle)
        #expect(feature.isPresent == (example.obstacle == nil))
        #expect(feature.reason == example.obstacle?.rawValue ?? "Connected")
        #expect(feature.message.contains(example.remedy) || example.remedy.isEmpty)
    }

    @Test func `a runtime that is worse than others says why these are not used`() {
        let feature = NodeFeature.sandboxes(
            runtime: "process", isolatesFiles: false,
            refusals: [
                .init(runtime: "runc", reason: "not installed, or in need of root"),
                .init(runtime: "bubblewrap", reason: "no user namespaces"),
            ])
        #expect(
            feature.message
                == "containers are plain processes of this machine, without images and volumes: install runc or"
                + " bubblewrap (or crun) and start the cluster again (runc: not installed, or in need of root; bubblewrap: no"
                + " user namespaces)")
        #expect(NodeFeature.sandboxes(runtime: "crun", isolatesFiles: true, refusals: []).isPresent)
    }

    @Test func `conditions follow what the machine has at each start`() async throws {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            func start(_ features: [NodeFeature]) async throws -> Value {
                let reporter = NodeReporter(
                    client: client, name: "one", address: "127.0.0.1", runtime: "runc", directory: "/tmp",
                    podLimit: 10, labels: [:], features: features, queue: BlockingQueue(label: "test"),
                    logger: .silent)
                try await reporter.register()
                return try await client.get(.nodes, "one", namespace: nil)
            }
            let first = try await start([.addresses(nil), .egress("there is no way out; make one")])
            #expect(first.isTrue("slipway.dev/PodAddresses"))
            #expect(first.condition("slipway.dev/PodEgress")?["status"] == "False")
            #expect(
                first.condition("slipway.dev/PodEgress")?["message"] == "there is no way out; make one")
            let second = try await start([.addresses(.noIproute2)])
            #expect(second.condition("slipway.dev/PodAddresses")?["reason"] == "NoIproute2")
            #expect(second.condition("slipway.dev/PodEgress") == nil)
            #expect(second.isTrue("Ready"))
        }
    }
}
