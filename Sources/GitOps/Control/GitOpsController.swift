import Git
public import KubeClient
import KubeModel
public import Logging
import Manifest

/// The application controller: keeps a cluster what git says it should be.
///
///     let controller = try GitOpsController(client, repositories: repositories)
///     await controller.run()
public final class GitOpsController: Sendable {
    private let client: KubeClient
    private let repositories: any RepositoryDirectory
    private let settings: GitOpsSettings
    private let applications: WatchCache
    private let projects: WatchCache
    private let forgeRepositories: WatchCache
    private let sources = SourceMemo()
    private let live: LiveState
    private let storm: StormGate
    private let recorder: EventRecorder
    private let controller: Controller<ApplicationReconciler>
    private let notices: AsyncStream<String>
    private let notifier: AsyncStream<String>.Continuation
    private let logger: Logger
    /// What renders; its counters say how often.
    public let renders: RenderService

    /// A controller at rest.
    ///
    /// - Parameters:
    ///   - client: the cluster that applications live in and deploy to.
    ///   - repositories: where the repositories are that applications name.
    public init(
        _ client: KubeClient, repositories: any RepositoryDirectory,
        settings: GitOpsSettings = GitOpsSettings(),
        renderer: SourceRenderer = SourceRenderer(), audit: any AuditLog = NoAuditLog(),
        guards: SyncGuards = SyncGuards(), reverts: (any RevertRequester)? = nil,
        logger: Logger = Logger(label: "gitops")
    ) {
        self.client = client
        self.repositories = repositories
        self.settings = settings
        self.logger = logger
        let namespace = settings.watchesAllNamespaces ? nil : settings.controlNamespace
        let repositoryIndex = CacheIndex("repository") { object in
            Application(object).source.map { [RepositoryURL.normalized($0.repoURL)] } ?? []
        }
        let projectIndex = CacheIndex("project") { [Application($0).project] }
        applications = WatchCache(
            client, Application.resource, namespace: namespace, mode: .raw,
            indexes: [repositoryIndex, projectIndex], options: Self.withoutManagedFields, logger: logger)
        projects = WatchCache(
            client, AppProject.resource, namespace: settings.controlNamespace, mode: .full,
            options: Self.withoutManagedFields, logger: logger)
        forgeRepositories = WatchCache(
            client, GroupVersionResource(group: "slipway.dev", version: "v1alpha1", resource: "repositories"),
            namespace: nil, mode: .raw, options: Self.withoutManagedFields, logger: logger)
        renders = RenderService(renderer: renderer, timeline: client.timeline) {
            repositories.location(of: $0)
        }
        live = LiveState(client, mapper: RESTMapper(client), logger: logger)
        storm = StormGate(settings.storm)
        recorder = EventRecorder(
            client, component: "slipway-gitops", instance: settings.instance, logger: logger)
        (notices, notifier) = AsyncStream.makeStream()
        let (wakes, waker) = AsyncStream<[String]>.makeStream()
        let reconciler = ApplicationReconciler(
            client: client, settings: settings, applications: applications, projects: projects,
            renders: renders, live: live, catalog: CatalogStore(client), table: ApplicationTable(),
            storm: storm, deletions: DeletionLedger(settings.blastRadius),
            recorder: recorder, audit: audit, guards: guards, reverts: reverts, wake: { waker.yield($0) },
            ask: { [notifier] in notifier.yield(RepositoryURL.normalized($0)) })
        let control = settings.controlNamespace
        let (applications, projects, live) = (applications, projects, live)
        let isWorthwhile = EventPredicate { event in
            guard case .modified(let old, let new) = event else { return true }
            // Writing a status is no reason to look again.
            if old.generation != new.generation { return true }
            // Each is parsed when it is asked for.
            let (before, after) = (old.value, new.value)
            return before?.metadata.annotations != after?.metadata.annotations
                || before?.metadata.finalizers != after?.metadata.finalizers
                || before?.metadata.isDeleting != after?.metadata.isDeleting
                || before?["operation"] != after?["operation"]
        }
        controller = Controller(
            "applications", reconciler,
            sources: [
                .objects(of: applications, where: isWorthwhile),
                .events(of: projects) { event in
                    applications.objects(index: "project", value: event.key.name).map(\.key)
                },
                KeySource { add in
                    for await name in live.changes {
                        let application = TrackingID.applicationName(name, controlNamespace: control)
                        add(ObjectKey(namespace: application.namespace, name: application.name))
                    }
                },
                KeySource { add in
                    for await names in wakes {
                        for name in names {
                            let application = TrackingID.applicationName(name, controlNamespace: control)
                            add(ObjectKey(namespace: application.namespace, name: application.name))
                        }
                    }
                },
            ],
            concurrency: settings.concurrency, timeline: client.timeline, logger: logger)
    }

    private static var withoutManagedFields: WatchCache.Options {
        var options = WatchCache.Options()
        options.transform = { $0.set(nil, at: ["metadata", "managedFields"]) }
        return options
    }

    /// Takes a webhook's message; what it names is asked.
    ///
    /// - Parameters: as of ``Webhook/read(headers:body:secret:)``.
    /// - Throws: ``GitOpsError`` with code `unauthenticated` or `invalidPayload`.
    public func receive(headers: [String: String], body: [UInt8], secret: String) throws(GitOpsError) {
        for url in try Webhook.read(headers: headers, body: body, secret: secret)?.urls ?? [] {
            repositoryChanged(url)
        }
    }

    /// Says that references of a repository have moved; every spelling of its address will do.
    public func repositoryChanged(_ url: String) { notifier.yield(RepositoryURL.normalized(url)) }

    /// Teaches the cluster the kinds and makes the project `default`, which allows everything, where it is missing.
    ///
    /// - Throws: `APIError`; `KubeClientError`.
    public func install() async throws {
        try await client.install([Application.definition, AppProject.definition])
        let namespace: Value = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(settings.controlNamespace)],
        ]
        try await client.apply(.namespaces, namespace, namespace: nil, fieldManager: KindCatalog.fieldManager)
        let any: Value = [["group": "*", "kind": "*"]]
        let project: Value = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": ["name": "default"],
            "spec": [
                "sourceRepos": ["*"], "destinations": [["server": "*", "namespace": "*"]],
                "clusterResourceWhitelist": any,
            ],
        ]
        do {
            try await client.create(AppProject.resource, project, namespace: settings.controlNamespace)
        } catch let error as APIError where error.isFailure(.alreadyExists) {
            // Somebody's own default stays.
        }
    }

    /// Works until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.applications.run() }
            group.addTask { await self.projects.run() }
            group.addTask { await self.recorder.run() }
            group.addTask { await self.live.run() }
            group.addTask { await self.controller.run() }
            group.addTask { await self.followNotices() }
            group.addTask { await self.poll() }
            group.addTask { await self.watchCapacity() }
            group.addTask { await self.followForge() }
            await group.waitForAll()
        }
    }

    private func followNotices() async {
        for await url in notices { await refresh(url) }
    }

    /// Asks every repository for its references once an interval, however many applications read from it.
    private func poll() async {
        while !Task.isCancelled {
            do { try await client.timeline.sleep(for: settings.pollInterval) } catch { return }
            for url in await renders.repositoryURLs { notifier.yield(url) }
            await forget()
        }
    }

    /// Looks at a repository's references, and has the applications looked at that a change touches.
    private func refresh(_ url: String) async {
        let readers = applications.objects(index: "repository", value: url)
            .compactMap { object in self.sources.source(of: object).map { (object.key, $0) } }
        guard !readers.isEmpty else { return }
        let sources = Array(Set(readers.map(\.1)))
        let control = settings.controlNamespace
        let wasSilent = await renders.silence(of: url) != nil
        do {
            let touched = try await renders.refresh(url, sources: sources) { touched in
                var commits: [String: String] = [:]
                for (key, source) in readers {
                    guard let commit = touched[source] else { continue }
                    commits[TrackingID.name(of: key, controlNamespace: control)] = commit
                }
                let waiting = commits
                self.storm.withControl { $0.begin(repository: url, applications: waiting) }
                // The first application of a storm is to know of it already.
                await self.capacity()
            }
            // That it answers again is told by all who said that it does not.
            for (key, source) in readers where wasSilent || touched[source] != nil { controller.add(key) }
        } catch {
            logger.warning(
                "repository cannot be read", metadata: ["repository": "\(url)", "error": "\(error)"])
            for (key, _) in readers { controller.add(key) }
        }
    }

    /// Forgets renders and mirrors that no application uses any more.
    private func forget() async {
        guard applications.isReady else { return }
        let objects = applications.objects
        sources.retain(Set(objects.map(\.key)))
        await renders.retain(objects.compactMap { sources.source(of: $0) })
    }

    /// Hears of the embedded forge's repositories as their heads move, once the cluster knows the kind.
    private func followForge() async {
        let kind = GroupVersionKind(group: "slipway.dev", version: "v1alpha1", kind: "Repository")
        while (try? await live.mapper.mapping(for: kind)) == nil {
            do { try await client.timeline.sleep(for: .seconds(10)) } catch { return }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.forgeRepositories.run() }
            group.addTask {
                for await event in self.forgeRepositories.subscribe() {
                    guard case .modified(let old, let new) = event, let status = new.value?["status"],
                        status["head"] != old.value?["status"]?["head"],
                        let url = status["cloneURL"]?.stringValue
                    else { continue }
                    for address in self.repositories.addresses(of: url) { self.repositoryChanged(address) }
                }
            }
        }
    }

    private func watchCapacity() async {
        while !Task.isCancelled {
            do { try await client.timeline.sleep(for: settings.storm.capacityPause) } catch { return }
            await capacity()
        }
    }

    /// Looks whether pods wait for capacity while a storm is under way.
    private func capacity() async {
        guard storm.withControl({ $0.isStormy }) else { return }
        let pods = try? await client.list(
            .pods, namespace: nil, selection: Selection(fields: "status.phase=Pending"), limit: 500)
        let isPending = (pods?.items ?? []).contains { pod in
            pod.conditions["PodScheduled"]?.reason == "Unschedulable"
        }
        let now = client.timeline.date
        for name in storm.withControl({ $0.observed(podsPending: isPending, at: now) }) {
            let application = TrackingID.applicationName(name, controlNamespace: settings.controlNamespace)
            controller.add(ObjectKey(namespace: application.namespace, name: application.name))
        }
    }
}
