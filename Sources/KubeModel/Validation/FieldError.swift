public import Manifest

/// One fault of one field, in the words of a Kubernetes API server.
///
/// A list of them becomes the `details.causes` of a `422 Invalid` answer. The texts are those of
/// apimachinery's `field.Error`, since clients and recorded conversations compare them.
public struct FieldError: Error, Sendable, Hashable {
    /// The class of a fault, as `details.causes[].reason` names it.
    public enum Reason: String, Sendable, Hashable {
        case notFound = "FieldValueNotFound"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case tooFew = "FieldValueTooFew"
        case tooShort = "FieldValueTooShort"
        case typeInvalid = "FieldValueTypeInvalid"
        case internalError = "InternalError"

        /// The words a message starts with.
        var label: String {
            switch self {
            case .notFound: "Not found"
            case .required: "Required value"
            case .duplicate: "Duplicate value"
            case .invalid, .typeInvalid: "Invalid value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            case .tooFew: "Too few"
            case .tooShort: "Too short"
            case .internalError: "Internal error"
            }
        }
    }

    public let reason: Reason
    /// The path of the field; empty for the object as a whole.
    public let field: String
    /// What is wrong, without the field: `Invalid value: "x": must be no more than 63 characters`.
    public let message: String

    private init(_ reason: Reason, _ path: FieldPath, badValue: Value? = nil, detail: String) {
        self.reason = reason
        field = path.description
        var message = reason.label
        if let badValue { message += ": " + GoJSON.badValue(badValue) }
        if !detail.isEmpty { message += ": " + detail }
        self.message = message
    }

    /// The field must be given.
    public static func required(_ path: FieldPath, _ detail: String = "") -> FieldError {
        FieldError(.required, path, detail: detail)
    }

    /// The value is malformed or out of bounds; `value` is printed with its keys in the given order.
    public static func invalid(_ path: FieldPath, _ value: Value, _ detail: String) -> FieldError {
        FieldError(.invalid, path, badValue: value, detail: detail)
    }

    /// The value is malformed, without showing it.
    public static func invalid(_ path: FieldPath, omittingValue detail: String) -> FieldError {
        FieldError(.invalid, path, detail: detail)
    }

    /// The value is not of the field's type.
    public static func typeInvalid(_ path: FieldPath, _ value: Value, _ detail: String) -> FieldError {
        FieldError(.typeInvalid, path, badValue: value, detail: detail)
    }

    /// The value is none of those that the field knows, which are listed in the given order.
    public static func notSupported(
        _ path: FieldPath, _ value: Value, supported: [String]
    ) -> FieldError {
        let list = supported.map { GoFormat.quoted($0) }.joined(separator: ", ")
        return FieldError(
            .notSupported, path, badValue: value, detail: list.isEmpty ? "" : "supported values: \(list)")
    }

    /// The value is given twice where each may be given once.
    public static func duplicate(_ path: FieldPath, _ value: Value, _ detail: String = "") -> FieldError {
        FieldError(.duplicate, path, badValue: value, detail: detail)
    }

    /// The value is well-formed, but not allowed here.
    public static func forbidden(_ path: FieldPath, _ detail: String) -> FieldError {
        FieldError(.forbidden, path, detail: detail)
    }

    /// The value names something that is not there.
    public static func notFound(_ path: FieldPath, _ value: Value, _ detail: String = "") -> FieldError {
        FieldError(.notFound, path, badValue: value, detail: detail)
    }

    /// The text is longer than `limit` bytes; it is not repeated in the message.
    public static func tooLong(_ path: FieldPath, limit: Int) -> FieldError {
        FieldError(
            .tooLong, path, detail: "may not be more than \(limit) \(limit == 1 ? "byte" : "bytes")")
    }

    /// The list has `count` items where `limit` are allowed.
    public static func tooMany(_ path: FieldPath, count: Int, limit: Int) -> FieldError {
        FieldError(
            .tooMany, path, badValue: .integer(Int64(count)),
            detail: "must have at most \(limit) \(limit == 1 ? "item" : "items")")
    }

    /// The list has `count` items where `minimum` are needed.
    public static func tooFew(_ path: FieldPath, count: Int, minimum: Int) -> FieldError {
        FieldError(
            .tooFew, path, badValue: .integer(Int64(count)),
            detail: "must have at least \(minimum) \(minimum == 1 ? "item" : "items")")
    }
}

extension FieldError: CustomStringConvertible {
    /// `spec.replicas: Invalid value: -1: must be greater than or equal to 0`.
    public var description: String { "\(field): \(message)" }
}
