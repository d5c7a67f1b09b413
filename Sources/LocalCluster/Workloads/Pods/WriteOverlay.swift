import KubeClient
import KubeModel
import Manifest
import Synchronization

/// What this process has written and a cache may not show yet, laid over the cache.
///
/// A controller that counted only what its cache shows would create a pod twice when it is called between its own
/// write and the write's event. Resource versions of one server are ordered numbers, so a cache shows a write as soon
/// as its own version has reached the write's.
final class WriteOverlay: Sendable {
    private struct State {
        /// Created objects that may be missing from the cache, by owner.
        var created: [String: [Value]] = [:]
        /// The uids of objects whose deletion was accepted, by owner.
        var deleted: [String: Set<String>] = [:]
    }

    private let cache: WatchCache
    private let state = Mutex(State())

    init(over cache: WatchCache) {
        self.cache = cache
    }

    /// Notes an object that was created for an owner, as the server answered it.
    func created(_ object: Value, for owner: String) {
        state.withLock { $0.created[owner, default: []].append(object) }
    }

    /// Notes that an object's deletion was accepted.
    func deleted(uid: String, for owner: String) {
        state.withLock { _ = $0.deleted[owner, default: []].insert(uid) }
    }

    /// Forgets what was written for an owner that is gone.
    func forget(_ owner: String) {
        state.withLock { state in
            state.created[owner] = nil
            state.deleted[owner] = nil
        }
    }

    /// The objects of an owner as they are after its writes: those the cache shows, those it does not show yet, and
    /// none twice. Deleted ones are marked as being deleted until the cache knows.
    ///
    /// - Parameter read: reads what the cache shows; called after the cache's version was taken, so that what the
    ///   version covers is among the objects.
    func objects(of owner: String, _ read: () -> [Value]) -> [Value] {
        let version = UInt64(cache.resourceVersion) ?? .max
        let shown = read()
        let uids = Set(shown.map(\.metadata.uid))
        let (created, deleted) = state.withLock { state in
            state.created[owner]?.removeAll { object in
                uids.contains(object.metadata.uid)
                    || UInt64(object.metadata.resourceVersion).map { $0 <= version } ?? true
            }
            if state.created[owner]?.isEmpty == true { state.created[owner] = nil }
            let pending = state.created[owner] ?? []
            let known = uids.union(pending.map(\.metadata.uid))
            state.deleted[owner]?.formIntersection(known)
            if state.deleted[owner]?.isEmpty == true { state.deleted[owner] = nil }
            return (pending, state.deleted[owner] ?? [])
        }
        return (shown + created).map { object in
            guard deleted.contains(object.metadata.uid), !object.metadata.isDeleting else { return object }
            var object = object
            object.metadata.deletionTimestamp = object.metadata.creationTimestamp
            return object
        }
    }
}
