/// What expressions compute with: the values of Go that expr-lang knows, NaN and infinities among them.
public enum ExpressionValue: Sendable {
    case null
    case bool(Bool)
    /// Go's `int`, which wraps around.
    case int(Int)
    case float(Double)
    case string(String)
    case array([ExpressionValue])
    case map([String: ExpressionValue])
    /// A point in time as nanoseconds since 1970 in UTC.
    case time(nanoseconds: Int64)
    /// A span of time, which wraps around as Go's does.
    case duration(nanoseconds: Int64)

    /// The name of the type as Go's `%T` prints it.
    var typeName: String {
        switch self {
        case .null: "<nil>"
        default: type.description
        }
    }

    /// The type that the value has for the checker; what a list holds is not looked at.
    public var type: ExpressionType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .float: .float
        case .string: .string
        case .array: .array(of: .any)
        case .map: .map
        case .time: .time
        case .duration: .duration
        }
    }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// A number of either kind as a float.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }
}
