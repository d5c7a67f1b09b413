public import KubeModel

/// Where a controller hears of keys that need work.
public struct KeySource<Key: Hashable & Sendable>: Sendable {
    /// Returns when the source knows the present state.
    let waitUntilReady: @Sendable () async throws -> Void
    /// Tells keys until the task is cancelled.
    let follow: @Sendable (_ add: @Sendable (Key) -> Void) async -> Void

    /// A source of any kind.
    ///
    /// - Parameters:
    ///   - waitUntilReady: returns when keys may be worked on.
    ///   - follow: calls the closure it is given for every key, until the task is cancelled.
    public init(
        waitUntilReady: @escaping @Sendable () async throws -> Void = {},
        follow: @escaping @Sendable (_ add: @Sendable (Key) -> Void) async -> Void
    ) {
        self.waitUntilReady = waitUntilReady
        self.follow = follow
    }

    /// The keys that a closure makes of the events of a cache, which somebody else runs.
    public static func events(
        of cache: WatchCache, where predicate: EventPredicate = .all,
        keys: @escaping @Sendable (CacheEvent) -> [Key]
    ) -> KeySource {
        KeySource(waitUntilReady: { try await cache.waitUntilReady() }) { add in
            for await event in cache.subscribe() where predicate(event) {
                for key in keys(event) { add(key) }
            }
        }
    }
}

extension KeySource<ObjectKey> {
    /// The keys of the objects of a cache as they change.
    public static func objects(of cache: WatchCache, where predicate: EventPredicate = .all) -> KeySource {
        events(of: cache, where: predicate) { [$0.key] }
    }

    /// The keys of the owners that control the objects of a cache, as those change.
    ///
    /// Where an object changes hands, both its old and its new owner are told. The cache must keep metadata.
    /// - Parameter kind: of which kind the owners are; others are passed over.
    public static func owners(
        of cache: WatchCache, kind: GroupKind, where predicate: EventPredicate = .all
    ) -> KeySource {
        events(of: cache, where: predicate) { event in
            let states: [CachedObject]
            switch event {
            case .added(let object), .deleted(let object): states = [object]
            case .modified(let old, let new): states = [old, new]
            }
            var keys: [ObjectKey] = []
            for object in states {
                guard let owner = object.value?.metadata.controller, owner.kind == kind.kind,
                    GroupVersionKind(apiVersion: owner.apiVersion, kind: owner.kind).group == kind.group
                else { continue }
                let key = ObjectKey(namespace: object.key.namespace, name: owner.name)
                if !keys.contains(key) { keys.append(key) }
            }
            return keys
        }
    }
}
