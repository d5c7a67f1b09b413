/// Elements at fixed places, in chunks, so that growing copies nothing and leaves no slack.
struct SlotArray<Element: Sendable>: Sendable {
    private static var chunkSize: Int { 256 }

    private var chunks: [ContiguousArray<Element?>] = []
    private var free: [UInt32] = []
    private(set) var count = 0

    /// Puts an element into a free slot and answers which.
    mutating func insert(_ element: Element) -> UInt32 {
        count += 1
        if let slot = free.popLast() {
            self[slot] = element
            return slot
        }
        if chunks.last.map({ $0.count == Self.chunkSize }) ?? true {
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(Self.chunkSize)
        }
        chunks[chunks.count - 1].append(element)
        return UInt32((chunks.count - 1) * Self.chunkSize + chunks[chunks.count - 1].count - 1)
    }

    /// Empties a slot.
    mutating func remove(_ slot: UInt32) {
        self[slot] = nil
        free.append(slot)
        count -= 1
    }

    /// The element of a slot, nil where it is empty.
    subscript(slot: UInt32) -> Element? {
        get { chunks[Int(slot) / Self.chunkSize][Int(slot) % Self.chunkSize] }
        _modify { yield &chunks[Int(slot) / Self.chunkSize][Int(slot) % Self.chunkSize] }
    }

    /// The slots that hold an element, in order.
    var occupied: [UInt32] {
        var slots: [UInt32] = []
        slots.reserveCapacity(count)
        for (number, chunk) in chunks.enumerated() {
            for place in chunk.indices where chunk[place] != nil {
                slots.append(UInt32(number * Self.chunkSize + place))
            }
        }
        return slots
    }
}
