public import KubeClient
import KubeModel
public import Logging
import Manifest
public import NIOCore
import Synchronization

/// Services, gateways and names: everything by which requests find pods.
///
///     let traffic = try await Traffic(client, group: group)
///     try await withThrowingTaskGroup(of: Void.self) { tasks in
///         tasks.addTask { try await traffic.run() }
///         …
///         await traffic.drained(podUID: uid, timeout: .seconds(5))   // before its containers are sent SIGTERM
///     }
///
/// A pod gets new connections and requests while it is ready and not being deleted. The API's objects are told of it
/// (EndpointSlice, Endpoints, statuses of Gateway and HTTPRoute), but traffic does not wait for that.
public final class Traffic: Sendable {
    /// What can be set.
    public struct Settings: Sendable {
        /// The interface that gets the services' addresses: the pods' bridge or, where pods use the machine's own
        /// network, `lo`. Nil, or a machine on which this user cannot give addresses, leaves cluster IPs unserved.
        public var interface: String?
        /// Where gateways are listened on, and what their statuses tell.
        public var gatewayAddress = "127.0.0.1"
        /// Where node ports are listened on.
        public var nodeAddress = "127.0.0.1"
        /// Where the router's metrics are served; the port 0 takes a free one. Nil serves none.
        public var metrics: (host: String, port: Int)? = ("127.0.0.1", 0)
        /// Where pods ask for names: the bridge's address and the port 53. Nil serves none; then ``Traffic/hosts(for:)``
        /// is what pods know of services.
        public var nameserver: (host: String, port: Int)?
        /// Who is asked for names outside the cluster; nil for those of the machine's resolv.conf.
        public var upstreamResolvers: [String]?
        /// The range of cluster IPs.
        public var serviceAddresses: IPv4Subnet
        /// What tells this cluster from others of the machine, the same in every run of it: its directory.
        public var identity = "local"
        /// What events name as the machine they come from.
        public var instance = "local"
        /// Where traffic says what goes wrong.
        public var logger = Logger(label: "cluster.traffic")

        /// Settings for the range of the embedded server, `10.96.0.0/16`.
        public init() {
            serviceAddresses = IPv4Subnet(base: IPv4Address(bits: 10 << 24 | 96 << 16), prefixLength: 16)
        }

        func isServiceAddress(_ text: String) -> Bool {
            IPv4Address(text).map { serviceAddresses.overlaps($0.bits, mask: .max) } ?? false
        }
    }

    private let client: KubeClient
    private let settings: Settings
    private let group: any EventLoopGroup
    private let caches: TrafficCaches
    private let state = TrafficState()
    private let proxy: ServiceProxy
    private let listeners: GatewayListeners
    private let boundMetricsPort = Mutex<Int?>(nil)
    private let servesNames = Mutex(false)
    /// The router behind all gateways.
    public let router: Router

    /// Traffic at rest.
    ///
    /// - Parameter group: the event loops that carry connections.
    public init(_ client: KubeClient, settings: Settings = Settings(), group: any EventLoopGroup) async throws
    {
        self.client = client
        self.settings = settings
        self.group = group
        caches = TrafficCaches(client, logger: settings.logger)
        router = try await Router(group: group)
        proxy = try await ServiceProxy(group: group)
        listeners = GatewayListeners(router, host: settings.gatewayAddress)
    }

    /// Works until the task is cancelled, then closes every port and takes its addresses away. To be run once.
    ///
    /// - Throws: what keeps the Gateway API's kinds from being installed.
    public func run() async throws {
        try await client.install(GatewayAPI.definitions)
        let opened = await openPorts()
        do {
            try await announce()
        } catch {
            for channel in opened { try? await channel.close() }
            throw error
        }
        let addresses = await usableAddresses()
        await work(addresses)
        for channel in opened { try? await channel.close() }
        await listeners.close()
        await proxy.close()
        if let addresses {
            // The task is cancelled by now; what is cleaned up must not be.
            await Task { try? await addresses.update(to: [], belongs: settings.isServiceAddress) }.value
        }
        try Task.checkCancellation()
    }

    /// Makes the GatewayClass, which says where the router's metrics are: whoever judges traffic finds them there.
    private func announce() async throws {
        var gatewayClass: Value = [
            "apiVersion": .string("\(GatewayAPI.group)/v1"), "kind": "GatewayClass",
            "metadata": ["name": "slipway"], "spec": ["controllerName": .string(GatewayView.controller)],
        ]
        if let place = settings.metrics, let port = metricsPort {
            gatewayClass["metadata", "annotations", GatewayAPI.metricsAnnotation] =
                .string("http://\(place.host):\(port)/metrics")
        }
        try await client.apply(
            GatewayAPI.gatewayClasses.resource, gatewayClass, namespace: nil, fieldManager: "slipway",
            force: true)
    }

    /// The interface for cluster IPs, nil where this user may not give it addresses.
    private func usableAddresses() async -> ServiceAddresses? {
        guard let interface = settings.interface,
            let addresses = ServiceAddresses(interface: interface, identity: settings.identity)
        else {
            return nil
        }
        do {
            // What a program that was killed has left behind goes, which also shows whether that is allowed.
            try await addresses.update(to: [], belongs: settings.isServiceAddress)
            let number = UInt32(truncatingIfNeeded: StableHash("probe", settings.identity).value % 4096)
            let probe = IPv4Address(bits: settings.serviceAddresses.podAddresses.upperBound - number)
            try await addresses.update(to: ["\(probe)"], belongs: settings.isServiceAddress)
            try await addresses.update(to: [], belongs: settings.isServiceAddress)
            return addresses
        } catch {
            if Task.isCancelled { return nil }
            settings.logger.warning(
                "cluster IPs of services are not served: run as root, or use gateways and node ports",
                metadata: ["interface": "\(interface)", "error": "\(error)"])
            return nil
        }
    }

    /// The name servers of the machine's resolv.conf(5).
    private static func machineResolvers() -> [String] {
        (Disk.text("/etc/resolv.conf") ?? "").split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            return words.first == "nameserver" && words.count > 1 ? String(words[1]) : nil
        }
    }

    /// Opens the ports of metrics and names. One that is taken is told in the log; requests find pods without it.
    private func openPorts() async -> [any Channel] {
        var channels: [any Channel] = []
        if let place = settings.metrics {
            do {
                let channel = try await MetricsListener.listen(
                    host: place.host, port: place.port, group: group, router)
                boundMetricsPort.withLock { $0 = channel.localAddress?.port }
                channels.append(channel)
            } catch {
                warn("the router's metrics are not served: choose another port", place, error)
            }
        }
        if let place = settings.nameserver {
            let upstream = settings.upstreamResolvers ?? Self.machineResolvers()
            do {
                channels += try await NameServer.listen(
                    host: place.host, port: place.port, group: group,
                    upstream: upstream.filter { $0 != place.host },
                    names: { [state] in state.applied?.plan.names })
                servesNames.withLock { $0 = true }
            } catch {
                warn("no name server for pods, which get the names of services in /etc/hosts", place, error)
            }
        }
        return channels
    }

    private func warn(_ message: Logger.Message, _ place: (host: String, port: Int), _ error: any Error) {
        settings.logger.warning(
            message, metadata: ["address": "\(place.host):\(place.port)", "error": "\(error)"])
    }

    private func work(_ addresses: ServiceAddresses?) async {
        let recorder = EventRecorder(
            client, component: "service-proxy", instance: settings.instance, logger: settings.logger)
        let traffic = TrafficReconciler(
            settings: settings, client: client, caches: caches, router: router, proxy: proxy,
            listeners: listeners,
            addresses: addresses, state: state, recorder: recorder)
        let status = GatewayStatusReconciler(client: client, state: state, address: settings.gatewayAddress)
        let slices = EndpointSliceReconciler(client: client, caches: caches)
        await withTaskGroup(of: Void.self) { tasks in
            for cache in caches.all { tasks.addTask { await cache.run() } }
            tasks.addTask { await recorder.run() }
            start("traffic", traffic, traffic.sources(), concurrency: 1, &tasks)
            start("gateway-status", status, status.sources(), concurrency: 1, &tasks)
            start("endpointslice", slices, slices.sources(), concurrency: 4, &tasks)
        }
    }

    private func start<Work: Reconciler>(
        _ name: String, _ work: Work, _ sources: [KeySource<Work.Key>], concurrency: Int,
        _ tasks: inout TaskGroup<Void>
    ) {
        let controller = Controller(
            name, ConflictTolerant(work), sources: sources, concurrency: concurrency,
            timeline: client.timeline,
            logger: settings.logger)
        tasks.addTask { await controller.run() }
    }

    // MARK: For the kubelet

    /// Waits until a pod that is being deleted gets no new request and those under way are answered.
    ///
    /// To be awaited before the pod's containers are told to stop: then a rolling update loses no request.
    /// - Returns: false where that took longer than `timeout`, or the task was cancelled.
    @discardableResult
    public func drained(podUID: String, timeout: Duration) async -> Bool {
        let timeline = client.timeline
        let deadline = timeline.now + timeout
        let answer = try? await timeline.withTimeout(timeout) { [self] in
            try await state.changes.wait { isLeaving(podUID) && state.isOut(podUID) }
            let limit = TimeAmount(max(deadline - timeline.now, .zero))
            return try await withThrowingTaskGroup(of: Bool.self) { parts in
                for endpoint in state.routed(podUID) {
                    parts.addTask { try await self.router.drain(endpoint, timeout: limit) }
                }
                parts.addTask { try await self.proxy.drain(podUID, timeout: limit) }
                return try await parts.allSatisfy { $0 }
            }
        }
        state.forget(podUID)
        return answer == true
    }

    /// Whether the pod is known to be on its way out, so that no event can bring it back.
    private func isLeaving(_ uid: String) -> Bool {
        guard caches.pods.isReady else { return state.applied == nil }
        return caches.pods.objects(index: "uid", value: uid).allSatisfy {
            $0.value?.metadata.isDeleting ?? true
        }
    }

    /// The names of services for the hosts file of a pod of a namespace, where there is no name server.
    public func hosts(for namespace: String) -> [HostAlias] {
        state.applied?.plan.names.hosts(for: namespace) ?? []
    }

    /// What pods of a namespace have in their resolv.conf; nil where there is no name server for them.
    public func resolver(for namespace: String) -> ResolverConfiguration? {
        guard let place = settings.nameserver, servesNames.withLock({ $0 }) else { return nil }
        var resolver = ResolverConfiguration()
        resolver.nameservers = [place.host]
        resolver.searches = [
            "\(namespace).svc.\(ServiceNames.zone)", "svc.\(ServiceNames.zone)", ServiceNames.zone,
        ]
        resolver.options = ["ndots:5"]
        return resolver
    }

    /// The port on which metrics are served, nil before it is.
    public var metricsPort: Int? { boundMetricsPort.withLock { $0 } }
}
