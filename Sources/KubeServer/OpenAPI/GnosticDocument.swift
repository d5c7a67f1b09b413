import Manifest

/// Writes an OpenAPI 2 document as the protocol buffer `openapi.v2.Document` of google/gnostic, the only form
/// in which kubectl reads `/openapi/v2`.
///
/// Written is what this server's documents hold: definitions, and paths with their query parameters.
enum GnosticDocument {
    static func encode(_ document: Value) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.text(1, document["swagger"]?.stringValue)
        writer.message(2) { info in
            info.text(1, document["info", "title"]?.stringValue)
            info.text(2, document["info", "version"]?.stringValue)
        }
        writer.message(8) { paths in
            for pair in pairs(document["paths"]) {
                named(&paths, field: 2, pair) { writePath($0, to: &$1) }
            }
        }
        writer.message(9) { definitions in
            for pair in pairs(document["definitions"]) {
                named(&definitions, field: 1, pair) { writeSchema($0, to: &$1) }
            }
        }
        return writer.bytes
    }

    private static func pairs(_ value: Value?) -> [Object.Pair] { value?.objectValue.map(Array.init) ?? [] }

    /// A map's entry, which gnostic writes as a message of name and value.
    private static func named(
        _ writer: inout ProtobufWriter, field: Int, _ pair: Object.Pair,
        _ write: (Value, inout ProtobufWriter) -> Void
    ) {
        writer.message(field) { entry in
            entry.text(1, pair.key)
            entry.message(2) { write(pair.value, &$0) }
        }
    }

    private static let methods = ["get": 2, "put": 3, "post": 4, "delete": 5, "patch": 8]

    private static func writePath(_ item: Value, to writer: inout ProtobufWriter) {
        for pair in pairs(item) {
            guard let field = methods[pair.key] else { continue }
            writer.message(field) { operation in
                for parameter in pair.value["parameters"]?.arrayValue ?? [] {
                    // ParametersItem.parameter.non_body_parameter.query_parameter_sub_schema
                    operation.message(8) { item in
                        item.message(1) { parameterMessage in
                            parameterMessage.message(2) { nonBody in
                                nonBody.message(3) { query in
                                    query.text(2, parameter["in"]?.stringValue)
                                    query.text(4, parameter["name"]?.stringValue)
                                    query.text(6, parameter["type"]?.stringValue)
                                }
                            }
                        }
                    }
                }
                writeExtensions(of: pair.value, field: 13, to: &operation)
            }
        }
    }

    private static func writeSchema(_ schema: Value, to writer: inout ProtobufWriter) {
        writer.text(1, schema["$ref"]?.stringValue)
        writer.text(2, schema["format"]?.stringValue)
        if let value = schema["default"] { writeAny(value, field: 5, to: &writer) }
        writer.text(13, schema["pattern"]?.stringValue)
        for name in schema["required"]?.arrayValue ?? [] { writer.text(19, name.stringValue) }
        for value in schema["enum"]?.arrayValue ?? [] { writeAny(value, field: 20, to: &writer) }
        if let additional = schema["additionalProperties"] {
            writer.message(21) { item in item.message(1) { writeSchema(additional, to: &$0) } }
        }
        if let type = schema["type"]?.stringValue {
            writer.message(22) { $0.text(1, type) }
        }
        if let items = schema["items"] {
            writer.message(23) { item in item.message(1) { writeSchema(items, to: &$0) } }
        }
        if let properties = schema["properties"] {
            writer.message(25) { list in
                for pair in pairs(properties) {
                    named(&list, field: 1, pair) { writeSchema($0, to: &$1) }
                }
            }
        }
        writeExtensions(of: schema, field: 31, to: &writer)
    }

    private static func writeExtensions(of value: Value, field: Int, to writer: inout ProtobufWriter) {
        for pair in pairs(value) where pair.key.hasPrefix("x-") {
            writer.message(field) { entry in
                entry.text(1, pair.key)
                writeAny(pair.value, field: 2, to: &entry)
            }
        }
    }

    /// A value of any kind, which gnostic keeps as YAML; JSON is YAML too.
    private static func writeAny(_ value: Value, field: Int, to writer: inout ProtobufWriter) {
        writer.message(field) { $0.text(2, JSON.string(value)) }
    }
}
