import Manifest

/// A value that cannot be read as the type of its field, worded as Go's JSON decoder words it.
public struct DecodingFault: Error, Sendable, Hashable {
    private let problem: String
    /// The Go type of the field, where the decoder names type and field.
    private let type: String?
    /// The innermost struct around the value.
    private var structure: String?
    /// The way to the value from the root, without list positions.
    private var path: [String] = []

    init(_ problem: String) {
        self.problem = problem
        type = nil
    }

    private init(unfit value: String, for schema: Schema) {
        problem = "json: cannot unmarshal \(value)"
        type = Self.goType(of: schema)
    }

    /// What is wrong: `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
    public var message: String {
        guard let type else { return problem }
        let place = structure.map { "struct field \($0).\(path.joined(separator: "."))" } ?? "value"
        return "\(problem) into Go \(place) of type \(type)"
    }

    /// The fault seen from the struct that has the value, or what the value is in, in a field.
    func inField(_ name: String, of definition: String?) -> DecodingFault {
        var fault = self
        fault.path.insert(name, at: 0)
        if structure == nil {
            fault.structure = (definition ?? "").split(separator: ".").last.map(String.init) ?? ""
        }
        return fault
    }

    /// Refuses a value of another JSON type than the schema's.
    static func check(_ value: Value, schema: Schema) throws(DecodingFault) {
        if let found = mismatch(value, schema) { throw DecodingFault(unfit: found, for: schema) }
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
