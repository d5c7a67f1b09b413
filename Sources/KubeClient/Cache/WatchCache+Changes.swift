import KubeModel
import Manifest
import Synchronization

// How the objects change. All of it is done by the one task that runs the cache.

extension WatchCache {
    /// An object as the cache keeps it, made before the lock is taken.
    private struct Entry {
        let object: CachedObject
        let indexValues: [[String]]
    }

    private func entry(_ value: Value) -> Entry {
        var value = value
        options.transform?(&value)
        let metadata = value.metadata
        return Entry(
            object: CachedObject(
                key: ObjectKey(namespace: metadata.namespace, name: metadata.name), uid: metadata.uid,
                resourceVersion: metadata.resourceVersion, generation: metadata.generation,
                content: CachedObject.Content(value, mode: mode)),
            indexValues: indexes.map { $0.values(value) })
    }

    /// Changes the state and wakes the consumers that were told of it, once the lock is given back.
    private func change<Answer: Sendable>(_ body: (inout State) -> Answer) -> Answer {
        let (answer, consumers) = state.withLock { state in
            let answer = body(&state)
            defer { state.hasNews = false }
            return (answer, state.hasNews ? state.subscriptions : [])
        }
        for consumer in consumers { consumer.subscription?.wake() }
        return answer
    }

    /// Says that a listing begins; what it does not see until ``endListing(at:)`` is gone.
    func beginListing() {
        state.withLock { $0.epoch &+= 1 }
    }

    /// Notes that an object exists in this state.
    func store(_ value: Value) {
        let entry = entry(value)
        change { state in
            if let slot = state.table.slot(of: entry.object.key),
                let known = state.table.object(in: slot), known.uid == entry.object.uid,
                known.resourceVersion == entry.object.resourceVersion
            {
                state.table.touch(slot, epoch: state.epoch)
                return
            }
            let (slot, old) = state.table.store(entry.object, epoch: state.epoch)
            for (place, values) in entry.indexValues.enumerated() {
                state.indexes[place].set(values, for: slot)
            }
            state.publish(old: old, new: entry.object)
        }
    }

    /// Notes that an object is gone.
    func remove(_ value: Value) {
        let key = ObjectKey(value)
        change { state in
            if let slot = state.table.slot(of: key) { state.remove(slot) }
        }
    }

    /// Says that the listing is complete, and that what it has not seen is gone.
    func endListing(at resourceVersion: String) {
        let becameReady = change { state in
            for slot in state.table.slots(before: state.epoch) { state.remove(slot) }
            state.progress.listed(at: resourceVersion)
            state.resourceVersion = resourceVersion
            defer { state.isReady = true }
            return !state.isReady
        }
        if becameReady { announceReadiness() }
    }

    /// Notes up to where the watch has come.
    func advance(to resourceVersion: String) {
        state.withLock { state in
            state.progress.advanced(to: resourceVersion)
            // While initial events arrive, the cache shows no single state.
            if state.isReady, !resourceVersion.isEmpty { state.resourceVersion = resourceVersion }
        }
    }
}

extension WatchCache.State {
    fileprivate mutating func remove(_ slot: UInt32) {
        for place in indexes.indices { indexes[place].set([], for: slot) }
        publish(old: table.remove(slot), new: nil)
    }

    /// Tells the consumers, and forgets those that are gone.
    fileprivate mutating func publish(old: CachedObject?, new: CachedObject?) {
        hasNews = true
        var hasGone = false
        for weak in subscriptions {
            if let subscription = weak.subscription {
                subscription.push(old: old, new: new)
            } else {
                hasGone = true
            }
        }
        if hasGone { subscriptions.removeAll { $0.subscription == nil } }
    }
}
