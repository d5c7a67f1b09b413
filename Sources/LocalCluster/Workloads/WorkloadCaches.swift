import KubeClient
import KubeModel
import Logging
import Manifest

/// The collections that workload controllers watch, each once for all of them.
struct WorkloadCaches: Sendable {
    let pods: WatchCache
    let replicaSets: WatchCache
    let deployments: WatchCache
    let jobs: WatchCache
    let nodes: WatchCache

    init(_ client: KubeClient, logger: Logger) {
        var options = WatchCache.Options()
        options.transform = { $0.metadata.fields["managedFields"] = nil }
        func cache(_ resource: GroupVersionResource, _ indexes: [CacheIndex] = []) -> WatchCache {
            WatchCache(
                client, resource, namespace: nil, mode: .full, indexes: indexes, options: options,
                logger: logger)
        }
        pods = cache(.pods, [.controller, .orphans])
        replicaSets = cache(.replicaSets, [.controller, .orphans])
        deployments = cache(.deployments, [.namespace])
        jobs = cache(.jobs, [.namespace])
        nodes = cache(GroupVersionResource(version: "v1", resource: "nodes"))
    }

    var all: [WatchCache] { [pods, replicaSets, deployments, jobs, nodes] }
}

extension WatchCache {
    /// The objects that an owner controls and those of its namespace that nobody controls.
    func candidates(for owner: Value) -> [Value] {
        let metadata = owner.metadata
        return objects(index: "controller", value: metadata.uid).compactMap(\.value)
            + objects(index: "orphans", value: metadata.namespace).compactMap(\.value)
    }
}

extension CacheIndex {
    /// Objects by the uid of the owner that controls them.
    static let controller = CacheIndex("controller") { object in
        object.metadata.controller.map { [$0.uid] } ?? []
    }

    /// Objects that nobody controls, by namespace.
    static let orphans = CacheIndex("orphans") { object in
        object.metadata.controller == nil ? [object.metadata.namespace] : []
    }
}

extension KeySource<ObjectKey> {
    /// The keys of owners in `owners` whose selector matches objects of `cache` that nobody controls, so that these
    /// are adopted.
    static func adopters(of cache: WatchCache, among owners: WatchCache) -> KeySource {
        events(of: cache) { event in
            let object = event.object
            guard let value = object.value, value.metadata.controller == nil, !value.metadata.isDeleting
            else { return [] }
            let labels = value.metadata.labels
            return owners.objects.filter { owner in
                guard owner.key.namespace == object.key.namespace,
                    let field = owner.value?["spec"]?["selector"],
                    let selector = try? LabelSelector(field: field)
                else { return false }
                return selector.matches(labels)
            }.map(\.key)
        }
    }
}
