public import KubeModel
public import Logging
public import Manifest
import Synchronization

/// The objects of a collection, kept up to date by a watch (client-go: an informer).
///
///     let pods = WatchCache(client, .pods, namespace: nil, mode: .metadata, indexes: [.owner])
///     try await withThrowingTaskGroup(of: Void.self) { group in
///         group.addTask { await pods.run() }
///         try await pods.waitUntilReady()
///         let mine = pods.objects(index: "owner", value: replicaSet.uid)
///         …
///     }
///
/// Reading never waits for the server. What is read may be old by the time an event takes, never wrong in
/// order: an object is never seen in an older state after a newer one.
public final class WatchCache: Sendable {
    struct State: Sendable {
        var table = ObjectTable()
        var indexes: [IndexTable]
        var progress: ListWatchState
        var epoch: UInt32 = 0
        var resourceVersion = ""
        var isReady = false
        var subscriptions: [WeakSubscription] = []
        /// Whether the consumers were told something since they were last woken.
        var hasNews = false
    }

    /// A consumer, forgotten when it forgets its events.
    struct WeakSubscription: Sendable {
        weak let subscription: Subscription?
    }

    /// What is watched.
    public let resource: GroupVersionResource
    /// The namespace whose objects are kept; nil for those of all namespaces and of the cluster.
    public let namespace: String?
    let client: KubeClient
    let selection: Selection
    let mode: CacheMode
    let indexes: [CacheIndex]
    let options: Options
    let logger: Logger
    let state: Mutex<State>
    private let readiness = WaitingList()

    /// How a cache gets its objects.
    public struct Options: Sendable {
        /// The objects of a page of a list.
        public var pageSize = 500
        /// Whether a list comes as the initial events of a watch where the server can do that, which spares the
        /// server to hold the list in memory.
        public var streamsLists = false
        /// The time without a word from the server after which a watch is given up and begun anew. Servers send
        /// a bookmark a minute.
        public var idleTimeout = Duration.seconds(150)
        /// After how many seconds the server is asked to end a watch; one of the range is drawn for each.
        public var watchSeconds = 300..<600
        /// How long the cache waits after failures before it tries again.
        public var backoff = Backoff.connection
        /// Changes every object before it is kept, to drop what nobody reads.
        public var transform: (@Sendable (inout Value) -> Void)?

        /// The settings of a cache where nobody says otherwise.
        public init() {}
    }

    /// A cache that is empty until ``run()``.
    ///
    /// - Parameters:
    ///   - mode: how much of each object is kept.
    ///   - indexes: by what else than their names objects are looked up; names must differ.
    public init(
        _ client: KubeClient, _ resource: GroupVersionResource, namespace: String?,
        selection: Selection = .all, mode: CacheMode, indexes: [CacheIndex] = [],
        options: Options = Options(),
        logger: Logger = Logger(label: "kube.cache")
    ) {
        self.client = client
        self.resource = resource
        self.namespace = namespace
        self.selection = selection
        self.mode = mode
        self.indexes = indexes
        self.options = options
        self.logger = logger
        state = Mutex(
            State(
                indexes: indexes.map { _ in IndexTable() },
                progress: ListWatchState(streamsLists: options.streamsLists, backoff: options.backoff)))
    }

    /// The number of objects.
    public var count: Int { state.withLock { $0.table.count } }

    /// Whether the collection has been listed once, so that what is not here does not exist.
    public var isReady: Bool { state.withLock { $0.isReady } }

    /// The state of the store that the cache shows, empty before it is ready.
    public var resourceVersion: String { state.withLock { $0.resourceVersion } }

    /// Returns when the collection has been listed once.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilReady() async throws {
        while true {
            let ticket = readiness.ticket()
            defer { readiness.discard(ticket) }
            if isReady { return }
            await readiness.wait(ticket)
            try Task.checkCancellation()
        }
    }

    /// The object of a key, nil where there is none.
    public subscript(key: ObjectKey) -> CachedObject? {
        state.withLock { state in
            state.table.slot(of: key).flatMap { state.table.object(in: $0) }
        }
    }

    /// All objects, in no particular order.
    public var objects: [CachedObject] {
        state.withLock { state in state.table.slots.compactMap { state.table.object(in: $0) } }
    }

    /// The objects found under a value of an index, in no particular order; none for an unknown index.
    public func objects(index name: String, value: String) -> [CachedObject] {
        guard let place = indexes.firstIndex(where: { $0.name == name }) else { return [] }
        return state.withLock { state in
            state.indexes[place][value].compactMap { state.table.object(in: $0) }
        }
    }

    /// How many objects are found under any value of an index; none for an unknown index.
    public func count(index name: String) -> Int {
        guard let place = indexes.firstIndex(where: { $0.name == name }) else { return 0 }
        return state.withLock { $0.indexes[place].count }
    }

    /// The events from here on, after an `added` for every object there is.
    public func subscribe() -> CacheEvents {
        let subscription = Subscription()
        state.withLock { state in
            for slot in state.table.slots { subscription.push(old: nil, new: state.table.object(in: slot)) }
            state.subscriptions.append(WeakSubscription(subscription: subscription))
        }
        return CacheEvents(subscription: subscription)
    }

    func announceReadiness() { readiness.wakeAll() }
}
