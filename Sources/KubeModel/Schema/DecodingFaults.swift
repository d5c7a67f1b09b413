public import Manifest

/// Why an object does not fit a server's own types, as strict decoding finds it.
public struct DecodingFaults: Sendable, Hashable {
    /// The paths of fields that the types do not have, in the document's order: `spec.containers[0].img`.
    public internal(set) var unknownFields: [String] = []
    /// The first field whose value cannot be decoded, in the words of Go's decoder.
    public internal(set) var typeFault: String?

    init() {}

    /// Whether the object fits.
    public var isEmpty: Bool { unknownFields.isEmpty && typeFault == nil }

    /// The messages of strict decoding, which are warnings or, with `fieldValidation=Strict`, one error.
    ///
    /// - Parameter duplicates: the paths of keys that the document has twice.
    public static func strictMessages(unknown: [String], duplicates: [String] = []) -> [String] {
        unknown.map { "unknown field \(GoFormat.quoted($0))" }
            + duplicates.map { "duplicate field \(GoFormat.quoted($0))" }
    }

    /// The failure a server answers with when an object cannot be decoded: `Deployment in version "v1" cannot be
    /// handled as a Deployment: …`.
    public static func failure(of kind: GroupVersionKind, as wanted: String? = nil, _ detail: String)
        -> APIError
    {
        .badRequest(
            "\(kind.kind) in version \(GoFormat.quoted(kind.version)) cannot be handled as a "
                + "\(wanted ?? kind.kind): \(detail)")
    }

    /// The failure of strict decoding.
    public static func strictFailure(of kind: GroupVersionKind, _ messages: [String]) -> APIError {
        failure(of: kind, "strict decoding error: \(messages.joined(separator: ", "))")
    }
}

extension Schema {
    /// What of an object a server's own types cannot hold. Custom resources have no such types; for them ask
    /// ``pruned(_:)`` and ``validate(_:at:)``.
    public func decodingFaults(of value: Value) -> DecodingFaults {
        var walk = DecodingWalk()
        walk.decode(value, self)
        return walk.faults
    }
}

/// One walk over an object along the types that it is decoded into.
private struct DecodingWalk {
    var faults = DecodingFaults()
    /// The names of the fields on the way, and the same with the indices of lists.
    private var fields: [String] = []
    private var path: [String] = []
    /// The type whose field is being decoded.
    private var structure = ""

    mutating func decode(_ value: Value, _ schema: Schema) {
        if value.isNull { return }
        switch schema.definition {
        case "io.k8s.apimachinery.pkg.api.resource.Quantity": return decodeQuantity(value)
        case "io.k8s.apimachinery.pkg.util.intstr.IntOrString":
            if value.stringValue == nil { expectInteger(value, "int32") }
            return
        case "io.k8s.apimachinery.pkg.apis.meta.v1.Time":
            return decodeTime(value, "2006-01-02T15:04:05Z07:00")
        case "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime":
            return decodeTime(value, "2006-01-02T15:04:05.000000Z07:00")
        default: break
        }
        switch schema.type {
        case .any: return
        case .object: decodeObject(value, schema)
        case .array:
            guard let items = value.arrayValue else { return mismatch(value, schema.goType) }
            for (index, item) in items.enumerated() {
                path.append("[\(index)]")
                if let schema = schema.items { decode(item, schema) }
                path.removeLast()
            }
        case .string:
            guard let text = value.stringValue else { return mismatch(value, schema.goType) }
            if schema.format == "byte", let place = Self.corruptByte(of: text) {
                note("illegal base64 data at input byte \(place)")
            }
        case .boolean:
            if value.boolValue == nil { mismatch(value, schema.goType) }
        case .number:
            if value.doubleValue == nil { mismatch(value, schema.goType) }
        case .integer: expectInteger(value, schema.goType)
        }
    }

    private mutating func decodeObject(_ value: Value, _ schema: Schema) {
        if schema.properties.isEmpty, schema.additionalProperties == nil { return }
        guard let object = value.objectValue else { return mismatch(value, schema.goType) }
        let outer = structure
        if !schema.properties.isEmpty {
            structure = schema.goType.split(separator: ".").last.map(String.init) ?? ""
        }
        for pair in object {
            let step = path.isEmpty ? pair.key : ".\(pair.key)"
            if let field = schema.properties[pair.key] {
                fields.append(pair.key)
                path.append(step)
                decode(pair.value, field)
                path.removeLast()
                fields.removeLast()
            } else if let other = schema.additionalProperties {
                path.append(step)
                decode(pair.value, other)
                path.removeLast()
            } else {
                faults.unknownFields.append((path + [step]).joined())
            }
        }
        structure = outer
    }

    private mutating func expectInteger(_ value: Value, _ type: String) {
        guard case .integer(let number) = value, type != "int32" || Int32(exactly: number) != nil else {
            return mismatch(value, type, spelling: value.numberSpelling)
        }
    }

    private mutating func decodeQuantity(_ value: Value) {
        do throws(KubeModelError) { _ = try Quantity(reading: value) } catch { note(error.message) }
    }

    private mutating func decodeTime(_ value: Value, _ layout: String) {
        guard let text = value.stringValue else { return mismatch(value, "string") }
        guard Timestamp(rfc3339: text) == nil else { return }
        note(
            "parsing time \(GoFormat.quoted(text)) as \(GoFormat.quoted(layout)): cannot parse "
                + "\(GoFormat.quoted(text)) as \"2006\"")
    }

    private mutating func mismatch(_ value: Value, _ type: String, spelling: String = "") {
        let place = fields.isEmpty ? "value" : "struct field \(structure).\(fields.joined(separator: "."))"
        note("json: cannot unmarshal \(value.goDescription)\(spelling) into Go \(place) of type \(type)")
    }

    private mutating func note(_ fault: String) {
        if faults.typeFault == nil { faults.typeFault = fault }
    }

    /// Where a text stops being base64, nil where it never does.
    private static func corruptByte(of text: String) -> Int? {
        let bytes = text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        for (place, byte) in bytes.dropLast(padding).enumerated() {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                continue
            default: return place
            }
        }
        let data = bytes.count - padding
        if padding > 2 || data % 4 == 1 { return padding > 2 ? data + 2 : bytes.count }
        return bytes.count.isMultiple(of: 4) ? nil : (padding == 0 ? bytes.count - data % 4 : bytes.count)
    }
}

extension Schema {
    /// The name of the Go type that a value is decoded into, as far as the schema tells.
    fileprivate var goType: String {
        if let definition { return definition.split(separator: ".").suffix(2).joined(separator: ".") }
        switch type {
        case .array: return "[]\(items?.goType ?? "interface {}")"
        case .object:
            let element = additionalProperties?.goType ?? "interface {}"
            return element == "resource.Quantity" ? "v1.ResourceList" : "map[string]\(element)"
        case .string: return format == "byte" ? "[]uint8" : "string"
        case .integer: return format ?? "int64"
        case .number: return "float64"
        case .boolean: return "bool"
        case .any: return "interface {}"
        }
    }
}

extension Value {
    /// What Go's decoder calls the value.
    fileprivate var goDescription: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// How the value was written, which Go tells of numbers that are no integers of the wanted size.
    fileprivate var numberSpelling: String {
        switch self {
        case .integer(let number): " \(number)"
        case .double(let real): " \(real.text)"
        default: ""
        }
    }
}
