import KubeClient
import KubeModel
import Logging
import Manifest

/// The objects of a page, kept up to date by watches as the user who looks.
struct LiveObjects: Sendable {
    private let caches: [(collection: ObjectCollection, cache: WatchCache)]
    private let refusals: [ObjectCollection: String]

    /// Watches for the collections that could be read. A kind that the server does not know would never be ready.
    init(_ client: KubeClient, _ collections: [ObjectCollection], _ first: ObjectSet, logger: Logger) {
        refusals = first.refusals
        caches = collections.filter { first.refusals[$0] == nil && !first.absent.contains($0) }.map {
            collection in
            var options = WatchCache.Options()
            options.transform = { collection.strip(&$0) }
            return (
                collection,
                WatchCache(
                    client, collection.resource, namespace: collection.namespace, mode: .full,
                    options: options, logger: logger)
            )
        }
    }

    /// The objects as they are known now.
    var objects: ObjectSet {
        var set = ObjectSet()
        set.refusals = refusals
        for (collection, cache) in caches { set.set(cache.objects.compactMap(\.value), of: collection) }
        return set
    }

    /// Keeps the objects up to date until the task is cancelled.
    ///
    /// - Parameter onChange: called after every change, and once when all are known.
    func run(onChange: @escaping @Sendable () -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for (_, cache) in caches {
                group.addTask { await cache.run() }
                group.addTask {
                    do { try await cache.waitUntilReady() } catch { return }
                    onChange()
                    for await _ in cache.subscribe() { onChange() }
                }
            }
        }
    }

    /// Whether everything has been listed once.
    var isReady: Bool { caches.allSatisfy(\.cache.isReady) }
}
