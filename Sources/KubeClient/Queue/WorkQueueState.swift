import DequeModule
import HeapModule

/// The decisions of a work queue, without tasks and clocks.
///
/// The rules are client-go's (`util/workqueue`): a key waits at most once, is handed to one worker at a time,
/// and when it is added while a worker has it, it waits again as soon as that worker is done. So a worker
/// never misses a change and two workers never meet on a key.
public struct WorkQueueState<Key: Hashable & Sendable>: Sendable {
    /// What a worker should do next.
    public enum Step: Sendable, Hashable {
        /// Work on the key, then call ``WorkQueueState/done(_:)``.
        case work(Key)
        /// Nothing to do before a key is added or, if given, the moment comes.
        case wait(until: Duration?)
        /// The queue was shut down and is empty.
        case finish
    }

    private struct Delayed: Comparable, Sendable {
        let moment: Duration
        /// Breaks ties, so that keys due at once keep their order.
        let number: UInt64
        let key: Key

        static func == (left: Delayed, right: Delayed) -> Bool { left.number == right.number }
        static func < (left: Delayed, right: Delayed) -> Bool {
            (left.moment, left.number) < (right.moment, right.number)
        }
    }

    private var waiting: Deque<Key> = []
    /// Keys that need work: those waiting, and those added while a worker has them.
    private var dirty: Set<Key> = []
    private var processing: Set<Key> = []
    private var delayed: Heap<Delayed> = []
    /// The entry of `delayed` that counts for a key; others of the same key are stale.
    private var delayNumbers: [Key: (number: UInt64, moment: Duration)] = [:]
    private var nextNumber: UInt64 = 0
    private var failures: [Key: Int] = [:]
    private let backoff: Backoff
    private var overall: TokenBucket?
    /// Whether nothing is taken any more.
    public private(set) var isShutDown = false

    /// An empty queue.
    ///
    /// - Parameters:
    ///   - backoff: the delay of keys that failed, each by its own count.
    ///   - overall: a limit on retries of all keys together; nil for none.
    public init(backoff: Backoff = .workItem, overall: TokenBucket? = TokenBucket(rate: 10, burst: 100)) {
        self.backoff = backoff
        self.overall = overall
    }

    /// The keys that wait for a worker.
    public var depth: Int { waiting.count }
    /// The keys that workers have.
    public var inProgress: Int { processing.count }
    /// The keys whose moment has not come.
    public var delayedCount: Int { delayNumbers.count }
    /// Whether no key waits, is delayed or is being worked on.
    public var isIdle: Bool { waiting.isEmpty && processing.isEmpty && delayNumbers.isEmpty }

    /// Says that a key needs work.
    ///
    /// - Returns: whether a waiting worker should be woken.
    @discardableResult
    public mutating func add(_ key: Key) -> Bool {
        guard !isShutDown, dirty.insert(key).inserted else { return false }
        guard !processing.contains(key) else { return false }
        waiting.append(key)
        return true
    }

    /// Says that a key needs work from a moment on; the earliest moment asked for a key counts.
    ///
    /// - Returns: whether a waiting worker should be woken, to wait for the earlier moment.
    @discardableResult
    public mutating func add(_ key: Key, at moment: Duration, now: Duration) -> Bool {
        guard !isShutDown else { return false }
        guard moment > now else { return add(key) }
        admitDelayed(now)
        if let known = delayNumbers[key], known.moment <= moment { return false }
        let earliest = nextMoment()
        delayNumbers[key] = (nextNumber, moment)
        delayed.insert(Delayed(moment: moment, number: nextNumber, key: key))
        nextNumber += 1
        return earliest.map { moment < $0 } ?? true
    }

    /// Says that work on a key failed and must be done again, later each time.
    ///
    /// - Parameter random: a number of 0 ..< 1 for the jitter.
    /// - Returns: whether a waiting worker should be woken.
    @discardableResult
    public mutating func addAfterFailure(_ key: Key, now: Duration, random: Double) -> Bool {
        guard !isShutDown else { return false }
        let count = failures[key, default: 0] + 1
        failures[key] = count
        let ownDelay = backoff.delay(failures: count, random: random)
        let overallDelay = overall?.reserve(now: now) ?? .zero
        return add(key, at: now + max(ownDelay, overallDelay), now: now)
    }

    /// Says that work on a key succeeded, so that its next failure counts as the first.
    public mutating func forget(_ key: Key) {
        failures[key] = nil
    }

    /// How often work on a key failed since it last succeeded.
    public func failureCount(_ key: Key) -> Int { failures[key, default: 0] }

    /// Hands out the key that has waited longest.
    public mutating func next(now: Duration) -> Step {
        admitDelayed(now)
        if let key = waiting.popFirst() {
            processing.insert(key)
            dirty.remove(key)
            return .work(key)
        }
        return isShutDown ? .finish : .wait(until: nextMoment())
    }

    /// Says that the worker has left the key.
    ///
    /// - Returns: whether a waiting worker should be woken, as the key was added again meanwhile.
    @discardableResult
    public mutating func done(_ key: Key) -> Bool {
        guard processing.remove(key) != nil, dirty.contains(key) else { return false }
        waiting.append(key)
        return true
    }

    /// Refuses new keys and drops delayed ones; keys that wait are still handed out.
    public mutating func shutDown() {
        isShutDown = true
        delayed = []
        delayNumbers = [:]
    }

    /// Lets the keys wait whose moment has come.
    private mutating func admitDelayed(_ now: Duration) {
        while let first = delayed.min, first.moment <= now {
            delayed.removeMin()
            guard delayNumbers[first.key]?.number == first.number else { continue }
            delayNumbers[first.key] = nil
            add(first.key)
        }
    }

    /// The earliest moment of a delayed key. Drops stale entries on the way.
    private mutating func nextMoment() -> Duration? {
        while let first = delayed.min {
            if delayNumbers[first.key]?.number == first.number { return first.moment }
            delayed.removeMin()
        }
        return nil
    }
}
