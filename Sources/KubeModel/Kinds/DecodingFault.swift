import Manifest

/// A value that cannot be read as the type of its field, worded as Go's JSON decoder words it.
public struct DecodingFault: Error, Sendable, Hashable {
    /// What is wrong: `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
    public let message: String

    init(_ message: String) { self.message = message }

    /// Refuses a value of another JSON type than the schema's.
    static func check(_ value: Value, schema: Schema, place: FieldPlace) throws(DecodingFault) {
        guard let found = mismatch(value, schema) else { return }
        let field = place.path.isEmpty ? "value" : "struct field \(place.structure).\(place.name)"
        throw DecodingFault("json: cannot unmarshal \(found) into Go \(field) of type \(goType(of: schema))")
    }

    /// What the decoder calls the value where it does not fit; nil where it does.
    private static func mismatch(_ value: Value, _ schema: Schema) -> String? {
        switch (schema.type, value) {
        case (_, .null), (.any, _), (.object, .object), (.array, .array), (.string, .string),
            (.boolean, .bool), (.number, .integer), (.number, .double):
            nil
        case (.integer, .integer(let number)):
            schema.format == "int32" && Int32(exactly: number) == nil ? "number \(number)" : nil
        case (.integer, .double(let real)): "number \(real.text)"
        case (_, .integer), (_, .double): "number"
        case (_, .string): "string"
        case (_, .bool): "bool"
        case (_, .array): "array"
        case (_, .object): "object"
        }
    }

    private static func goType(of schema: Schema) -> String {
        switch schema.type {
        case .integer: return schema.format ?? "int"
        case .number: return "float64"
        case .boolean: return "bool"
        case .string: return schema.format == "byte" ? "[]uint8" : "string"
        case .array: return "[]" + (schema.items.map(goType) ?? "interface {}")
        case .object:
            if schema.properties.isEmpty, let entry = schema.additionalProperties {
                return "map[string]" + goType(of: entry)
            }
            return (schema.definition ?? "").split(separator: ".").suffix(2).joined(separator: ".")
        case .any: return "interface {}"
        }
    }
}

/// A field as the decoder names it: the struct it belongs to and the way from the root, without list positions.
struct FieldPlace {
    let structure: String
    let path: [String]

    var name: String { path.joined(separator: ".") }
}
