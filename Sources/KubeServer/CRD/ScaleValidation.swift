import KubeModel
import Manifest

/// Checks that a custom resource has numbers where its definition says its scale has them.
enum ScaleValidation {
    /// The faults of an object, in the words of apimachinery's accessors.
    static func faults(of object: Value, _ scale: CustomVersion.Scale) -> [FieldError] {
        var faults = number(scale.specReplicasPath, in: object) + number(scale.statusReplicasPath, in: object)
        if let path = scale.labelSelectorPath, let value = value(at: path, in: object),
            value.stringValue == nil
        {
            faults.append(.invalid(FieldPath(path), "", mismatch(path, value, expected: "string")))
        }
        return faults
    }

    private static func number(_ path: String, in object: Value) -> [FieldError] {
        guard let value = value(at: path, in: object) else { return [] }
        guard case .integer(let number) = value else {
            return [.invalid(FieldPath(path), 0, mismatch(path, value, expected: "int64"))]
        }
        if number < 0 {
            return [.invalid(FieldPath(path), value, "should be a non-negative integer")]
        }
        if number > Int64(Int32.max) {
            return [
                .invalid(FieldPath(path), value, "should be less than or equal to \(Int32.max)")
            ]
        }
        return []
    }

    private static func value(at path: String, in object: Value) -> Value? {
        var node: Value? = object
        for key in path.split(separator: ".") { node = node?[String(key)] }
        return node
    }

    private static func mismatch(_ path: String, _ value: Value, expected: String) -> String {
        "\(path) accessor error: \(GoFormat.description(of: value)) is of the type \(goType(value)), "
            + "expected \(expected)"
    }

    private static func goType(_ value: Value) -> String {
        switch value {
        case .null: "<nil>"
        case .bool: "bool"
        case .integer: "int64"
        case .double: "float64"
        case .string: "string"
        case .array: "[]interface {}"
        case .object: "map[string]interface {}"
        }
    }
}
