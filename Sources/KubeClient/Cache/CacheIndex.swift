import KubeModel
public import Manifest

/// A way to find objects of a cache by something other than their name.
public struct CacheIndex: Sendable {
    /// What the index is called in look-ups; unique within a cache.
    public let name: String
    /// The values under which an object is found; computed once for each version of it.
    let values: @Sendable (Value) -> [String]

    /// An index over values that a closure takes from an object.
    ///
    /// In caches of metadata the closure sees nothing else.
    public init(_ name: String, values: @escaping @Sendable (Value) -> [String]) {
        self.name = name
        self.values = values
    }

    /// Objects by their namespace.
    public static let namespace = CacheIndex("namespace") { [$0.metadata.namespace] }

    /// Objects by the uids of their owners.
    public static let owner = CacheIndex("owner") { $0.metadata.ownerReferences.map(\.uid) }

    /// Objects by the value of a label; the index is called `label:` and the label's name.
    public static func label(_ label: String) -> CacheIndex {
        CacheIndex("label:\(label)") { object in object.metadata.labels[label].map { [$0] } ?? [] }
    }
}

/// The objects of one index, by the slots they have in the cache.
struct IndexTable: Sendable {
    private var slots: [String: Set<UInt32>] = [:]
    /// The values of the slots that have any, to remove them again.
    private var values: [UInt32: [String]] = [:]

    /// How many slots are found under any value.
    var count: Int { values.count }

    /// The slots found under a value.
    subscript(value: String) -> Set<UInt32> { slots[value] ?? [] }

    /// Replaces the values under which a slot is found.
    mutating func set(_ newValues: [String], for slot: UInt32) {
        let oldValues = values[slot] ?? []
        guard oldValues != newValues else { return }
        for value in oldValues {
            slots[value]?.remove(slot)
            if slots[value]?.isEmpty == true { slots[value] = nil }
        }
        for value in newValues { slots[value, default: []].insert(slot) }
        values[slot] = newValues.isEmpty ? nil : newValues
    }
}
