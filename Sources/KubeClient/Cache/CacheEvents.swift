import DequeModule
import Synchronization

/// What happens to the objects of a cache, beginning with an `added` for every one there is.
///
/// Changes that the consumer has not come to are merged by object: it sees each object's newest state, never
/// an older one after a newer, and every deletion of an object it has seen. So it may be as slow as it likes;
/// what waits for it never outgrows the objects there are. For one consumer.
public struct CacheEvents: AsyncSequence, Sendable {
    let subscription: Subscription

    /// Iterates from the state of the cache at this moment.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(subscription: subscription) }

    /// Takes event by event.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let subscription: Subscription

        /// The next event; nil when the task is cancelled.
        public mutating func next() async -> CacheEvent? { await subscription.next() }
    }
}

/// The changes that one consumer of a cache has not seen yet.
final class Subscription: Sendable {
    private struct Change {
        /// What the consumer believes.
        let known: CachedObject?
        /// What is the case.
        var actual: CachedObject?
    }

    private struct State {
        var changes: [ObjectKey: Change] = [:]
        var order: Deque<ObjectKey> = []
    }

    private let state = Mutex(State())
    private let consumer = WaitingList()

    /// Notes a change; ``wake()`` is to follow.
    func push(old: CachedObject?, new: CachedObject?) {
        guard let key = (new ?? old)?.key else { return }
        state.withLock { state in
            if state.changes[key] != nil {
                state.changes[key]?.actual = new
            } else {
                state.changes[key] = Change(known: old, actual: new)
                state.order.append(key)
            }
        }
    }

    /// Wakes the consumer. Not to be called under a lock: waking a task can wait for one that is cancelling it,
    /// and what is done on cancellation is the consumer's business.
    func wake() { consumer.wakeOne() }

    /// Waits for an event; nil when the task is cancelled.
    func next() async -> CacheEvent? {
        while !Task.isCancelled {
            let ticket = consumer.ticket()
            if let event = take() {
                consumer.discard(ticket)
                return event
            }
            await consumer.wait(ticket)
            consumer.discard(ticket)
        }
        return nil
    }

    private func take() -> CacheEvent? {
        state.withLock { state in
            while let key = state.order.popFirst() {
                guard let change = state.changes.removeValue(forKey: key) else { continue }
                switch (change.known, change.actual) {
                case (nil, nil): continue
                case (nil, let new?): return .added(new)
                case (let old?, nil): return .deleted(old)
                case (let old?, let new?):
                    guard old.uid != new.uid else { return .modified(old: old, new: new) }
                    // Another object of the same name: the end of the old one is told first.
                    state.changes[key] = Change(known: nil, actual: new)
                    state.order.prepend(key)
                    return .deleted(old)
                }
            }
            return nil
        }
    }
}
