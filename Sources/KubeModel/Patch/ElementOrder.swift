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
    static func sorted(_ items: [Value], by rank: (Value) -> Int?) -> [Value] {
        let isDeletion: (Value) -> Bool = { $0[PatchDirective.marker] == PatchDirective.delete }
        let ranked = items.filter { !isDeletion($0) }.map { (rank: rank($0), item: $0) }
        let places = ranked.indices.sorted { left, right in
            let (first, second) = (ranked[left].rank ?? 0, ranked[right].rank ?? 0)
            return first == second ? left < right : first < second
        }
        let isComplete = ranked.allSatisfy { $0.rank != nil }
        let sorted = isComplete ? places.map { ranked[$0].item } : sortedIncompletely(ranked)
        return sorted + items.filter(isDeletion)
    }

    /// Sorts items of which some have no rank, which only an empty `$setElementOrder` lets pass.
    ///
    /// Upstream's comparison then puts whichever item it looks at first before the other; what comes of that
    /// depends on its insertion sort, which is therefore done here step by step.
    private static func sortedIncompletely(_ items: [(rank: Int?, item: Value)]) -> [Value] {
        var items = items
        for start in items.indices.dropFirst() {
            var place = start
            while place > 0 {
                if let rank = items[place].rank, let previous = items[place - 1].rank, rank >= previous {
                    break
                }
                items.swapAt(place, place - 1)
                place -= 1
            }
        }
        return items.map(\.item)
    }
}
