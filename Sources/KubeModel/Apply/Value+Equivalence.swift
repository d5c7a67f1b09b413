import Manifest

// structured-merge-diff compares numbers by value, whether they were written as integers or not, and orders
// values of different types: numbers, strings, booleans, lists, objects, null.

extension Value {
    /// Whether two values are the same to server-side apply: `1` equals `1.0`, the order of keys does not count.
    func isEquivalent(to other: Value) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): return left == right
        case (.integer, .double), (.double, .integer), (.double, .double):
            return doubleValue == other.doubleValue
        case (.string(let left), .string(let right)): return left == right
        case (.bool(let left), .bool(let right)): return left == right
        case (.null, .null): return true
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            for pair in left {
                guard let twin = right[pair.key], pair.value.isEquivalent(to: twin) else { return false }
            }
            return true
        default: return false
        }
    }

    /// Feeds a hasher so that equivalent values have one hash.
    func hashEquivalence(into hasher: inout Hasher) {
        switch self {
        case .integer, .double: hasher.combine(doubleValue)
        case .array(let items): hasher.combine(items.count)
        case .object(let object): hasher.combine(object.count)
        default: hasher.combine(self)
        }
    }

    /// Negative, zero or positive as the value comes before, equals or comes after another.
    func order(to other: Value) -> Int {
        let ranks = rank - other.rank
        if ranks != 0 { return ranks }
        switch (self, other) {
        case (.integer(let left), .integer(let right)): return left < right ? -1 : left == right ? 0 : 1
        case (.string(let left), .string(let right)): return left.byteOrder(to: right)
        case (.bool(let left), .bool(let right)): return left == right ? 0 : left ? 1 : -1
        case (.array(let left), .array(let right)):
            for (one, another) in zip(left, right) {
                let items = one.order(to: another)
                if items != 0 { return items }
            }
            return left.count - right.count
        case (.object(let left), .object(let right)): return left.order(to: right)
        case (.null, _): return 0
        default:
            let (left, right) = (doubleValue ?? 0, other.doubleValue ?? 0)
            return left < right ? -1 : left == right ? 0 : 1
        }
    }

    private var rank: Int {
        switch self {
        case .integer, .double: 0
        case .string: 1
        case .bool: 2
        case .array: 3
        case .object: 4
        case .null: 5
        }
    }

    /// The value as a path in a message spells it.
    var mergeDescription: String {
        switch self {
        case .null: "null"
        case .bool, .integer, .double: GoFormat.description(of: self)
        case .string(let text): GoFormat.quoted(text)
        case .array(let items): "[" + items.map(\.mergeDescription).joined(separator: ",") + "]"
        case .object(let object): object.map { "\($0.key)=\($0.value.mergeDescription)" }.joined()
        }
    }
}

extension Object {
    /// The order of two objects: by their sorted keys, then by the values of those.
    fileprivate func order(to other: Object) -> Int {
        var (left, right) = (self, other)
        left.sortKeys()
        right.sortKeys()
        for (one, another) in zip(left, right) {
            let keys = one.key.byteOrder(to: another.key)
            if keys != 0 { return keys }
            let values = one.value.order(to: another.value)
            if values != 0 { return values }
        }
        return left.count - right.count
    }
}

extension String {
    /// The order of two texts by their bytes, as Go compares them: negative, zero or positive.
    func byteOrder(to other: String) -> Int {
        if self == other { return 0 }
        return utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
    }
}
