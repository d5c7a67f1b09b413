public import KubeClient
import KubeModel
public import Logging
import Synchronization

/// Runs every `PipelineRun` of an API: takes them from a queue, gives each a cell, writes their status.
///
/// Everything is started from objects: a controller that was killed takes up the runs that were running, with the
/// cells that are still there.
public final class PipelineController: Sendable {
    /// What a controller is given.
    public struct Configuration: Sendable {
        /// Where files of runs lie.
        public var files: RunFiles
        /// The most runs that have a cell at a time.
        public var concurrency = 4
        /// The most steps of one run at a time.
        public var parallelism = 8
        /// What pipeline files must keep to.
        public var policy = OrganizationPolicy()
        /// The scanners of this machine.
        public var tools = ToolPaths()
        /// Where commits come from.
        public var sources: any SourceProvider
        /// Where secrets come from.
        public var secrets: any SecretSource
        /// Who builds the image of the `build` gate.
        public var images: any ImageBuilder = NoImageBuilder()
        /// Signs verdicts; nil leaves runs without one, which lets nothing merge.
        public var signer: VerdictSigner?
        /// Whether containers have a file system of their own; false for the runtime `process`.
        public var isolatesFiles = true
        /// Whether a container can be kept from all but what its step may reach.
        public var limitsNetworks = false
        /// The only namespace whose runs count; nil for all.
        public var namespace: String?
        /// Whether the directory of a run is kept after its end, for looking into.
        public var keepsWork = false
        /// The process that records of runs name, on a developer's machine.
        public var processID: Int32?
        /// Is told every new state of a run.
        public var observe: @Sendable (RunSnapshot) -> Void = { _ in }

        /// A configuration with standard limits.
        public init(files: RunFiles, sources: any SourceProvider, secrets: any SecretSource) {
            self.files = files
            self.sources = sources
            self.secrets = secrets
        }
    }

    let client: KubeClient
    let configuration: Configuration
    let logger: Logger
    /// Logs of this controller's runs.
    public let logs: LogStore
    let runs: WatchCache
    let pods: WatchCache
    let state = Mutex(State())

    struct State {
        var active: [ObjectKey: Active] = [:]
        /// Runs that wait for a cell. They come in once, when they are first seen: what the cache shows of a run that
        /// has just ended may be older than its end.
        var queue = RunQueue()
        /// Runs that have come and not been told yet that they wait.
        var arrived: [ObjectKey] = []
        /// Runs that were cancelled while they waited, with the reason.
        var canceled: [(ObjectKey, StepFault)] = []
    }

    /// A run that has a session.
    struct Active {
        var feed: PodFeed
        var cancel: AsyncStream<StepFault>.Continuation
    }

    /// A controller at rest.
    public init(
        _ client: KubeClient, configuration: Configuration, logger: Logger = Logger(label: "slipway.pipeline")
    ) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
        logs = LogStore(configuration.files)
        runs = WatchCache(
            client, .pipelineRuns, namespace: configuration.namespace, mode: .full, logger: logger)
        pods = WatchCache(
            client, .pods, namespace: configuration.namespace,
            selection: Selection(labels: CellManifest.runLabel),
            mode: .full, logger: logger)
    }

    /// Runs pipelines until the task is cancelled; runs in progress are taken up by the next controller.
    public func run() async throws {
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.runs.run() }
            group.addTask { await self.pods.run() }
            try await runs.waitUntilReady()
            try await pods.waitUntilReady()
            group.addTask { for await event in self.pods.subscribe() { self.note(event) } }
            group.addTask {
                for await event in self.runs.subscribe() {
                    if self.noteCancellation(event) { change.yield() }
                    // What runs already changes its status often; that says nothing about who is next.
                    guard self.noteArrival(event) else { continue }
                    change.yield()
                }
            }
            group.addTask { await self.schedule(changes) { change.yield() } }
            try await group.waitForAll()
        }
    }
}
