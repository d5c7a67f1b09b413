import ClusterTestSupport
import Glibc
import KubeClient
import KubeModel
import Logging
import Manifest
import NIOCore
import NIOPosix
import Testing

@testable import LocalCluster

/// What cannot be had on a machine, and what people are told to do about it.
@Suite(.serialized) struct PodRefusalTests {
    @Test(.enabled(if: PodCluster.canRun))
    func `a port that is in use keeps a pod waiting until it is free`() async throws {
        try await PodCluster.with { cluster in
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "0.0.0.0", port: 0).get()
            let port = try #require(listener.localAddress?.port)
            try await cluster.pod(
                "wants",
                [
                    "restartPolicy": "Never",
                    "containers": [
                        PodCluster.shell(
                            "echo $PORT", named: "main",
                            ["ports": [["containerPort": 8080, "hostPort": .integer(Int64(port))]]])
                    ],
                ])
            try await cluster.waitForEvent(
                "Warning FailedCreatePodSandBox: Failed to create pod sandbox: port \(port) that pod default/wants"
                    + " asks for is in use on this machine: stop what listens there or choose another port",
                of: "wants")
            let pod = try await cluster.client.get(.pods, "wants", namespace: "default")
            #expect(pod["status", "phase"]?.stringValue == "Pending")
            try await listener.close()
            _ = try await cluster.waitForPhase("Succeeded", "wants")
            #expect(try await cluster.log("wants") == "\(port)\n")
        }
    }

    @Test func `a data directory that cannot be made is named with what to do`() async throws {
        var configuration = LocalCluster.Configuration()
        configuration.directory = "/proc/slipway-data"
        configuration.servesTraffic = false
        try await TestCluster.with(controllers: false) { [configuration] cluster in
            let node = LocalCluster(client: cluster.client, configuration: configuration, logger: .silent)
            let error = await #expect(throws: SandboxError.self) { try await node.run() }
            #expect(error?.code == .storage)
            #expect(
                error?.message
                    == "the data directory /proc/slipway-data cannot be made: make its parent writable or choose"
                    + " another")
        }
    }

    @Test func `a machine that can run nothing says what to install`() async throws {
        var configuration = LocalCluster.Configuration()
        configuration.runtimes = ["no-such-runtime"]
        configuration.connectsPods = false
        configuration.servesTraffic = false
        try await TestCluster.with(controllers: false) { [configuration] cluster in
            let node = LocalCluster(client: cluster.client, configuration: configuration, logger: .silent)
            let error = await #expect(throws: SandboxError.self) { try await node.run() }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("install runc or bubblewrap") == true)
        }
    }

    @Test func `an image on a machine without sandboxes is told what to install`() async throws {
        try await PodCluster.with("process") { cluster in
            let node = try await cluster.client.get(.nodes, "slipway", namespace: nil)
            let sandboxes = node.condition("slipway.dev/PodSandboxes")
            #expect(sandboxes?["status"] == "False")
            #expect(sandboxes?["reason"] == "PlainProcesses")
            let told = "containers are plain processes of this machine, without images and volumes:"
            let remedy = "install runc or bubblewrap (or crun) and start the cluster again"
            #expect(sandboxes?["message"]?.stringValue == "\(told) \(remedy)")
            try await cluster.waitForEvent("Warning NoPodSandboxes: \(told)", of: "slipway")
            // One that is here and one that would have to be fetched: neither is.
            try Disk.makeDirectory("\(cluster.directory)/images/shop_web_1/rootfs")
            for (name, image) in [("here", "shop/web:1"), ("away", "registry.test/shop/web:1")] {
                try await cluster.pod(
                    name,
                    [
                        "restartPolicy": "Never",
                        "containers": [["name": "main", "image": .string(image), "command": ["/web"]]],
                    ])
                let pod = try await cluster.wait(name, for: "CreateContainerError") {
                    $0.container("main")?["state", "waiting", "reason"] == "CreateContainerError"
                }
                let message =
                    "image \"\(image)\" cannot be run: the runtime in use here, process, has only the machine's own"
                    + " files (the image host); \(remedy)"
                #expect(pod.container("main")?["state", "waiting", "message"]?.stringValue == message)
                #expect(pod["status", "phase"] == "Pending")
                try await cluster.waitForEvent("Warning Failed: Error: \(message)", of: name)
                #expect(try await cluster.events(of: name).allSatisfy { !$0.contains("Pulling") })
            }
            try await cluster.pod(
                "plain", ["restartPolicy": "Never", "containers": [PodCluster.shell("echo here")]])
            _ = try await cluster.waitForPhase("Succeeded", "plain")
        }
    }

    /// In a process of its own, which gives root away for good.
    @Test(.enabled(if: PodCluster.isRoot, "only root can become others"))
    func `an ordinary user runs pods as processes`() async throws {
        await #expect(processExitsWith: .success) {
            guard setgroups(0, nil) == 0, setgid(65534) == 0, setuid(65534) == 0
            else { exit(2) }
            try await PodCluster.with("process", connected: true) { cluster in
                let node = try await cluster.client.get(.nodes, "slipway", namespace: nil)
                let addresses = node.condition("slipway.dev/PodAddresses")
                guard addresses?["status"] == "False", addresses?["reason"] == "NotRoot" else {
                    throw TestFailure(YAML.string(node["status", "conditions"] ?? .null))
                }
                try await cluster.waitForEvent(
                    "Warning NoPodAddresses: pods share this machine's", of: "slipway")
                try await cluster.pod(
                    "plain",
                    [
                        "restartPolicy": "Never",
                        "containers": [
                            PodCluster.shell(
                                "id -u; echo $PORT_HTTP; exit 3", named: "main",
                                ["ports": [["name": "http", "containerPort": 80]]])
                        ],
                    ])
                let pod = try await cluster.waitForPhase("Failed", "plain")
                let end = pod.container("main")?["state", "terminated"]
                guard end?["exitCode"] == 3, end?["reason"] == "Error",
                    pod.container("main")?["containerID"]?.stringValue?.hasPrefix("process://") == true
                else { throw TestFailure(YAML.string(pod["status"] ?? .null)) }
                let lines = try await cluster.log("plain").split(separator: "\n")
                guard lines.count == 2, lines[0] == "65534", (20000...29999).contains(Int(lines[1]) ?? 0)
                else {
                    throw TestFailure("said \(lines)")
                }
                // One that stays is ended with all it has started.
                try await cluster.pod("stays", ["containers": [PodCluster.shell("sleep 1000 & sleep 1000")]])
                try await cluster.wait("stays", for: "Ready") { $0.isTrue("Ready") }
                var options = DeleteOptions()
                options.gracePeriodSeconds = 0
                try await cluster.client.delete(.pods, "stays", namespace: "default", options: options)
                try await cluster.waitUntilGone("stays")
            }
        }
    }
}
