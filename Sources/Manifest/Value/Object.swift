/// The pairs of a mapping in the order they were read or inserted.
///
/// Manifests have few keys per object and their order matters to the people who read the output, so pairs
/// are kept in an array and looked up by scanning. Objects that outgrow ``indexThreshold`` keep a table of
/// positions beside it, so that a ConfigMap with 100,000 keys costs no quadratic time.
public struct Object: Sendable {
    /// One key with its value.
    public struct Pair: Sendable, Hashable {
        public let key: String
        public var value: Value

        public init(key: String, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The number of pairs up to which a scan is faster than a hash table (measured: 30 to 60).
    static let indexThreshold = 48

    private var pairs: [Pair]
    /// Key to position; empty up to `indexThreshold` pairs.
    private var positions: [String: Int]

    /// An empty object.
    public init() {
        pairs = []
        positions = [:]
    }

    /// An empty object with room for `capacity` pairs.
    public init(minimumCapacity capacity: Int) {
        self.init()
        pairs.reserveCapacity(capacity)
    }

    /// An object of the given pairs; of two pairs with one key the last value wins, at the first one's place.
    public init(_ pairs: some Sequence<Pair>) {
        self.init()
        for pair in pairs { self[pair.key] = pair.value }
    }

    /// An object of pairs whose keys are known to differ, as a reader has just checked.
    init(uniquePairs pairs: [Pair]) {
        self.pairs = pairs
        positions = [:]
        if pairs.count > Self.indexThreshold { buildPositions() }
    }

    /// The keys in order.
    public var keys: some RandomAccessCollection<String> { pairs.lazy.map(\.key) }

    /// The values in the order of their keys.
    public var values: some RandomAccessCollection<Value> { pairs.lazy.map(\.value) }

    /// The value of a key, or nil where the key is absent. Assigning nil removes the key; a new key goes last.
    public subscript(key: String) -> Value? {
        get {
            guard let position = position(of: key) else { return nil }
            return pairs[position].value
        }
        _modify {
            let position = position(of: key)
            var slot: Value?
            if let position {
                // Taken out while it is changed, so that the change happens in place and copies nothing.
                slot = pairs[position].value
                pairs[position].value = .null
            }
            defer { store(slot, at: position, key: key) }
            yield &slot
        }
    }

    private mutating func store(_ value: Value?, at position: Int?, key: String) {
        switch (position, value) {
        case (let position?, let value?): pairs[position].value = value
        case (let position?, nil): remove(at: position)
        case (nil, let value?): append(key: key, value: value)
        case (nil, nil): break
        }
    }

    /// The value of a key, with `default` standing in for an absent one.
    public subscript(key: String, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        _modify {
            if position(of: key) == nil { append(key: key, value: fallback()) }
            var value = Value.null
            let place = position(of: key) ?? pairs.endIndex - 1
            swap(&value, &pairs[place].value)
            defer { swap(&value, &pairs[place].value) }
            yield &value
        }
    }

    /// Whether the key is present, be its value `null` or not.
    public func contains(key: String) -> Bool { position(of: key) != nil }

    /// The place of a key among the pairs.
    public func position(of key: String) -> Int? {
        if pairs.count > Self.indexThreshold { return positions[key] }
        for place in pairs.indices where pairs[place].key == key { return place }
        return nil
    }

    /// Removes a key and answers its value, or nil where it was absent.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> Value? {
        guard let position = position(of: key) else { return nil }
        let value = pairs[position].value
        remove(at: position)
        return value
    }

    /// Inserts a pair at a place, or replaces the value where the key is already present.
    public mutating func insert(key: String, value: Value, at place: Int) {
        if let present = position(of: key) {
            pairs[present].value = value
            return
        }
        pairs.insert(Pair(key: key, value: value), at: place)
        buildPositions()
    }

    /// Sorts the pairs by key, in the byte order that Go and kubectl sort by; nested objects stay as they are.
    public mutating func sortKeys() {
        pairs.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        buildPositions()
    }

    /// Keeps the pairs for which the predicate holds.
    public mutating func removeAll(where shouldBeRemoved: (Pair) throws -> Bool) rethrows {
        try pairs.removeAll(where: shouldBeRemoved)
        buildPositions()
    }

    /// Replaces every value by what the closure makes of it, keys and order unchanged.
    public func mapValues(_ transform: (Value) throws -> Value) rethrows -> Object {
        var copy = self
        for place in copy.pairs.indices { copy.pairs[place].value = try transform(pairs[place].value) }
        return copy
    }

    private mutating func append(key: String, value: Value) {
        pairs.append(Pair(key: key, value: value))
        if pairs.count > Self.indexThreshold + 1 {
            positions[key] = pairs.count - 1
        } else if pairs.count > Self.indexThreshold {
            buildPositions()
        }
    }

    private mutating func remove(at position: Int) {
        let removed = pairs.remove(at: position)
        guard !positions.isEmpty else { return }
        if position == pairs.count, pairs.count > Self.indexThreshold {
            positions[removed.key] = nil
        } else {
            buildPositions()
        }
    }

    private mutating func buildPositions() {
        guard pairs.count > Self.indexThreshold else {
            if !positions.isEmpty { positions = [:] }
            return
        }
        var table: [String: Int] = [:]
        table.reserveCapacity(pairs.count)
        for (place, pair) in pairs.enumerated() { table[pair.key] = place }
        positions = table
    }
}

extension Object: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { pairs.count }

    public subscript(position: Int) -> Pair { pairs[position] }

    /// Replaces the value at a place, key and order unchanged.
    public mutating func setValue(_ value: Value, at position: Int) { pairs[position].value = value }
}

extension Object: Hashable {
    /// Two objects are equal when they have the same keys with equal values, in any order.
    public static func == (left: Object, right: Object) -> Bool {
        guard left.pairs.count == right.pairs.count else { return false }
        for (place, pair) in left.pairs.enumerated() {
            let twin = right.pairs[place]
            if twin.key == pair.key {
                guard twin.value == pair.value else { return false }
            } else {
                guard let other = right[pair.key], other == pair.value else { return false }
            }
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        // The order of keys does not count, so the pairs' hashes are combined by a commutative sum.
        var sum = 0
        for pair in pairs {
            var inner = Hasher()
            pair.hash(into: &inner)
            sum &+= inner.finalize()
        }
        hasher.combine(pairs.count)
        hasher.combine(sum)
    }
}

extension Object: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements.lazy.map { Pair(key: $0.0, value: $0.1) })
    }
}
