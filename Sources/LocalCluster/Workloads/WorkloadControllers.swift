public import KubeClient
import KubeModel
public import Logging

/// The controllers that turn Deployments, ReplicaSets and Jobs into pods and give pods a node.
///
///     let controllers = WorkloadControllers(client)
///     try await controllers.run()
///
/// They keep nothing but what the API holds: started again, they go on where others stopped. Two may run on one
/// server at a time without harm, though with wasted work.
public struct WorkloadControllers: Sendable {
    /// What can be set.
    public struct Settings: Sendable {
        /// Objects of a kind that are worked on at once.
        public var concurrency = 4
        /// How long a job waits after a pod of it failed: 10 s, doubling up to 10 min, as in Kubernetes.
        public var jobBackoff = Backoff(base: .seconds(10), maximum: .seconds(600), jitter: 0)
        /// What events name as the machine they come from.
        public var instance = "local"
        /// Whether pods are bound to nodes; false where another scheduler runs.
        public var schedulesPods = true
        /// Where controllers say what goes wrong.
        public var logger = Logger(label: "cluster.workloads")

        /// The settings a cluster has where nobody says otherwise.
        public init() {}
    }

    private let client: KubeClient
    private let settings: Settings

    /// Controllers at rest.
    public init(_ client: KubeClient, settings: Settings = Settings()) {
        self.client = client
        self.settings = settings
    }

    /// Works until the task is cancelled. To be run once.
    public func run() async throws {
        let caches = WorkloadCaches(client, logger: settings.logger)
        await withTaskGroup(of: Void.self) { group in
            for cache in caches.all { group.addTask { await cache.run() } }
            runReplicaSets(caches, &group)
            runDeployments(caches, &group)
            runJobs(caches, &group)
            if settings.schedulesPods { runScheduler(caches, &group) }
        }
        try Task.checkCancellation()
    }

    private func recorder(_ component: String, _ group: inout TaskGroup<Void>) -> EventRecorder {
        let recorder = EventRecorder(
            client, component: component, instance: settings.instance, logger: settings.logger)
        group.addTask { await recorder.run() }
        return recorder
    }

    private func start<Work: Reconciler>(
        _ name: String, _ work: Work, sources: [KeySource<Work.Key>], concurrency: Int,
        _ group: inout TaskGroup<Void>
    ) {
        let controller = Controller(
            name, ConflictTolerant(work), sources: sources, concurrency: concurrency,
            timeline: client.timeline, logger: settings.logger)
        group.addTask { await controller.run() }
    }

    private func runReplicaSets(_ caches: WorkloadCaches, _ group: inout TaskGroup<Void>) {
        let work = ReplicaSetReconciler(
            client: client, caches: caches, recorder: recorder("replicaset-controller", &group))
        start(
            "replicaset", work,
            sources: [
                .objects(of: caches.replicaSets),
                .owners(of: caches.pods, kind: GroupKind(group: "apps", kind: "ReplicaSet")),
                .adopters(of: caches.pods, among: caches.replicaSets),
            ], concurrency: settings.concurrency, &group)
    }

    private func runDeployments(_ caches: WorkloadCaches, _ group: inout TaskGroup<Void>) {
        let work = DeploymentReconciler(
            client: client, caches: caches, recorder: recorder("deployment-controller", &group))
        start(
            "deployment", work,
            sources: [
                .objects(of: caches.deployments),
                .owners(of: caches.replicaSets, kind: GroupKind(group: "apps", kind: "Deployment")),
                .adopters(of: caches.replicaSets, among: caches.deployments),
                work.endedPods(),
            ], concurrency: settings.concurrency, &group)
    }

    private func runJobs(_ caches: WorkloadCaches, _ group: inout TaskGroup<Void>) {
        var limits = JobPlan.Limits()
        limits.backoff = settings.jobBackoff
        let work = JobReconciler(
            client: client, caches: caches, recorder: recorder("job-controller", &group), limits: limits)
        start(
            "job", work,
            sources: [
                .objects(of: caches.jobs),
                .owners(of: caches.pods, kind: GroupKind(group: "batch", kind: "Job")),
                .adopters(of: caches.pods, among: caches.jobs),
            ], concurrency: settings.concurrency, &group)
        let orphans = OrphanedJobPodReconciler(client: client, caches: caches)
        start("job-orphans", orphans, sources: orphans.sources(), concurrency: 1, &group)
    }

    private func runScheduler(_ caches: WorkloadCaches, _ group: inout TaskGroup<Void>) {
        let work = PodScheduler(
            client: client, caches: caches, recorder: recorder("default-scheduler", &group))
        start("scheduler", work, sources: work.sources(), concurrency: 1, &group)
    }
}
