public import KubeClient
import KubeModel
public import Logging
public import ServiceLifecycle
import Synchronization

/// A cluster of one node: this machine. It runs pods, and what makes them, for any Kubernetes API.
///
///     let logs = NodeLogs()
///     var configuration = APIServer.Configuration(store: .memory)
///     configuration.podLogs = logs
///     let server = try await APIServer.open(configuration)
///     let client = KubeClient(InProcessTransport(server))
///     let cluster = LocalCluster(client: client, logs: logs, logger: logger)
///     try await cluster.run()
///
/// Containers outlive a crash of the program and are taken over by the next one with the same directory; a
/// shutdown or the end of ``run()`` by cancellation ends them all.
public final class LocalCluster: Service {
    let client: KubeClient
    let configuration: Configuration
    private let logs: NodeLogs
    let logger: Logger
    private let state = Mutex(State())
    private let stops: AsyncStream<Never>
    private let stopped: AsyncStream<Never>.Continuation

    private struct State {
        var isReady = false
        var waiting: [CheckedContinuation<Void, any Error>] = []
    }

    /// A cluster that does nothing until ``run()``.
    ///
    /// - Parameter logs: what the API server was given for `kubectl logs`, if anything.
    public init(
        client: KubeClient, configuration: Configuration = Configuration(), logs: NodeLogs = NodeLogs(),
        logger: Logger = Logger(label: "slipway.cluster")
    ) {
        self.client = client
        self.configuration = configuration
        self.logs = logs
        self.logger = logger
        (stops, stopped) = AsyncStream.makeStream()
    }

    /// Runs the cluster until ``stop()``, a graceful shutdown or the cancellation of the task, each of which ends
    /// every pod before this returns.
    ///
    /// - Throws: ``SandboxError`` where this machine can run no containers or its run directory cannot be used;
    ///   `APIError` or `KubeClientError` where the node cannot be registered.
    public func run() async throws {
        // The one task without structure: being cancelled must not keep pods from being ended.
        let work = Task { try await self.serve() }
        let result = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await work.result
            } onGracefulShutdown: {
                self.stop()
            }
        } onCancel: {
            self.stop()
        }
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(throwing: CancellationError()) }
        try result.get()
    }

    /// Has every pod ended and ``run()`` return after that.
    public func stop() { stopped.finish() }

    /// Returns when the node is registered and pods are taken.
    ///
    /// - Throws: `CancellationError` where ``run()`` ends before.
    public func waitUntilReady() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let isReady = state.withLock { state in
                if !state.isReady { state.waiting.append(continuation) }
                return state.isReady
            }
            if isReady { continuation.resume() }
        }
    }

    private func serve() async throws {
        let directory = try ClusterDirectory(configuration.directory)
        do {
            try await serve(in: directory)
        } catch {
            directory.release()
            throw error
        }
        directory.release()
    }

    private func serve(in directory: ClusterDirectory) async throws {
        let machine = configuration.sandboxes(in: directory.path)
        let sandboxes = try await PodSandboxes.open(machine)
        let network = NetworkRecord(bridge: machine.bridge, subnet: machine.subnet.description)
        try? Disk.save(network, to: NetworkRecord.path(in: directory.path))
        for refusal in sandboxes.refusals {
            logger.info("runtime not used", metadata: ["reason": "\(refusal)"])
        }
        for feature in sandboxes.features where !feature.isPresent { logger.warning("\(feature.message)") }
        logs.attach(sandboxes)
        defer { logs.attach(nil) }
        do {
            try await serve(sandboxes, in: directory)
        } catch {
            try? await end(sandboxes, in: directory)
            throw error
        }
        try await end(sandboxes, in: directory)
    }

    private func serve(_ sandboxes: PodSandboxes, in directory: ClusterDirectory) async throws {
        let images = try configuration.images ?? Self.images(in: directory.path, configuration.registries)
        let traffic = try await traffic(on: sandboxes, in: directory.path)
        let kubelet = Kubelet(
            client, sandboxes: sandboxes, images: images,
            configuration: configuration.kubelet(in: directory.path, gateway: sandboxes.gateway),
            drain: { pod, limit in
                _ = await traffic?.drained(podUID: pod.metadata.uid, timeout: min(limit, Self.longestDrain))
            },
            completeSandbox: { spec, pod in traffic?.complete(&spec, for: pod) },
            opensHostPorts: traffic != nil,
            hosts: { namespace in
                guard let traffic, traffic.resolver(for: namespace) == nil else { return [] }
                return traffic.hosts(for: namespace)
            }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await kubelet.run { self.becomeReady() } }
            group.addTask {
                try await self.runControllers(traffic)
                kubelet.shutDown()
            }
            try await group.waitForAll()
        }
    }

    private static func images(
        in directory: String, _ settings: RegistryImages.Settings
    ) throws -> any ImageProvider {
        // Images may hold what is nobody else's business.
        try Disk.makeDirectory("\(directory)/registry-images", mode: 0o700)
        let registry = try RegistryImages(directory: "\(directory)/registry-images", settings: settings)
        return HostImages(directory: "\(directory)/images", next: registry)
    }

    /// Runs what makes pods until the cluster stops: before the pods do, so that none is replaced.
    private func runControllers(_ traffic: Traffic?) async throws {
        var settings = WorkloadControllers.Settings()
        settings.instance = configuration.nodeName
        settings.logger = logger
        let controllers = WorkloadControllers(client, settings: settings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if configuration.runsControllers {
                group.addTask {
                    do {
                        try await controllers.run()
                    } catch is CancellationError {
                        // The cluster stops.
                    }
                }
            }
            if let traffic { group.addTask { await self.run(traffic) } }
            group.addTask { for await _ in self.stops {} }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Gives back what the machine gave; a directory that stays keeps its logs.
    private func end(_ sandboxes: PodSandboxes, in directory: ClusterDirectory) async throws {
        if directory.isTemporary {
            try await sandboxes.removeAll()
        } else {
            try await sandboxes.disconnectAll()
        }
    }

    private func becomeReady() {
        let waiting = state.withLock { state in
            state.isReady = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
