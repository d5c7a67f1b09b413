import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

/// Runs the pods that are bound to this node, as kubelet does.
final class Kubelet: Sendable {
    struct Configuration: Sendable {
        var nodeName: String
        /// The node's address, as pods and people reach it.
        var address: String
        var directory: String
        var podLimit = 250
        var labels: [String: String] = [:]
        var settings = PodMachine.Settings()
        /// How often volumes are looked at that show objects of the API; changes of these are seen at once.
        var refreshInterval = Duration.seconds(60)
    }

    private enum Command: Sendable {
        case event(CacheEvent)
        case referenceChanged(namespace: String)
        case refresh
        case servicesChanged
        case ended(String)
        case shutdown
    }

    private let configuration: Configuration
    private let client: KubeClient
    private let sandboxes: PodSandboxes
    private let images: any ImageProvider
    private let drain: @Sendable (Value, Duration) async -> Void
    private let completeSandbox: @Sendable (inout PodSandboxSpec, Value) -> Void
    private let opensHostPorts: Bool
    private let hosts: @Sendable (_ namespace: String) -> [HostAlias]
    private let logger: Logger
    private let pods: WatchCache
    private let services: WatchCache
    private let references: [WatchCache]
    private let commands: AsyncStream<Command>
    private let command: AsyncStream<Command>.Continuation

    init(
        _ client: KubeClient, sandboxes: PodSandboxes, images: any ImageProvider,
        configuration: Configuration,
        drain: @escaping @Sendable (Value, Duration) async -> Void = { _, _ in },
        completeSandbox: @escaping @Sendable (inout PodSandboxSpec, Value) -> Void = { _, _ in },
        opensHostPorts: Bool = false,
        hosts: @escaping @Sendable (_ namespace: String) -> [HostAlias] = { _ in [] }, logger: Logger
    ) {
        self.client = client
        self.sandboxes = sandboxes
        self.images = images
        self.configuration = configuration
        self.drain = drain
        self.completeSandbox = completeSandbox
        self.opensHostPorts = opensHostPorts
        self.hosts = hosts
        self.logger = logger
        pods = WatchCache(
            client, .pods, namespace: nil,
            selection: Selection(fields: "spec.nodeName=\(configuration.nodeName)"), mode: .full,
            logger: logger)
        services = WatchCache(client, .services, namespace: nil, mode: .full, logger: logger)
        references = [GroupVersionResource.configMaps, .secrets].map {
            WatchCache(client, $0, namespace: nil, mode: .metadata, logger: logger)
        }
        (commands, command) = AsyncStream.makeStream()
    }

    /// Has all pods ended; ``run(whenReady:)`` returns when that is done.
    func shutDown() { command.yield(.shutdown) }

    /// Registers the node and runs its pods until ``shutDown()``, or until the task is cancelled, which leaves
    /// containers running for the next process to adopt.
    ///
    /// - Parameter whenReady: called when pods are taken.
    func run(whenReady: @escaping @Sendable () -> Void) async throws {
        let queue = BlockingQueue(label: "slipway.kubelet")
        let reporter = NodeReporter(
            client: client, name: configuration.nodeName, address: configuration.address,
            runtime: sandboxes.runtimeName, directory: configuration.directory,
            podLimit: configuration.podLimit, labels: configuration.labels,
            features: sandboxes.features, queue: queue, logger: logger)
        let recorder = EventRecorder(
            client, component: "kubelet", instance: configuration.nodeName, logger: logger)
        let handlers = HandlerRunner(engine: sandboxes, timeline: client.timeline)
        try await reporter.register()
        try await reporter.noteFeatures(recorder)
        let node = await context(queue, recorder, handlers)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for cache in [pods, services] + references { group.addTask { await cache.run() } }
                group.addTask { await recorder.run() }
                group.addTask { try await reporter.run() }
                try await pods.waitUntilReady()
                try await services.waitUntilReady()
                try await removeOrphans()
                whenReady()
                await work(node)
                await reporter.retire()
                group.cancelAll()
            }
        } catch {
            await handlers.shutdown()
            throw error
        }
        await handlers.shutdown()
    }

    private func context(
        _ queue: BlockingQueue, _ recorder: EventRecorder, _ handlers: HandlerRunner
    ) async -> NodeContext {
        let (directory, limit) = (configuration.directory, configuration.podLimit)
        let capacity = await queue.run { NodeCapacity.ofMachine(directory: directory, pods: limit) }
        return NodeContext(
            client: client, engine: sandboxes, images: images, handlers: handlers, recorder: recorder,
            tokens: ServiceAccountTokenFiles(client: client),
            services: { [services] in services.objects.compactMap(\.value) },
            facts: NodeFacts(
                name: configuration.nodeName, address: configuration.address,
                allocatable: Dictionary(capacity.quantities) { first, _ in first }),
            place: .init(hostAddress: configuration.address, runtime: sandboxes.runtimeName),
            isolatesFiles: sandboxes.isolatesFiles, settings: configuration.settings, queue: queue,
            drain: drain, completeSandbox: completeSandbox, opensHostPorts: opensHostPorts, hosts: hosts,
            logger: logger)
    }

    /// Removes what is on the machine of pods that the API does not know any more.
    private func removeOrphans() async throws {
        let known = Set(pods.objects.map(\.uid))
        await withDiscardingTaskGroup { group in
            for pod in sandboxes.recovered where !known.contains(pod.spec.uid) {
                group.addTask {
                    do {
                        try await self.sandboxes.removePod(pod.spec.uid)
                    } catch {
                        self.logger.error(
                            "pod not removed", metadata: ["pod": "\(pod.spec.uid)", "error": "\(error)"])
                    }
                }
            }
        }
    }

    /// One worker a pod.
    private func work(_ node: NodeContext) async {
        let recovered = Dictionary(sandboxes.recovered.map { ($0.spec.uid, $0) }) { first, _ in first }
        var workers: [String: PodWorker] = [:]
        var isShuttingDown = false
        await withDiscardingTaskGroup { group in
            group.addTask { for await event in self.pods.subscribe() { self.command.yield(.event(event)) } }
            for cache in references { group.addTask { await self.followReferences(cache) } }
            group.addTask {
                for await _ in self.services.subscribe() {
                    // Traffic makes names of services at its own pace.
                    guard (try? await node.timeline.sleep(for: .milliseconds(100))) != nil else { return }
                    self.command.yield(.servicesChanged)
                }
            }
            group.addTask {
                while (try? await node.timeline.sleep(for: self.configuration.refreshInterval)) != nil {
                    self.command.yield(.refresh)
                }
            }
            for await command in commands {
                switch command {
                case .event(.deleted(let object)): workers[object.uid]?.send(.vanished)
                case .event(let event):
                    guard let pod = event.object.value else { break }
                    let uid = event.object.uid
                    if let worker = workers[uid] {
                        worker.update(pod)
                    } else if !isShuttingDown {
                        let worker = PodWorker(pod, recovered: recovered[uid], node: node)
                        workers[uid] = worker
                        group.addTask {
                            await worker.run()
                            self.command.yield(.ended(uid))
                        }
                    }
                case .referenceChanged(let namespace):
                    for worker in workers.values where worker.pod.metadata.namespace == namespace {
                        worker.send(.referencesChanged)
                        group.addTask { await worker.refreshVolumes() }
                    }
                case .refresh:
                    for worker in workers.values {
                        group.addTask {
                            await worker.refreshHosts()
                            await worker.refreshVolumes()
                        }
                    }
                case .servicesChanged:
                    for worker in workers.values { group.addTask { await worker.refreshHosts() } }
                case .ended(let uid): workers[uid] = nil
                case .shutdown:
                    isShuttingDown = true
                    for worker in workers.values { worker.send(.shutdown) }
                }
                if isShuttingDown, workers.isEmpty { break }
            }
            group.cancelAll()
        }
    }

    private func followReferences(_ cache: WatchCache) async {
        guard (try? await cache.waitUntilReady()) != nil else { return }
        for await event in cache.subscribe() {
            // All that there was at the beginning was read by those who needed it.
            if case .added(let object) = event,
                object.value?.metadata.creationTimestamp.map({
                    $0 < client.timeline.date.advanced(by: .seconds(-30))
                }) ?? false
            {
                continue
            }
            command.yield(.referenceChanged(namespace: event.key.namespace))
        }
    }
}
