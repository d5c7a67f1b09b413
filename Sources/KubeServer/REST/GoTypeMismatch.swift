/// A value that does not fit a Go type, read from the message of Go's JSON decoder.
struct GoTypeMismatch: Sendable, Hashable {
    /// What the value is: `string`, `number`, `bool`, `array` or `object`.
    let found: String
    /// The Go type it should be.
    let wanted: String

    /// Reads `json: cannot unmarshal string into Go struct field X.y of type int32`, nil for other messages.
    init?(_ message: String) {
        let words = message.split(separator: " ")
        guard let verb = words.firstIndex(of: "unmarshal"), let type = words.lastIndex(of: "type"),
            words.indices.contains(verb + 1), words.indices.contains(type + 1), verb < type
        else { return nil }
        found = String(words[verb + 1])
        wanted = String(words[type + 1])
    }

    /// What apimachinery's converter of unstructured objects says of the same value.
    var conversionFault: String {
        let kind = ["number": "int64", "array": "slice", "object": "map"][found] ?? found
        if wanted.hasPrefix("[]") { return "cannot restore slice from \(kind)" }
        if wanted.hasPrefix("map[") { return "cannot restore map from \(kind)" }
        if wanted.contains(".") { return "cannot restore struct from: \(kind)" }
        return "unrecognized type: \(wanted)"
    }
}
