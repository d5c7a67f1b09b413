/// A hash table from keys to slots that keeps no keys of its own: four bytes a place, three quarters full.
///
/// A dictionary would hold every key a second time, which is more than a cache of fingerprints spends on all
/// the rest.
struct SlotIndex: Sendable {
    private static let vacant = UInt32.max
    private var places = [UInt32](repeating: vacant, count: 16)
    private var count = 0

    /// The slot that answers to a hash and satisfies the predicate.
    func slot(hash: Int, where matches: (UInt32) -> Bool) -> UInt32? {
        place(hash: hash, where: matches).map { places[$0] }
    }

    /// Adds a slot that is not there yet.
    ///
    /// - Parameter hashOf: answers the hash of a slot that was added before.
    mutating func insert(_ slot: UInt32, hash: Int, hashOf: (UInt32) -> Int) {
        if (count + 1) * 4 > places.count * 3 {
            let slots = places.filter { $0 != Self.vacant }
            places = [UInt32](repeating: Self.vacant, count: places.count * 2)
            for slot in slots { put(slot, hash: hashOf(slot)) }
        }
        put(slot, hash: hash)
        count += 1
    }

    /// Removes a slot and closes the gap, so that no search ends too early.
    mutating func remove(_ slot: UInt32, hash: Int, hashOf: (UInt32) -> Int) {
        guard var gap = place(hash: hash, where: { $0 == slot }) else { return }
        let mask = places.count - 1
        var next = (gap + 1) & mask
        while places[next] != Self.vacant {
            let home = hashOf(places[next]) & mask
            // It may move into the gap unless its search begins behind the gap.
            if (next &- home) & mask >= (next &- gap) & mask {
                places[gap] = places[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        places[gap] = Self.vacant
        count -= 1
    }

    private func place(hash: Int, where matches: (UInt32) -> Bool) -> Int? {
        let mask = places.count - 1
        var place = hash & mask
        while places[place] != Self.vacant {
            if matches(places[place]) { return place }
            place = (place + 1) & mask
        }
        return nil
    }

    private mutating func put(_ slot: UInt32, hash: Int) {
        let mask = places.count - 1
        var place = hash & mask
        while places[place] != Self.vacant { place = (place + 1) & mask }
        places[place] = slot
    }
}
