public import KubeClient
public import KubeModel
public import Logging
import Manifest

/// Promotion: brings releases through the environments of their services, by commits on the config repository.
///
///     let program = PromotionProgram(client: client, branch: branch, sources: history)
///     try await program.install()
///     try await program.run()
///
/// It starts from the objects alone. Any number of processes may run it for one branch; one of them works.
public final class PromotionProgram: Sendable {
    private let client: KubeClient
    private let branch: any ConfigBranch
    private let settings: PromotionSettings
    private let sources: any SourceHistory
    private let verifier: any DigestVerifier
    private let pullRequests: (any PromotionPullRequests)?
    private let logger: Logger

    /// A program at rest.
    ///
    /// - Parameters:
    ///   - branch: the branch of the config repository, which this program writes.
    ///   - sources: the histories of the services' own repositories, which say who wrote a change.
    ///   - verifier: says whether an image is what was signed.
    ///   - pullRequests: shows promotions that wait for approval; nil to show none.
    public init(
        client: KubeClient, branch: any ConfigBranch, settings: PromotionSettings = PromotionSettings(),
        sources: any SourceHistory, verifier: any DigestVerifier = UnverifiedDigests(),
        pullRequests: (any PromotionPullRequests)? = nil, logger: Logger = Logger(label: "slipway.promotion")
    ) {
        self.client = client
        self.branch = branch
        self.settings = settings
        self.sources = sources
        self.verifier = verifier
        self.pullRequests = pullRequests
        self.logger = logger
    }

    /// The kinds that promotion works with.
    public static let definitions: [ResourceDefinition] = [
        .deliveries, .promotions, .approvals, .releases, .repositories, .pullRequests, Rollback.definition,
        Application.definition, Rollout.definition,
    ]

    /// Teaches the API server the kinds, and makes the namespace. Repeatable.
    ///
    /// - Throws: as `KubeClient.install(_:timeout:)`.
    public func install() async throws {
        try await client.install(Self.definitions)
        let namespace: Value = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(settings.namespace)],
        ]
        try await client.apply(
            .namespaces, namespace, namespace: nil, fieldManager: DeliveryMirror.fieldManager)
    }

    /// The lease of whoever writes a branch.
    private var lease: String {
        let branch = branch.reference.split(separator: "/").last.map(String.init) ?? "main"
        return
            "promotion-\(settings.repository)-\(branch.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })"
    }

    /// Works until the task is cancelled, while no other process does.
    ///
    /// - Throws: `CancellationError`; `KubeClientError` with code `leadershipLost`.
    public func run() async throws {
        let elector = LeaderElector(
            client, lease: lease, namespace: settings.namespace, identity: settings.identity, logger: logger)
        try await elector.run { try await self.lead() }
    }

    private func lead() async throws {
        let caches = PromotionCaches(client, namespace: settings.namespace, logger: logger)
        let memory = PromotionMemory()
        let lane = PromotionLane(
            branch, settings: settings.lane, timeline: client.timeline, logger: logger,
            screen: { caches.refusal(of: $0) })
        let checks = SignatureChecks(
            verifier: verifier, timeline: client.timeline, retryInterval: settings.retryInterval,
            logger: logger)
        let lookups = SourceLookups(
            sources, timeline: client.timeline, retryInterval: settings.retryInterval, logger: logger)
        let desk = LandingDesk(timeline: client.timeline)
        let recorder = EventRecorder(
            client, component: "slipway-promotion", instance: settings.identity, logger: logger)
        let mirror = DeliveryMirror(
            client: client, branch: branch, settings: settings, caches: caches, recorder: recorder,
            logger: logger)
        let reconciler = LineReconciler(
            reader: FactsReader(
                client: client, settings: settings, caches: caches, memory: memory, heads: HeadReader(branch),
                branch: branch, sources: lookups, checks: checks),
            writer: PromotionWriter(client: client, settings: settings, caches: caches, memory: memory),
            performer: LinePerformer(
                client: client, settings: settings, caches: caches, lane: lane, desk: desk,
                verifier: verifier,
                checks: checks, pullRequests: pullRequests, memory: memory,
                pause: HealingPause(
                    client: client, caches: caches, namespace: settings.namespace, logger: logger),
                recorder: recorder, logger: logger
            ),
            applications: ApplicationMaker(
                client: client, settings: settings, caches: caches, branch: branch),
            memory: memory, caches: caches, retryInterval: settings.retryInterval, timeline: client.timeline,
            logger: logger)
        let controller = Controller(
            "promotion", reconciler,
            sources: LineSources(caches: caches, memory: memory, namespace: settings.namespace).all,
            concurrency: settings.concurrency, timeline: client.timeline, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for cache in caches.all { group.addTask { await cache.run() } }
            group.addTask { await recorder.run() }
            group.addTask { await lane.run() }
            group.addTask { await controller.run() }
            let namespace = settings.namespace
            let look: @Sendable (String) -> Void = { service in
                controller.add(ObjectKey(namespace: namespace, name: service))
            }
            group.addTask { await checks.run(look) }
            group.addTask { await lookups.run(look) }
            group.addTask { await desk.run(look) }
            group.addTask { try await self.follow(mirror, caches, controller) }
            try await group.waitForAll()
        }
    }

    /// Looks at the config branch when its Repository says that it moved, and now and then besides.
    private func follow(
        _ mirror: DeliveryMirror, _ caches: PromotionCaches, _ controller: Controller<LineReconciler>
    ) async throws {
        try await caches.deliveries.waitUntilReady()
        let (wakes, waker) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        waker.yield()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in caches.repositories.subscribe()
                where event.key.name == self.settings.repository {
                    waker.yield()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    try await self.client.timeline.sleep(for: self.settings.pollInterval)
                    waker.yield()
                }
            }
            group.addTask {
                for await _ in wakes { await self.refresh(mirror, caches, controller) }
            }
            try await group.waitForAll()
        }
    }

    private func refresh(
        _ mirror: DeliveryMirror, _ caches: PromotionCaches, _ controller: Controller<LineReconciler>
    ) async {
        do {
            guard var services = try await mirror.refresh() else { return }
            // What is shown as a pull request is made anew on every head.
            for object in caches.pullRequests(of: settings.repository) {
                guard object["spec", "state"]?.stringValue == "Open",
                    let branch = object["spec", "source", "branch"]?.stringValue,
                    let service = PromotionProposal.service(of: branch)
                else { continue }
                services.insert(service)
            }
            for service in services {
                controller.add(ObjectKey(namespace: settings.namespace, name: service))
            }
        } catch {
            logger.warning(
                "the config repository cannot be looked at",
                metadata: ["repository": "\(branch.name)", "error": "\(error)"])
        }
    }
}
