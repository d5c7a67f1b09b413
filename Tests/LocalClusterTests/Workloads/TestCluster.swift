import ClusterTestSupport
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Logging
import Manifest
import Testing

/// An embedded API server with the workload controllers and a kubelet that only writes what a real one would.
struct TestCluster: Sendable {
    let client: KubeClient
    let server: APIServer
    let pods: WatchCache

    static let node = "test-node"
    /// How long a state is waited for: on a busy machine everything takes its time, and nothing asserts that it is short.
    static let timeout = Duration.seconds(120)

    /// Runs a cluster while `body` does.
    ///
    /// - Parameters:
    ///   - allocatable: what the node has; nil for no node.
    ///   - behaviour: what becomes of pods.
    static func with<Answer: Sendable>(
        allocatable: Value? = ["cpu": "100", "memory": "100Gi", "pods": "500"],
        jobBackoff: Backoff = Backoff(base: .milliseconds(10), maximum: .milliseconds(50), jitter: 0),
        controllers: Bool = true,
        behaviour: @escaping @Sendable (Value) -> ScriptedKubelet.Behaviour = { _ in .ready },
        _ body: @escaping @Sendable (TestCluster) async throws -> Answer
    ) async throws -> Answer {
        try await withServer { server in
            let client = KubeClient(InProcessTransport(server))
            let pods = WatchCache(client, .pods, namespace: nil, mode: .full, logger: .silent)
            let cluster = TestCluster(client: client, server: server, pods: pods)
            if let allocatable { try await cluster.addNode(allocatable) }
            var settings = WorkloadControllers.Settings()
            settings.jobBackoff = jobBackoff
            settings.logger = .silent
            let workloads = WorkloadControllers(client, settings: settings)
            let kubelet = ScriptedKubelet(client: client, pods: pods, behaviour: behaviour)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await pods.run() }
                group.addTask { await kubelet.run() }
                if controllers { group.addTask { try await workloads.run() } }
                defer { group.cancelAll() }
                let limit = client.timeline
                guard let answer = try await limit.withTimeout(timeout * 2, { try await body(cluster) })
                else {
                    throw TestFailure("the test took longer than \(timeout * 2)")
                }
                return answer
            }
        }
    }

    func addNode(_ allocatable: Value, name: String = node) async throws {
        let nodes = GroupVersionResource(version: "v1", resource: "nodes")
        try await client.create(
            nodes, ["apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name)]], namespace: nil)
        try await client.patch(
            nodes, name, namespace: nil,
            .merge(["status": ["capacity": allocatable, "allocatable": allocatable]]), subresource: "status")
    }

    /// Waits until an object is as wanted, and answers it.
    @discardableResult
    func wait(
        _ resource: GroupVersionResource, _ name: String, _ what: String,
        until condition: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        let cache = WatchCache(
            client, resource, namespace: "default", selection: Selection(fields: "metadata.name=\(name)"),
            mode: .full,
            logger: .silent)
        return try await wait(on: cache, what) { objects in objects.first(where: condition) }
    }

    /// Waits until the objects of a collection are as wanted.
    @discardableResult
    func waitForAll(
        _ resource: GroupVersionResource, labels: String? = nil, _ what: String,
        until condition: @escaping @Sendable ([Value]) -> Bool
    ) async throws -> [Value] {
        let cache = WatchCache(
            client, resource, namespace: "default", selection: Selection(labels: labels), mode: .full,
            logger: .silent)
        return try await wait(on: cache, what) { condition($0) ? $0 : nil }
    }

    private func wait<Answer: Sendable>(
        on cache: WatchCache, _ what: String, _ answer: @escaping @Sendable ([Value]) -> Answer?
    ) async throws -> Answer {
        let found = try await client.timeline.withTimeout(Self.timeout) {
            try await withThrowingTaskGroup(of: Answer?.self) { group in
                group.addTask {
                    await cache.run()
                    return nil
                }
                group.addTask {
                    try await cache.waitUntilReady()
                    if let found = answer(cache.objects.compactMap(\.value)) { return found }
                    for await _ in cache.subscribe() {
                        if let found = answer(cache.objects.compactMap(\.value)) { return found }
                    }
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
        guard let answer = found ?? nil else {
            let states = cache.objects.compactMap(\.value).map { object in
                var object = object
                object.metadata.fields["managedFields"] = nil
                return YAML.string(object)
            }
            throw TestFailure("waited in vain for: \(what)\n\(states.joined(separator: "---\n"))")
        }
        return answer
    }

    func create(_ resource: GroupVersionResource, _ yaml: String) async throws -> Value {
        try await client.create(resource, try #require(try YAML.parse(yaml).first), namespace: "default")
    }

    /// The reasons and messages of the events there are about an object.
    func events(about name: String) async throws -> [String] {
        try await client.list(.events, namespace: "default").items
            .filter { $0["involvedObject"]?["name"]?.stringValue == name }
            .map { "\($0["reason"]?.stringValue ?? ""): \($0["message"]?.stringValue ?? "")" }
    }
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
