import KubeClient
import KubeModel
import Logging
import Manifest

/// The objects that promotion works with, as last seen.
struct PromotionCaches: Sendable {
    let deliveries: WatchCache
    let releases: WatchCache
    let promotions: WatchCache
    let approvals: WatchCache
    let rollbacks: WatchCache
    let applications: WatchCache
    let rollouts: WatchCache
    let jobs: WatchCache
    let pullRequests: WatchCache
    let repositories: WatchCache

    /// Of the Jobs of smoke tests: the service.
    static let serviceLabel = "slipway.dev/service"

    private static let byService = CacheIndex("service") { object in
        object["spec", "service"]?.stringValue.map { [$0] } ?? []
    }
    private static let byRepository = CacheIndex("repository") { object in
        object["spec", "repository"]?.stringValue.map { [$0] } ?? []
    }

    init(_ client: KubeClient, namespace: String, logger: Logger) {
        var options = WatchCache.Options()
        options.transform = { $0["metadata", "managedFields"] = nil }
        func cache(
            _ resource: GroupVersionResource, in namespace: String?, mode: CacheMode = .full,
            selection: Selection = .all, indexes: [CacheIndex] = []
        ) -> WatchCache {
            WatchCache(
                client, resource, namespace: namespace, selection: selection, mode: mode, indexes: indexes,
                options: options, logger: logger)
        }
        deliveries = cache(.deliveries, in: namespace)
        releases = cache(.releases, in: namespace, indexes: [Self.byRepository])
        promotions = cache(.promotions, in: namespace, indexes: [Self.byService])
        approvals = cache(.approvals, in: namespace, indexes: [Self.byService])
        rollbacks = cache(Rollback.resource, in: nil)
        applications = cache(Application.resource, in: namespace)
        rollouts = cache(Rollout.resource, in: nil, indexes: [.namespace])
        jobs = cache(.jobs, in: nil, selection: Selection(labels: Self.serviceLabel))
        pullRequests = cache(.pullRequests, in: namespace, indexes: [Self.byRepository])
        repositories = cache(.repositories, in: namespace)
    }

    var all: [WatchCache] {
        [
            deliveries, releases, promotions, approvals, rollbacks, applications, rollouts, jobs,
            pullRequests,
            repositories,
        ]
    }

    func approvals(of service: String) -> [Value] {
        approvals.objects(index: Self.byService.name, value: service).compactMap(\.value)
    }

    func promotions(of service: String) -> [Value] {
        promotions.objects(index: Self.byService.name, value: service).compactMap(\.value)
    }

    /// The releases of a repository, oldest first.
    func releases(of repository: String) -> [Value] {
        releases.objects(index: Self.byRepository.name, value: repository).compactMap(\.value)
    }

    func pullRequests(of repository: String) -> [Value] {
        pullRequests.objects(index: Self.byRepository.name, value: repository).compactMap(\.value)
    }

    func rollouts(in namespace: String) -> [Value] {
        rollouts.objects(index: CacheIndex.namespace.name, value: namespace).compactMap(\.value)
    }
}
