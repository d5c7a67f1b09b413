/// A dictionary that forgets what was longest not written once it is full.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var entries: [Key: (value: Value, stamp: UInt64)] = [:]
    private var stamp: UInt64 = 0
    let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    subscript(key: Key) -> Value? {
        get { entries[key]?.value }
        set {
            stamp += 1
            entries[key] = newValue.map { ($0, stamp) }
            if entries.count > capacity { forgetHalf() }
        }
    }

    /// Half at once, so that the search costs little for each entry.
    private mutating func forgetHalf() {
        let median = entries.values.map(\.stamp).sorted()[entries.count / 2]
        entries = entries.filter { $0.value.stamp >= median }
    }
}
