import Synchronization

/// Values by key that several tasks share.
final class KeyedStore<Key: Hashable & Sendable, Item: Sendable>: Sendable {
    private let items = Mutex<[Key: Item]>([:])

    subscript(key: Key) -> Item? {
        get { items.withLock { $0[key] } }
        set { items.withLock { $0[key] = newValue } }
    }

    func removeAll(where condition: (Key) -> Bool) {
        items.withLock { items in
            for key in items.keys where condition(key) { items[key] = nil }
        }
    }
}
