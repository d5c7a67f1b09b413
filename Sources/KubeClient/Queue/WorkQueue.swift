import Synchronization

/// Keys that need work, shared between those who notice and those who work.
///
///     while let key = await queue.next() {
///         defer { queue.done(key) }
///         …
///     }
///
/// See ``WorkQueueState`` for what it promises. Adding never waits.
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private let state: Mutex<WorkQueueState<Key>>
    private let workers = WaitingList()
    private let timeline: Timeline
    private let jitter: Jitter

    /// A queue over an initial state, which carries the backoff.
    public init(
        _ state: WorkQueueState<Key> = WorkQueueState(), timeline: Timeline = .continuous,
        jitter: Jitter = Jitter()
    ) {
        self.state = Mutex(state)
        self.timeline = timeline
        self.jitter = jitter
    }

    /// The keys that wait for a worker.
    public var depth: Int { state.withLock { $0.depth } }
    /// Whether no key waits, is delayed or is being worked on.
    public var isIdle: Bool { state.withLock { $0.isIdle } }

    /// Says that a key needs work.
    public func add(_ key: Key) {
        if state.withLock({ $0.add(key) }) { workers.wakeOne() }
    }

    /// Says that a key needs work after a while; the earliest moment asked for a key counts.
    public func add(_ key: Key, after delay: Duration) {
        let now = timeline.now
        if state.withLock({ $0.add(key, at: now + delay, now: now) }) { workers.wakeOne() }
    }

    /// Says that work on a key failed and must be done again, later each time.
    public func addAfterFailure(_ key: Key) {
        let now = timeline.now
        let random = jitter.next()
        if state.withLock({ $0.addAfterFailure(key, now: now, random: random) }) { workers.wakeOne() }
    }

    /// Says that work on a key succeeded, so that its next failure counts as the first.
    public func forget(_ key: Key) {
        state.withLock { $0.forget(key) }
    }

    /// How often work on a key failed since it last succeeded.
    public func failureCount(_ key: Key) -> Int {
        state.withLock { $0.failureCount(key) }
    }

    /// Waits for a key; the caller is its only worker until it calls ``done(_:)``.
    ///
    /// - Returns: nil when the queue is shut down and empty, or the task is cancelled.
    public func next() async -> Key? {
        while true {
            let ticket = workers.ticket()
            let now = timeline.now
            switch state.withLock({ $0.next(now: now) }) {
            case .work(let key):
                workers.giveBack(ticket)
                // This worker may have been the one that watched the clock, and several keys may be due.
                if state.withLock({ $0.depth > 0 || $0.delayedCount > 0 }) { workers.wakeOne() }
                return key
            case .finish:
                workers.giveBack(ticket)
                return nil
            case .wait(let deadline):
                await workers.wait(ticket, until: deadline, on: timeline)
                if Task.isCancelled {
                    workers.giveBack(ticket)
                    return nil
                }
                workers.discard(ticket)
            }
        }
    }

    /// Says that the worker has left the key.
    public func done(_ key: Key) {
        if state.withLock({ $0.done(key) }) { workers.wakeOne() }
    }

    /// Refuses new keys and lets workers finish those that wait; then ``next()`` answers nil.
    public func shutDown() {
        state.withLock { $0.shutDown() }
        workers.wakeAll()
    }
}
