public import Git
public import KubeClient
import KubeModel
public import Logging
import Manifest
import Synchronization

/// The forge that Slipway brings along: repositories on this machine's disk, everything else in the Kubernetes API.
///
/// It works while ``run()`` is running. Any number of clients may push and ask at once; of processes there may be
/// one for a directory.
public final class EmbeddedForge: Sendable {
    /// What a forge is made of.
    public struct Configuration: Sendable {
        /// The directory of the bare repositories, `<namespace>/<name>.git`.
        public var repositories: String
        /// The directory of the hooks, which the forge writes.
        public var hooks: String
        /// The socket on which hooks ask the forge.
        public var socket: String
        /// The program that hooks run: `slipway`, by its absolute path.
        public var hookProgram: String
        /// What records are signed and verdicts are checked with.
        public var keys: ForgeKeys
        /// How often every protected branch is compared with its records, besides at each of its moves.
        public var auditInterval = Duration.seconds(30)
        /// How often idle repositories are looked at for objects that should be packed.
        public var housekeepingInterval = Duration.seconds(600)
        /// Is told what lands, and what goes wrong.
        public var logger = Logger(label: "slipway.forge")

        /// Names where everything lies.
        public init(
            repositories: String, hooks: String, socket: String, hookProgram: String, keys: ForgeKeys
        ) {
            self.repositories = repositories
            self.hooks = hooks
            self.socket = socket
            self.hookProgram = hookProgram
            self.keys = keys
        }
    }

    /// What the forge reaches its objects with.
    public let client: KubeClient
    let program: GitProgram
    let configuration: Configuration
    let attestor: Attestor
    let repositories: WatchCache
    let pullRequests: WatchCache
    let runs: WatchCache
    let recorder: EventRecorder
    let pushes = PushRegistry()
    let locks = KeyedLocks<ObjectKey>()
    let numbers = Mutex<[ObjectKey: Int]>([:])
    let address = Mutex("")
    /// The merge queues as they were last written down.
    let queues = Mutex<[QueueKey: (uid: String, state: QueueState)]>([:])
    /// The repositories that are known to be on disk.
    let prepared = Mutex<Set<String>>([])
    /// Why nothing may be merged into a repository for now.
    let alarms = Mutex<[ObjectKey: String]>([:])
    let webhooks = Webhooks()
    /// Repositories whose history is to be looked at now.
    let audits = AuditRequests()
    var logger: Logger { configuration.logger }
    var timeline: Timeline { client.timeline }
    var now: String { client.timeline.date.rfc3339 }

    /// The label that names a pull request's repository.
    static let repositoryLabel = "slipway.dev/repository"
    static let byRepository = CacheIndex("repository") { object in
        object["spec", "repository"]?.stringValue.map { ["\(object.metadata.namespace)/\($0)"] } ?? []
    }

    /// A forge at rest; ``run()`` makes it work.
    public init(_ client: KubeClient, program: GitProgram, configuration: Configuration) {
        self.client = client
        self.program = program
        self.configuration = configuration
        attestor = Attestor(keys: configuration.keys)
        let logger = configuration.logger
        repositories = WatchCache(client, .repositories, namespace: nil, mode: .full, logger: logger)
        pullRequests = WatchCache(
            client, .pullRequests, namespace: nil, mode: .full, indexes: [Self.byRepository], logger: logger)
        runs = WatchCache(
            client, .pipelineRuns, namespace: nil, mode: .full, indexes: [Self.byRepository], logger: logger)
        recorder = EventRecorder(client, component: "slipway-forge", instance: "forge", logger: logger)
    }

    /// Teaches the API server the kinds that the forge works with.
    ///
    /// - Throws: as ``KubeClient/install(_:timeout:)``.
    public static func install(_ client: KubeClient) async throws {
        try await client.install([.repositories, .pullRequests, .pipelineRuns])
    }

    /// The address under which people and git reach the forge, `http://host:port`; known once it listens.
    public var baseURL: String {
        get { address.withLock { $0 } }
        set { address.withLock { $0 = newValue } }
    }

    /// Works until the task is cancelled: follows objects, makes repositories, merges, audits.
    ///
    /// - Throws: ``ForgeError``, `GitError` where it cannot begin.
    public func run() async throws {
        try await program.checkedVersion()
        try HookScripts(configuration).install()
        let controller = Controller(
            "forge", RepositoryReconciler(forge: self),
            sources: [
                .objects(of: repositories), Self.repositoryKeys(of: pullRequests),
                Self.repositoryKeys(of: runs),
            ],
            concurrency: 2, timeline: timeline, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.program.run() }
            group.addTask { await self.repositories.run() }
            group.addTask { await self.pullRequests.run() }
            group.addTask { await self.runs.run() }
            group.addTask { await self.recorder.run() }
            group.addTask { await controller.run() }
            group.addTask { await self.webhooks.run(self) }
            group.addTask { try await Auditor(forge: self).run() }
            group.addTask { try await Housekeeper(forge: self).run() }
            try await group.waitForAll()
        }
    }

    /// The repository that an object is about, also where it just stopped being about it.
    private static func repositoryKeys(of cache: WatchCache) -> KeySource<ObjectKey> {
        .events(of: cache) { event in
            guard let name = event.object.value?["spec", "repository"]?.stringValue else { return [] }
            return [ObjectKey(namespace: event.key.namespace, name: name)]
        }
    }
}
