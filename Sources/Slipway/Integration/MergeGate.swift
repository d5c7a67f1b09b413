public import Forge
public import Git
public import KubeClient
public import Logging
public import Pipeline
public import Sigstore

/// From a push to a merged, tested commit: the forge, its merge queue and the pipeline, in one process.
///
///     let gate = try MergeGate(client, git: git, configuration)
///     try await gate.install()
///     // beside it: gate.listener(), and a cluster whose node runs the cells
///     try await gate.run()
///
/// The forge believes the verdicts of this pipeline, whose key never leaves the process and its directory, and those of
/// ``Configuration/gateKeys``. Everything starts from objects and files, so the process may be ended at any moment.
public struct MergeGate: Sendable {
    /// What a merge gate is made of.
    public struct Configuration: Sendable {
        /// Everything is kept below it: repositories in `git`, keys in `keys`, runs in `ci`, hooks in `run`.
        public var directory: String
        /// The absolute path of the program that hooks of git run: `slipway`.
        public var hookProgram: String
        /// Where tools are looked for (`PATH`, `SLIPWAY_TOOLS`, `SLIPWAY_ADVISORIES`).
        public var environment: [String: String]
        /// Others whose verdicts count too.
        public var gateKeys: [PublicKey] = []
        /// Whether runs are carried here; false where something else answers them with verdicts.
        public var runsPipelines = true
        /// The most runs, and the most steps of one run, at a time.
        public var runs = 2
        /// The most steps of one run at a time.
        public var steps = 4
        /// Builds the images of build gates.
        public var images: any ImageBuilder = NoImageBuilder()
        /// What holds for every repository.
        public var policy = OrganizationPolicy()
        /// How often every protected branch is compared with its records, besides at each of its moves.
        public var auditInterval = Duration.seconds(30)
        /// Is told what goes on.
        public var logger = Logger(label: "slipway.forge")

        /// A gate that runs pipelines and builds no images.
        public init(directory: String, hookProgram: String, environment: [String: String]) {
            self.directory = directory
            self.hookProgram = hookProgram
            self.environment = environment
        }
    }

    /// The forge whose merges it guards.
    public let forge: EmbeddedForge
    /// The logs of runs, readable while they are written.
    public let logs: LogStore
    /// Signs and checks what lands.
    public let keys: MergeGateKeys
    let client: KubeClient
    let configuration: Configuration
    private let git: GitProgram

    /// A merge gate at rest. Directories and keys that are missing are made.
    ///
    /// - Throws: where a directory or a key cannot be used.
    public init(_ client: KubeClient, git: GitProgram, _ configuration: Configuration) throws {
        self.client = client
        self.git = git
        self.configuration = configuration
        let directory = configuration.directory
        keys = try MergeGateKeys(directory: "\(directory)/keys")
        logs = LogStore(RunFiles(root: "\(directory)/ci"))
        let gates = (configuration.runsPipelines ? [keys.gates.publicKey] : []) + configuration.gateKeys
        var forging = EmbeddedForge.Configuration(
            repositories: "\(directory)/git", hooks: "\(directory)/run/hooks",
            socket: "\(directory)/run/forge.sock", hookProgram: configuration.hookProgram,
            keys: ForgeKeys(queue: keys.queue, gates: gates))
        forging.auditInterval = configuration.auditInterval
        forging.logger = configuration.logger
        forge = EmbeddedForge(client, program: git, configuration: forging)
    }

    /// Teaches the API server the kinds that are worked with.
    ///
    /// - Throws: as `KubeClient.install(_:timeout:)`.
    public func install() async throws { try await EmbeddedForge.install(client) }

    /// Works until the task is cancelled.
    ///
    /// - Parameter node: returns once a node can run cells, and says whether containers have a file system of their own.
    /// - Throws: `ForgeError`, `GitError`, `PipelineError` where it cannot begin.
    public func run(node: @escaping @Sendable () async throws -> CellNode) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await forge.run() }
            if configuration.runsPipelines {
                group.addTask { try await pipeline(on: try await node()).run() }
            }
            try await group.waitForAll()
        }
    }

    private func pipeline(on node: CellNode) throws -> PipelineController {
        let (directory, git) = (configuration.directory, git)
        let files = RunFiles(root: "\(directory)/ci")
        var settings = PipelineController.Configuration(
            files: files,
            sources: GitSourceProvider { namespace, name in
                GitRepository(path: "\(directory)/git/\(namespace)/\(name).git", program: git)
            }, secrets: KubeSecretSource(client))
        settings.concurrency = configuration.runs
        settings.parallelism = configuration.steps
        settings.policy = configuration.policy
        settings.images = configuration.images
        settings.tools = try ToolPaths.find(environment: configuration.environment).withRules(in: files)
        settings.signer = VerdictSigner(keys.gates, keyID: "gates")
        settings.isolatesFiles = node.isolatesFiles
        settings.limitsNetworks = node.limitsNetworks
        return PipelineController(client, configuration: settings, logger: configuration.logger)
    }
}
