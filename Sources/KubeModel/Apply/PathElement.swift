public import Manifest

/// One step on the way to a field that a manager owns.
///
/// The order and equality are those of structured-merge-diff, in which `1` and `1.0` are one number.
public enum PathElement: Sendable {
    /// A field of an object.
    case field(String)
    /// The item of a list whose key fields have these values, sorted by name.
    case key([KeyField])
    /// The item of a set.
    case value(Value)
    /// The item at a position.
    case index(Int)

    /// A key field of a list item with its value.
    public struct KeyField: Sendable, Hashable {
        /// The name of the key field.
        public let name: String
        /// Its value, or its default where the item does not give it.
        public let value: Value

        public init(name: String, value: Value) {
            self.name = name
            self.value = value
        }

        public static func == (left: KeyField, right: KeyField) -> Bool {
            left.name == right.name && left.value.isEquivalent(to: right.value)
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            value.hashEquivalence(into: &hasher)
        }
    }

    /// The item of a list whose key fields have these values, in any order.
    static func sortedKey(_ fields: [KeyField]) -> PathElement {
        if fields.count < 2 { return .key(fields) }
        return .key(fields.sorted { $0.name.byteOrder(to: $1.name) < 0 })
    }
}

extension PathElement: Comparable, Hashable {
    /// Negative, zero or positive as the element comes before, equals or comes after another.
    func order(to other: PathElement) -> Int {
        switch (self, other) {
        case (.field(let left), .field(let right)): return left.byteOrder(to: right)
        case (.field, _): return -1
        case (_, .field): return 1
        case (.key(let left), .key(let right)): return Self.order(left, right)
        case (.key, _): return -1
        case (_, .key): return 1
        case (.value(let left), .value(let right)): return left.order(to: right)
        case (.value, _): return -1
        case (_, .value): return 1
        case (.index(let left), .index(let right)): return left < right ? -1 : left == right ? 0 : 1
        }
    }

    private static func order(_ left: [KeyField], _ right: [KeyField]) -> Int {
        for (one, other) in zip(left, right) {
            let names = one.name.byteOrder(to: other.name)
            if names != 0 { return names }
            let values = one.value.order(to: other.value)
            if values != 0 { return values }
        }
        return left.count - right.count
    }

    public static func < (left: PathElement, right: PathElement) -> Bool { left.order(to: right) < 0 }

    public static func == (left: PathElement, right: PathElement) -> Bool { left.order(to: right) == 0 }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .field(let name): hasher.combine(name)
        case .key(let fields): hasher.combine(fields)
        case .value(let value): value.hashEquivalence(into: &hasher)
        case .index(let index): hasher.combine(index)
        }
    }
}

extension PathElement: CustomStringConvertible {
    /// The element as conflict messages spell it: `.spec`, `[name="web"]`, `[="a"]`, `[3]`.
    public var description: String {
        switch self {
        case .field(let name): ".\(name)"
        case .key(let fields):
            "[" + fields.map { "\($0.name)=\($0.value.mergeDescription)" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(value.mergeDescription)]"
        case .index(let index): "[\(index)]"
        }
    }
}

extension Sequence<PathElement> {
    /// The path as conflict messages spell it: `.spec.rules[name="b"].weight`.
    public var pathDescription: String { map(\.description).joined() }
}
