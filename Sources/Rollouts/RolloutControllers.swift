public import AsyncHTTPClient
public import KubeClient
public import KubeModel
public import Logging

/// The controllers of Rollouts and AnalysisRuns: progressive delivery in one piece.
///
///     try await client.install(RolloutControllers.definitions)
///     try await RolloutControllers(client, http: .shared).run()
public struct RolloutControllers: Sendable {
    /// How the controllers work.
    public struct Settings: Sendable {
        /// The namespace they look after; nil for all.
        public var namespace: String?
        /// How many rollouts are worked on at once.
        public var concurrency = 8
        /// How many analysis runs are measured at once.
        public var analysisConcurrency = 16
        /// Which of several processes this is.
        public var identity = "slipway"
        /// The URL of the Prometheus server that metrics ask which name none; nil where each has to name one.
        public var prometheus: String?
        /// The clock by which pauses, delays and deadlines run.
        public var timeline = Timeline.continuous

        /// The settings of one process that looks after everything.
        public init() {}
    }

    private let client: KubeClient
    private let fetcher: Fetcher
    private let settings: Settings
    private let logger: Logger

    /// Controllers at rest.
    ///
    /// - Parameter http: asks metric providers; its owner shuts it down.
    public init(
        _ client: KubeClient, http: HTTPClient, settings: Settings = Settings(),
        logger: Logger = Logger(label: "rollouts")
    ) {
        self.client = client
        self.settings = settings
        self.logger = logger
        fetcher = Fetcher(http, prometheus: settings.prometheus)
    }

    /// The kinds a server must know before ``run()``, besides HTTPRoute, which belongs to the gateway.
    public static let definitions =
        [Rollout.definition, Rollback.definition] + Analysis.definitions

    /// Works until the task is cancelled.
    public func run() async {
        let caches = RolloutCaches(client, namespace: settings.namespace)
        let recorder = EventRecorder(
            client, component: "rollouts-controller", instance: settings.identity, logger: logger)
        let rollouts = Controller(
            "rollout",
            ConflictRetry(
                RolloutReconciler(
                    client: client, caches: caches, recorder: recorder, fetcher: fetcher,
                    timeline: settings.timeline)),
            sources: caches.rolloutSources, concurrency: settings.concurrency, timeline: settings.timeline,
            logger: logger)
        let runs = Controller(
            "analysisrun",
            ConflictRetry(
                AnalysisRunReconciler(
                    client: client, runs: caches.runs, providers: MetricProviders(fetcher: fetcher),
                    recorder: recorder, timeline: settings.timeline)),
            sources: caches.runSources, concurrency: settings.analysisConcurrency,
            timeline: settings.timeline,
            logger: logger)
        await withTaskGroup(of: Void.self) { group in
            for cache in caches.all { group.addTask { await cache.run() } }
            group.addTask { await recorder.run() }
            group.addTask { await rollouts.run() }
            group.addTask { await runs.run() }
        }
    }
}
