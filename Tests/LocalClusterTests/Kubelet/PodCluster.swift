import ClusterTestSupport
import Glibc
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Synchronization
import TestSupport
import Testing

@testable import LocalCluster

/// A cluster of its own in this process: an API server in memory and real pods in a directory that is removed.
struct PodCluster: Sendable {
    static let isRoot = geteuid() == 0
    /// The best runtime of this machine, and all that isolate.
    static let runtimes = ["runc", "bubblewrap"].filter { name in
        name == "runc" ? isRoot && Program.path("runc") != nil : Program.path("bwrap") != nil
    }
    static let canRun = !runtimes.isEmpty

    private static let numbers = Atomic<Int>(0)

    let client: KubeClient
    let server: APIServer
    let logs: NodeLogs
    let directory: String
    let configuration: LocalCluster.Configuration

    /// Runs `body` beside a cluster, then ends the cluster and expects that nothing is left of it.
    static func with(
        _ runtime: String = runtimes.first ?? "process", connected: Bool = false,
        _ change: (inout LocalCluster.Configuration) -> Void = { _ in },
        _ body: @Sendable @escaping (PodCluster) async throws -> Void
    ) async throws {
        let number = numbers.add(1, ordering: .relaxed).newValue
        let network = try TestNetwork("swk")
        defer { withExtendedLifetime(network) {} }
        let directory = "/tmp/slipway-kubelet-\(getpid())-\(number)"
        var configuration = LocalCluster.Configuration()
        configuration.directory = directory
        configuration.runtimes = [runtime]
        configuration.connectsPods = connected
        configuration.bridge = network.bridge
        configuration.podSubnet = IPv4Subnet(network.subnet)
        configuration.restartDelay = .milliseconds(200)
        configuration.shutdownGracePeriod = .milliseconds(200)
        configuration.servesTraffic = false
        change(&configuration)
        let final = configuration
        defer { try? Disk.remove(directory) }
        let logs = NodeLogs()
        var server = APIServer.Configuration.testing
        server.podLogs = logs
        try await withServer(server) { server in
            let client = KubeClient(InProcessTransport(server))
            let cluster = LocalCluster(client: client, configuration: final, logs: logs, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cluster.run() }
                do {
                    try await cluster.waitUntilReady()
                    try await body(
                        PodCluster(
                            client: client, server: server, logs: logs, directory: directory,
                            configuration: final))
                } catch {
                    cluster.stop()
                    try await group.waitForAll()
                    throw error
                }
                cluster.stop()
                try await group.waitForAll()
            }
        }
        // A process that was killed is there until the kernel has taken it down.
        let deadline = ContinuousClock.now + TestCluster.timeout
        var left = Self.remains(of: directory, bridge: final.bridge)
        while !left.isEmpty, ContinuousClock.now < deadline {
            try await ContinuousClock().sleep(for: .milliseconds(10))
            left = Self.remains(of: directory, bridge: final.bridge)
        }
        #expect(left == [])
    }

    /// Creates a pod on the node.
    ///
    /// - Parameter spec: its spec, without the node's name.
    @discardableResult
    func pod(_ name: String, _ spec: Value, metadata: Value = .emptyObject) async throws -> Value {
        var spec = spec
        spec["nodeName"] = .string(configuration.nodeName)
        var metadata = metadata
        metadata["name"] = .string(name)
        return try await client.create(
            .pods, ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec],
            namespace: "default")
    }

    /// A container of the image `host` that runs a shell script.
    static func shell(_ script: String, named name: String = "main", _ more: Value = .emptyObject) -> Value {
        var container: Value = [
            "name": .string(name), "image": "host", "command": ["/bin/sh", "-c", .string(script)],
        ]
        for pair in more.objectValue ?? Object() { container[pair.key] = pair.value }
        return container
    }

    /// The pod as soon as a condition holds for it.
    @discardableResult
    func wait(
        _ name: String, for what: String = "its condition", within limit: Duration = TestCluster.timeout,
        _ condition: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        let client = client
        let found = try await client.timeline.withTimeout(limit) {
            let selection = Selection(fields: "metadata.name=\(name)")
            for try await event in try await client.watch(
                .pods, namespace: "default", selection: selection, from: .withInitialEvents)
            {
                switch event {
                case .added(let pod), .modified(let pod): if condition(pod) { return pod }
                default: break
                }
            }
            throw CancellationError()
        }
        if let found { return found }
        let pod = try? await client.get(.pods, name, namespace: "default")
        let text = pod.map { String(decoding: JSON.write($0["status"] ?? .null), as: UTF8.self) } ?? "gone"
        throw SandboxError(.timeout, "pod \(name) did not reach \(what): \(text)")
    }

    func waitForPhase(_ phase: String, _ name: String) async throws -> Value {
        try await wait(name, for: phase) { $0["status", "phase"]?.stringValue == phase }
    }

    /// Returns when there is no such pod any more.
    func waitUntilGone(_ name: String, within limit: Duration = TestCluster.timeout) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            do {
                _ = try await client.get(.pods, name, namespace: "default")
            } catch let error as APIError where error.isNotFound {
                return
            }
            guard ContinuousClock.now < deadline else {
                throw SandboxError(.timeout, "pod \(name) is still there")
            }
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    func log(_ pod: String, _ options: KubeClientLogOptions = .init()) async throws -> String {
        var text: [UInt8] = []
        for try await piece in try await client.log(pod: pod, namespace: "default", options: options) {
            text += piece
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The reasons and messages of a pod's events.
    func events(of pod: String) async throws -> [String] {
        let list = try await client.list(.events, namespace: "default")
        return list.items.filter { $0["involvedObject", "name"]?.stringValue == pod }.map {
            "\($0["type"]?.stringValue ?? "") \($0["reason"]?.stringValue ?? ""): "
                + ($0["message"]?.stringValue ?? "")
        }
    }

    /// Returns when an event of the pod says something.
    func waitForEvent(_ text: String, of pod: String, within limit: Duration = TestCluster.timeout)
        async throws
    {
        let deadline = ContinuousClock.now + limit
        while !(try await events(of: pod).contains { $0.contains(text) }) {
            guard ContinuousClock.now < deadline else {
                let all = try await events(of: pod)
                throw SandboxError(.timeout, "no event of \(pod) says \(text): \(all)")
            }
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    /// What is left of pods anywhere on the machine.
    static func remains(of directory: String, bridge: String) -> [String] {
        let processes = ProcessStatus.allProcessIDs().filter { processID in
            let words =
                ProcessStatus.arguments(of: processID) + ProcessStatus.environment(of: processID)
            return words.contains { $0.contains("\(directory)/run/") }
        }
        let interfaces = BridgeNetwork.isThere(bridge) ? ["interface \(bridge)"] : []
        return processes.map { "process \($0): \(ProcessStatus.arguments(of: $0))" }
            + Mounts.below(directory) + interfaces + Disk.entries("\(directory)/run/mounts")
    }
}

typealias KubeClientLogOptions = LogOptions

extension Value {
    /// The status of a container of a pod.
    func container(_ name: String) -> Value? {
        let lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"]
        return lists.lazy.flatMap { self["status", $0]?.arrayValue ?? [] }
            .first { $0["name"]?.stringValue == name }
    }

    /// A condition of the object's status; nil where nothing is said of it.
    func condition(_ type: String) -> Value? {
        (self["status", "conditions"]?.arrayValue ?? []).first { $0["type"]?.stringValue == type }
    }

    /// Whether a condition of the object is true.
    func isTrue(_ type: String) -> Bool { condition(type)?["status"] == "True" }
}
