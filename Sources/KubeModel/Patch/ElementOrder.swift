import Manifest

/// The order of a merged list: first what the patch asks for, then what the object had.
///
/// Items that the patch names stand in the patch's order, the others in the order they had. The two rows are
/// then laid into each other: an item that only the object has goes before the next item of the patch that
/// it stood before in the object.
struct ElementOrder {
    let items: [Value]
    /// The items, or objects with just the merge key, in the order the patch wants.
    let patchOrder: [Value]
    /// The items in the order the object had them.
    let serverOrder: [Value]
    /// The field that tells objects apart; empty for scalars.
    let mergeKey: String

    var sorted: [Value] {
        let patchRanks = ranks(patchOrder)
        let serverRanks = ranks(serverOrder)
        let isNamed = items.map { patchRanks[ListItems.name($0, mergeKey)] != nil }
        let named = Self.sorted(pairs(isNamed, true), by: { patchRanks[name($0)] })
        let others = Self.sorted(pairs(isNamed, false), by: { serverRanks[name($0)] })

        var result: [Value] = []
        result.reserveCapacity(items.count)
        var waiting = others[...]
        for item in named {
            if let rank = serverRanks[name(item)] {
                while let next = waiting.first, let other = serverRanks[name(next)], other < rank {
                    result.append(waiting.removeFirst())
                }
            }
            result.append(item)
        }
        return result + waiting
    }

    private func name(_ item: Value) -> Value { ListItems.name(item, mergeKey) }

    private func pairs(_ isNamed: [Bool], _ wanted: Bool) -> [Value] {
        zip(items, isNamed).filter { $0.1 == wanted }.map(\.0)
    }

    private func ranks(_ order: [Value]) -> [Value: Int] {
        Dictionary(
            zip(order.map(name), order.indices), uniquingKeysWith: { first, _ in first })
    }

    /// The items by rank, equal ranks as they stand, and those to be deleted last.
    ///
    /// An item without rank, which only an empty `$setElementOrder` lets pass, goes to the front.
    static func sorted(_ items: [Value], by rank: (Value) -> Int?) -> [Value] {
        var ranked: [(rank: Int, place: Int, item: Value)] = []
        var unranked: [Value] = []
        var deletions: [Value] = []
        for (place, item) in items.enumerated() {
            if item[PatchDirective.marker] == PatchDirective.delete {
                deletions.append(item)
            } else if let rank = rank(item) {
                ranked.append((rank, place, item))
            } else {
                unranked.append(item)
            }
        }
        ranked.sort { ($0.rank, $0.place) < ($1.rank, $1.place) }
        return unranked + ranked.map(\.item) + deletions
    }
}
