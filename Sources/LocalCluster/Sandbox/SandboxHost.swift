import Glibc
import KubeModel
import Synchronization

/// What a machine offers to pods, found out once.
struct SandboxHost: Sendable {
    let configuration: SandboxConfiguration
    let run: RunDirectory
    /// The runtimes that are installed, in order of preference.
    let runtimes: [any SandboxRuntime]
    /// Whether pods can have addresses of their own here.
    let connection: PodConnection
    /// Nil where pods use the machine's own network.
    let network: BridgeNetwork?
    /// Whether pods on the bridge reach other machines; nil where there is no bridge.
    let egress: PodEgress?
    /// Leads connections out of containers that do not share their pod's network.
    let forwarder: NetworkForwarder
    let roots: RootFileSystems
    let events: FileEvents
    let recorder: LogRecorder
    let pools: Pools
    let queue: BlockingQueue
    let now: @Sendable () -> Timestamp

    /// The addresses and ports that are handed out to pods.
    final class Pools: Sendable {
        struct State: Sendable {
            var addresses: AddressPool
            var ports: PortPool
        }

        private let state: Mutex<State>

        init(_ subnet: IPv4Subnet, owner: String) {
            state = Mutex(State(addresses: AddressPool(subnet), ports: PortPool(owner: owner)))
        }

        func withLock<T: Sendable, E: Error>(_ body: (inout sending State) throws(E) -> sending T) throws(E)
            -> T
        {
            try state.withLock(body)
        }

        /// Takes back all that a pod has.
        func release(_ uid: String) {
            state.withLock {
                $0.addresses.release(uid)
                $0.ports.release(uid)
            }
        }
    }

    /// Makes the run directory ready and looks at the machine.
    ///
    /// - Throws: ``SandboxError`` with code `storage` where the run directory cannot be used, `network` where the
    ///   pods' subnet is in use otherwise.
    init(_ configuration: SandboxConfiguration, now: @escaping @Sendable () -> Timestamp) async throws {
        let run = RunDirectory(path: configuration.runDirectory)
        let isRoot = geteuid() == 0
        let queue = BlockingQueue(label: "slipway.sandbox")
        self.configuration = configuration
        self.run = run
        self.queue = queue
        self.now = now
        pools = Pools(configuration.subnet, owner: configuration.runDirectory)
        connection = PodConnection(.ofMachine())
        network =
            connection.obstacle == nil && configuration.connectsPods
            ? BridgeNetwork(bridge: configuration.bridge, subnet: configuration.subnet) : nil
        try await network?.create()
        egress =
            network == nil
            ? nil : await PodEgress.open(bridge: configuration.bridge, subnet: configuration.subnet)
        do {
            forwarder = try await NetworkForwarder(resolver: configuration.resolver, queue: queue)
            events = try FileEvents.shared()
            roots = try await queue.run { () throws(SystemCallFailure) in
                for directory in [run.path, run.pods, run.mounts, run.runtimeState] {
                    try Disk.makeDirectory(directory, mode: 0o700)
                }
                if isRoot { try Mounts.makeUnbindable(run.mounts) }
                return RootFileSystems(probing: run)
            }
        } catch {
            throw SandboxError(
                .storage,
                "the run directory \(run.path) cannot be used: make it writable or choose another data directory",
                cause: error)
        }
        recorder = LogRecorder(events: events, now: now)
        runtimes = await Self.installed(configuration.runtimes, in: run)
    }

    /// Removes what belongs to no pod: the bridge, and the mount that keeps mounts to themselves.
    func remove() async throws {
        if network != nil {
            await PodEgress.close(bridge: configuration.bridge, subnet: configuration.subnet)
        }
        try await network?.remove()
        try Mounts.unmount(run.mounts)
    }

    /// A runtime by the name that a pod's record has.
    func runtime(named name: String) -> (any SandboxRuntime)? { runtimes.first { $0.name == name } }

    private static func installed(_ names: [String], in run: RunDirectory) async -> [any SandboxRuntime] {
        var runtimes: [any SandboxRuntime] = []
        for name in names {
            let runtime: (any SandboxRuntime)? =
                switch name {
                // An OCI runtime needs root here; without it bubblewrap does the same for less.
                case "runc", "crun": geteuid() == 0 ? OCIRuntime(named: name, in: run) : nil
                case "bubblewrap": await BubblewrapRuntime()
                case "process": ProcessRuntime()
                default: nil
                }
            if let runtime { runtimes.append(runtime) }
        }
        return runtimes
    }
}
