/// One node of a manifest: what JSON and YAML documents are read into and written from.
///
/// Other people's objects stay in this tree from end to end, so that no field and no key order is ever
/// lost on the way through a struct. A value is 24 bytes wide, holds no reference for `null`, booleans,
/// numbers and strings of up to 15 bytes, and copies in constant time.
///
/// Equality is semantic: the order of an object's keys does not count, `1` and `1.0` differ.
public enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number that is no 64-bit integer, together with the spelling it was read in.
    case double(Real)
    case string(String)
    case array([Value])
    case object(Object)

    /// The empty object, `{}`.
    public static let emptyObject = Value.object(Object())

    /// What the node is, in the words of an error message ("a string", "an object").
    public var kindDescription: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .double: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
