import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

/// The objects of a cluster as far as applications are concerned, kept up to date by a watch a kind.
///
/// A kind is watched from the moment an application has an object of it. Finding the objects of one application costs
/// what that application has, however many objects the cluster holds.
final class LiveState: Sendable {
    private struct State {
        var caches: [GroupKind: WatchCache] = [:]
    }

    let client: KubeClient
    let mapper: RESTMapper
    private let state = Mutex(State())
    private let requests: AsyncStream<WatchCache>
    private let requester: AsyncStream<WatchCache>.Continuation
    /// The names, as marks have them, of applications whose objects change. Whoever reads them keeps each but once, so
    /// that they are taken out as fast as they come.
    let changes: AsyncStream<String>
    private let changed: AsyncStream<String>.Continuation
    private let logger: Logger

    init(_ client: KubeClient, mapper: RESTMapper, logger: Logger) {
        self.client = client
        self.mapper = mapper
        self.logger = logger
        (requests, requester) = AsyncStream.makeStream()
        (changes, changed) = AsyncStream.makeStream()
    }

    /// Watches until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await cache in requests {
                group.addTask { await cache.run() }
                group.addTask {
                    for await event in cache.subscribe() {
                        for name in Self.applications(of: event) { self.changed.yield(name) }
                    }
                }
            }
            group.cancelAll()
        }
    }

    private static func applications(of event: CacheEvent) -> [String] {
        func name(_ object: CachedObject) -> String? {
            object.value.map { LiveSummary($0).application }.flatMap { $0.isEmpty ? nil : $0 }
        }
        switch event {
        case .added(let object), .deleted(let object): return name(object).map { [$0] } ?? []
        case .modified(let old, let new):
            let names = [name(old), name(new)].compactMap(\.self)
            return names.count == 2 && names[0] == names[1] ? [names[0]] : names
        }
    }

    /// Where objects of a kind live; begins to watch them and returns once they are known.
    ///
    /// - Throws: `KubeClientError` with code `noMatch` where the cluster does not serve the kind; `APIError`.
    func watch(_ kind: GroupVersionKind) async throws -> RESTMapping {
        let mapping = try await mapper.mapping(for: kind)
        let groupKind = GroupKind(group: kind.group, kind: kind.kind)
        let cache: WatchCache = state.withLock { state in
            if let known = state.caches[groupKind] { return known }
            var options = WatchCache.Options()
            options.transform = { LiveSummary.summarize(&$0) }
            let cache = WatchCache(
                client, mapping.resource, namespace: nil, mode: .raw, indexes: [LiveSummary.index],
                options: options, logger: logger)
            state.caches[groupKind] = cache
            requester.yield(cache)
            return cache
        }
        try await cache.waitUntilReady()
        return mapping
    }

    /// The kinds that are watched.
    var watchedKinds: [GroupKind] { state.withLock { Array($0.caches.keys) } }

    func cache(of kind: GroupKind) -> WatchCache? { state.withLock { $0.caches[kind] } }

    /// The summary of an object of a kind that is watched; nil where there is none.
    subscript(key: ResourceKey) -> LiveSummary? {
        cache(of: key.groupKind)?[ObjectKey(namespace: key.namespace, name: key.name)]?.value.map {
            LiveSummary($0)
        }
    }

    /// How many objects bear the mark of any application.
    var managedCount: Int {
        let caches = state.withLock { Array($0.caches.values) }
        return caches.reduce(0) { $0 + $1.count(index: LiveSummary.index.name) }
    }

    /// The objects that bear an application's mark.
    func objects(of application: String) -> [LiveSummary] {
        let caches = state.withLock { Array($0.caches.values) }
        return caches.flatMap { cache in
            cache.objects(index: LiveSummary.index.name, value: application)
                .compactMap { $0.value.map { LiveSummary($0) } }
        }
    }

    /// The whole object as it is at the moment; nil where there is none.
    func fetch(_ key: ResourceKey, _ mapping: RESTMapping) async throws -> Value? {
        do {
            return try await client.get(
                mapping.resource, key.name, namespace: mapping.isNamespaced ? key.namespace : nil)
        } catch let error as APIError where error.isNotFound {
            return nil
        }
    }
}

extension LiveState {
    /// Whether the watch of a kind has come as far as a resource version.
    func hasSeen(_ version: String, of kind: GroupKind) -> Bool {
        guard let cache = cache(of: kind) else { return false }
        return ResourceVersion.isAtLeast(cache.resourceVersion, version)
    }
}
