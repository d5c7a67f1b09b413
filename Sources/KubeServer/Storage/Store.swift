import Synchronization

/// All objects of the API server: held in memory, written through to SQLite, ordered by one revision.
///
/// Reading never waits for the disk. A write is decided against the current state, queued, and committed
/// together with all writes queued meanwhile; it is answered, and visible to anyone, only once it is durable.
public final class Store: Sendable {
    private let database: StoreDatabase
    private let limits: HistoryLimits
    private let cache: Mutex<Cache>
    private let queue = Mutex(Queue())

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
        var nextWaiter: UInt64 = 0

        /// The cache of a resource, begun where there is none. Nothing of it changed before `initialRevision`.
        let initialRevision: UInt64

        subscript(resource: String) -> ResourceCache {
            get { resources[resource] ?? ResourceCache(floor: initialRevision) }
            _modify { yield &resources[resource, default: ResourceCache(floor: initialRevision)] }
        }
    }

    private struct Queue {
        var writes: [any PendingWrite] = []
        var isDraining = false
        var isClosed = false
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
    }

    /// The revision of the last durable write.
    public var revision: UInt64 { cache.withLock { $0.revision } }

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
            return cache.takeWaiters()
        }
        for waiter in waiters { waiter.continuation.resume() }
        try database.close()
    }
}

// MARK: - Writing

extension Store {
    /// What a write does to its object.
    public enum Change: Sendable {
        /// Leaves the object as it is; nothing is written.
        case none
        /// Creates the object or replaces its state.
        case put(ObjectDraft)
        /// Removes the object; the draft is the last state watchers see.
        case delete(ObjectDraft)
    }

    /// Changes one object, whatever else is written at the same time.
    ///
    /// `decide` is called with the object's current state and answers what becomes of it. Where another write
    /// came first, it is called a second time, on the writer, where nothing can come between; so it must have
    /// no effect but its answer and should be quick.
    ///
    /// - Returns: the state the object has after the write, nil where there is none or it was removed, and
    ///   what `decide` answered beside the change.
    /// - Throws: what `decide` throws; ``ServerError`` where the write could not be made durable, in which
    ///   case it did not happen.
    @discardableResult
    public func write<Extra: Sendable>(
        _ key: ObjectKey, _ decide: @escaping @Sendable (StoredObject?) throws -> (Change, Extra)
    ) async throws -> (object: StoredObject?, extra: Extra) {
        let current = object(key)
        let (change, extra) = try decide(current)
        if case .none = change { return (current, extra) }
        return try await withCheckedThrowingContinuation { continuation in
            enqueue(
                Write(
                    key: key, expected: current, change: change, extra: extra, decide: decide,
                    continuation: continuation))
        }
    }

    private func enqueue(_ write: any PendingWrite) {
        enum Next { case wait, drain, refuse }
        let next: Next = queue.withLock { queue in
            if queue.isClosed { return .refuse }
            queue.writes.append(write)
            if queue.isDraining { return .wait }
            queue.isDraining = true
            return .drain
        }
        switch next {
        case .wait: break
        case .drain: database.schedule { self.drain($0) }
        case .refuse: write.fail(ServerError(.closed, "the server is shutting down; try again later"))
        }
    }

    /// Commits what is queued, and what is queued meanwhile, batch by batch. Runs on the writer.
    private func drain(_ writer: borrowing StoreDatabase.Writer) {
        while true {
            let batch: [any PendingWrite] = queue.withLock { queue in
                if queue.writes.isEmpty { queue.isDraining = false }
                defer { queue.writes = [] }
                return queue.writes
            }
            if batch.isEmpty { return }
            commit(batch, to: writer)
        }
    }

    private func commit(_ batch: [any PendingWrite], to writer: borrowing StoreDatabase.Writer) {
        var events: [(resource: String, event: ChangeEvent)] = []
        do {
            var pending = PendingStates(store: self)
            var isOpen = false
            for write in batch {
                let before = pending[write.key]
                guard let event = write.perform(on: before, revision: pending.revision + 1) else { continue }
                if !isOpen {
                    try writer.begin()
                    isOpen = true
                }
                switch event.kind {
                case .added, .modified: try writer.put(event.object, resource: write.key.resource)
                case .deleted: try writer.delete(write.key.path, resource: write.key.resource)
                }
                pending.apply(event, key: write.key)
                events.append((write.key.resource, event))
            }
            if isOpen { try writer.commit(revision: pending.revision) }
        } catch {
            writer.rollback()
            // Writes of this batch may have been decided by states that never came to be: none is answered.
            let failure = ServerError(.storage, "the write could not be made durable: \(error)")
            for write in batch { write.fail(failure) }
            return
        }
        publish(events)
        for write in batch { write.finish() }
    }

    private func publish(_ events: [(resource: String, event: ChangeEvent)]) {
        guard let last = events.last else { return }
        let waiters = cache.withLock { cache -> [ResourceCache.Waiter] in
            var touched: Set<String> = []
            for (resource, event) in events {
                cache[resource].apply(event, limits: limits)
                touched.insert(resource)
            }
            cache.revision = last.event.revision
            return touched.flatMap { cache[$0].takeWaiters() }
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// The states as the writes of a batch leave them, before anyone else sees them.
    private struct PendingStates {
        let store: Store
        private(set) var revision: UInt64
        private var changed: [ObjectKey: StoredObject?] = [:]

        init(store: Store) {
            self.store = store
            revision = store.revision
        }

        subscript(key: ObjectKey) -> StoredObject? { changed[key] ?? store.object(key) }

        mutating func apply(_ event: ChangeEvent, key: ObjectKey) {
            revision = event.revision
            changed.updateValue(event.kind == .deleted ? nil : event.object, forKey: key)
        }
    }
}
