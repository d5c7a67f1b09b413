/// What is known of a value before there is one.
public indirect enum ExpressionType: Sendable, Hashable {
    /// Nothing is known.
    case any
    /// Only `nil`.
    case null
    case bool, int, float, string
    case array(of: ExpressionType)
    /// A map from strings to anything.
    case map
    case time, duration

    var isNumber: Bool { self == .int || self == .float }

    var isArray: Bool {
        if case .array = self { true } else { false }
    }

    /// Whether both are types whose values `==` and `in` can compare; unlike kinds are refused.
    func isComparable(to other: ExpressionType) -> Bool {
        self == .any || other == .any || self == .null || other == .null || isNumber && other.isNumber
            || isArray && other.isArray || self == other
    }

    /// Whether one is unknown and the other unknown or of one of the kinds.
    func mayBe(with other: ExpressionType, _ kinds: ExpressionType...) -> Bool {
        self == .any && (other == .any || kinds.contains(other)) || other == .any && kinds.contains(self)
    }
}

extension ExpressionType: CustomStringConvertible {
    /// The type as Go names it.
    public var description: String {
        switch self {
        case .any: "interface {}"
        case .null: "unknown"
        case .bool: "bool"
        case .int: "int"
        case .float: "float64"
        case .string: "string"
        case .array(let element): element == .null ? "[]interface {}" : "[]\(element)"
        case .map: "map[string]interface {}"
        case .time: "time.Time"
        case .duration: "time.Duration"
        }
    }
}
