import Git
import Synchronization

/// Trees and files of repositories by their ids, so that what two commits share is read once.
///
/// The least recently used ones go when the bytes exceed the capacity.
final class GitObjectCache: Sendable {
    enum Item: Sendable {
        case tree([TreeEntry])
        case blob([UInt8])

        var cost: Int {
            switch self {
            case .tree(let entries): 64 + entries.count * 120
            case .blob(let bytes): 64 + bytes.count
            }
        }
    }

    private struct State {
        var items: [ObjectID: (item: Item, usedAt: UInt64)] = [:]
        var cost = 0
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int = 48 << 20) { self.capacity = capacity }

    subscript(id: ObjectID) -> Item? {
        state.withLock { state in
            guard let known = state.items[id] else { return nil }
            state.clock += 1
            state.items[id] = (known.item, state.clock)
            return known.item
        }
    }

    func store(_ item: Item, _ id: ObjectID) {
        state.withLock { state in
            state.clock += 1
            if state.items.updateValue((item, state.clock), forKey: id) == nil { state.cost += item.cost }
            guard state.cost > capacity else { return }
            // A quarter goes at once, so that sorting is rare.
            for (id, entry) in state.items.sorted(by: { $0.value.usedAt < $1.value.usedAt }) {
                guard state.cost > capacity * 3 / 4 else { break }
                state.items[id] = nil
                state.cost -= entry.item.cost
            }
        }
    }
}
