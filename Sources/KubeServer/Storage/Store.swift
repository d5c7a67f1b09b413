import Synchronization

/// All objects of the API server: held in memory, written through to SQLite, ordered by one revision.
///
/// Reading never waits for the disk. A write is decided against the newest state, queued, and committed
/// together with all writes queued meanwhile; it is answered, and visible to readers, only once it is durable.
public final class Store: Sendable {
    let database: StoreDatabase
    let limits: HistoryLimits
    private let cache: Mutex<Cache>
    let queue: Mutex<WriteQueue>

    /// Where a store keeps its objects.
    public enum Location: Sendable, Hashable {
        /// In a SQLite file, made where it does not exist.
        case file(path: String)
        /// In memory, gone with the process; for tests.
        case memory
    }

    /// What readers see. Changed only by the writer, a whole batch at a time.
    struct Cache {
        var revision: UInt64
        var resources: [String: ResourceCache] = [:]
        var isClosed = false
        /// Whether no watch may wait any more.
        var hasEndedWatches = false
        var nextWaiter: UInt64 = 0
        /// Readers of all resources that have seen everything, by the number they were given.
        var followers: [UInt64: ResourceCache.Waiter] = [:]

        /// The cache of a resource, begun where there is none. Nothing of it changed before `initialRevision`.
        let initialRevision: UInt64

        subscript(resource: String) -> ResourceCache {
            get { resources[resource] ?? ResourceCache(floor: initialRevision) }
            _modify { yield &resources[resource, default: ResourceCache(floor: initialRevision)] }
        }
    }

    /// Opens a store and reads its objects into memory.
    ///
    /// - Throws: ``ServerError`` with `inUse`, `storage` or `corruptStore`.
    public init(_ location: Location, history: HistoryLimits = HistoryLimits()) throws {
        limits = history
        switch location {
        case .file(let path): database = try StoreDatabase(.file(path))
        case .memory: database = try StoreDatabase(.memory)
        }
        var loaded: [String: [StoredObject]] = [:]
        let revision = try database.load { key, object in loaded[key.resource, default: []].append(object) }
        var cache = Cache(revision: revision, initialRevision: revision)
        for (resource, objects) in loaded {
            for object in objects { cache[resource].load(object) }
        }
        self.cache = Mutex(cache)
        queue = Mutex(WriteQueue(revision: revision))
    }

    /// The revision of the last durable write.
    public var revision: UInt64 { cache.withLock { $0.revision } }

    /// Whether the store has been closed, so that nothing will change any more.
    var isClosed: Bool { cache.withLock { $0.isClosed } }

    /// The current state of an object, nil where there is none.
    public func object(_ key: ObjectKey) -> StoredObject? {
        cache.withLock { $0.resources[key.resource]?.objects[key.path] }
    }

    func withCache<Result: Sendable>(_ body: (inout sending Cache) -> sending Result) -> sending Result {
        cache.withLock(body)
    }

    /// Ends every watch, refuses further writes and closes the database after those already queued.
    public func close() throws {
        queue.withLock { $0.isClosed = true }
        let waiters = cache.withLock { cache in
            cache.isClosed = true
            cache.hasEndedWatches = true
            return cache.takeWaiters()
        }
        for waiter in waiters { waiter.continuation.resume() }
        try database.close()
    }
}
