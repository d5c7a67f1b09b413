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
    private static let byDigest = CacheIndex("digest") { object in
        object["spec", "image", "digest"]?.stringValue.map { [$0] } ?? []
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
        releases = cache(.releases, in: namespace, indexes: [Self.byRepository, Self.byDigest])
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

    /// The releases that have an image, of whichever service.
    func releases(ofDigest digest: String) -> [Value] {
        releases.objects(index: Self.byDigest.name, value: digest).compactMap(\.value)
    }

    /// The release with which an image was put in quarantine; nil where it is in none.
    func quarantine(ofDigest digest: String) -> String? {
        releases(ofDigest: digest).first {
            $0["status", "phase"]?.stringValue == ReleaseStatus.Phase.quarantined.rawValue
        }?.metadata.name
    }

    /// Why a promotion is not to be written, or an environment not to go back to it: its image is in quarantine.
    func refusal(of intent: PromotionIntent) -> PromotionError? {
        guard let bad = quarantine(ofDigest: intent.reason.digest) else { return nil }
        let same = bad == intent.reason.release ? "" : ", which has the image of \(intent.reason.release)"
        return PromotionError(
            .quarantined,
            "\(bad)\(same) is in quarantine; lift it first: slipway release lift \(bad)")
    }

    func pullRequests(of repository: String) -> [Value] {
        pullRequests.objects(index: Self.byRepository.name, value: repository).compactMap(\.value)
    }

    func rollouts(in namespace: String) -> [Value] {
        rollouts.objects(index: CacheIndex.namespace.name, value: namespace).compactMap(\.value)
    }
}
