import DequeModule

/// The objects of one resource and its latest changes.
///
/// Watches read the changes from here at their own pace: the history is the buffer of every watch, so that a
/// slow reader costs nothing until it has fallen out of the history, and then is told to start anew.
struct ResourceCache: Sendable {
    private(set) var objects = SortedObjects()
    private var history: Deque<ChangeEvent> = []
    private var historyBytes = 0
    /// Every change after this revision is in the history.
    private(set) var floor: UInt64
    /// The revision of the last change, or, of what has not changed since the start, one it has not changed after.
    var lastChange: UInt64 { history.last?.revision ?? floor }
    /// Raised to end all watches of the resource, as when its definition is deleted.
    var epoch = 0
    /// Readers that have seen everything, by the number they were given.
    var waiters: [UInt64: Waiter] = [:]

    /// A watch that waits for the next change or for its deadline.
    struct Waiter: Sendable {
        let continuation: CheckedContinuation<Void, Never>
        let deadline: Duration
    }

    /// What a resource without objects, unchanged since `floor`, starts with.
    init(floor: UInt64) {
        self.floor = floor
    }

    /// Takes in an object read from the database.
    mutating func load(_ object: StoredObject) { objects.insert(object) }

    /// Performs a change and remembers it, forgetting the oldest changes beyond `limits`.
    mutating func apply(_ event: ChangeEvent, limits: HistoryLimits) {
        switch event.kind {
        case .added, .modified: objects.insert(event.object)
        case .deleted: objects.remove(event.object.path)
        }
        history.append(event)
        historyBytes += event.object.bytes.count
        while history.count > limits.events || historyBytes > limits.bytes, let oldest = history.popFirst() {
            historyBytes -= oldest.object.bytes.count
            floor = oldest.revision
        }
    }

    /// Up to `limit` changes after a revision in order, nil where some of them have been forgotten.
    func events(after revision: UInt64, limit: Int) -> [ChangeEvent]? {
        guard revision >= floor else { return nil }
        let start = firstIndex(after: revision)
        return Array(history[start..<min(start + limit, history.endIndex)])
    }

    /// The objects as they were right after a revision, nil where changes since have been forgotten.
    func objects(at revision: UInt64) -> SortedObjects? {
        guard revision >= floor else { return nil }
        var past = objects
        for event in history[firstIndex(after: revision)...].reversed() {
            if let previous = event.previous {
                past.insert(previous)
            } else {
                past.remove(event.object.path)
            }
        }
        return past
    }

    private func firstIndex(after revision: UInt64) -> Int {
        // Most readers are close to the end.
        if let last = history.last, last.revision <= revision { return history.endIndex }
        var low = history.startIndex
        var high = history.endIndex
        while low < high {
            let middle = (low + high) / 2
            if history[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// How many changes of each resource are kept for watches to resume from and for lists to continue.
public struct HistoryLimits: Sendable, Hashable {
    /// The number of changes kept for one resource.
    public var events: Int
    /// The JSON bytes of the changes kept for one resource.
    public var bytes: Int

    public init(events: Int = 10_000, bytes: Int = 16 << 20) {
        self.events = events
        self.bytes = bytes
    }
}
