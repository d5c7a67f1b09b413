import Manifest

/// Reads the fields of one object of a configuration file as Go's JSON decoder reads a struct.
///
/// Names match in any case. A field of another type and, where unknown fields are refused, a field that nobody asks
/// for is an error in Go's words; a null leaves a field at its default.
struct StrictObject {
    private let object: Object
    /// The struct's name in messages.
    private let type: String
    /// The way to the object within the file in messages.
    private let path: String
    private let refusesUnknown: Bool
    /// Whether numbers and booleans stand for their text where text is due.
    private let coercesText: Bool
    private var known: Set<String> = []

    init(
        _ object: Object, type: String, path: String = "", refusesUnknown: Bool, coercesText: Bool = false
    ) {
        self.object = object
        self.type = type
        self.path = path
        self.refusesUnknown = refusesUnknown
        self.coercesText = coercesText
    }

    /// The text of a value; nil where it is none and does not stand for one.
    private func text(_ value: Value) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let flag) where coercesText: flag ? "true" : "false"
        case .integer(let number) where coercesText: String(number)
        case .double(let real) where coercesText: GoNumber.general(real.value)
        default: nil
        }
    }

    private mutating func value(_ name: String) -> Value? {
        known.insert(name)
        if let value = object[name] { return value.isNull ? nil : value }
        let folded = name.lowercased()
        guard
            let pair = object.first(where: {
                $0.key.utf8.count == name.utf8.count && $0.key.lowercased() == folded
            })
        else { return nil }
        known.insert(pair.key)
        return pair.value.isNull ? nil : pair.value
    }

    /// Whether a field is there, be it null or not.
    func contains(_ name: String) -> Bool { object.contains(key: name) }

    private func mismatch(_ value: Value, _ name: String, _ expected: String) -> KustomizeError {
        let field = path.isEmpty ? name : "\(path).\(name)"
        return KustomizeError(
            .invalidKustomization,
            "json: cannot unmarshal \(value.jsonTypeName) into Go struct field \(type).\(field) of type \(expected)"
        )
    }

    /// A text, empty where the field is missing.
    mutating func string(_ name: String) throws(KustomizeError) -> String {
        try optionalString(name) ?? ""
    }

    mutating func optionalString(_ name: String) throws(KustomizeError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = text(value) else { throw mismatch(value, name, "string") }
        return text
    }

    mutating func bool(_ name: String) throws(KustomizeError) -> Bool {
        guard let value = value(name) else { return false }
        guard case .bool(let flag) = value else { throw mismatch(value, name, "bool") }
        return flag
    }

    mutating func integer(_ name: String) throws(KustomizeError) -> Int64 {
        guard let value = value(name) else { return 0 }
        guard let number = value.integerValue else { throw mismatch(value, name, "int64") }
        return number
    }

    mutating func strings(_ name: String) throws(KustomizeError) -> [String]? {
        guard let value = value(name) else { return nil }
        guard case .array(let items) = value else { throw mismatch(value, name, "[]string") }
        var texts: [String] = []
        for item in items {
            guard let text = item.isNull ? "" : text(item) else { throw mismatch(item, name, "string") }
            texts.append(text)
        }
        return texts
    }

    mutating func stringMap(_ name: String) throws(KustomizeError) -> [String: String]? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(value, name, "map[string]string") }
        var map: [String: String] = [:]
        for pair in object {
            guard let text = pair.value.isNull ? "" : text(pair.value) else {
                throw mismatch(pair.value, name, "string")
            }
            map[pair.key] = text
        }
        return map
    }

    /// An object, read by a closure.
    mutating func object<Result>(
        _ name: String, _ type: String, _ read: (inout StrictObject) throws(KustomizeError) -> Result
    ) throws(KustomizeError) -> Result? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(value, name, "types.\(type)") }
        return try self.read(object, name, read)
    }

    /// A list of objects, each read by a closure.
    mutating func objects<Result>(
        _ name: String, _ type: String, _ read: (inout StrictObject) throws(KustomizeError) -> Result
    ) throws(KustomizeError) -> [Result]? {
        guard let value = value(name) else { return nil }
        guard case .array(let items) = value else { throw mismatch(value, name, "[]types.\(type)") }
        var results: [Result] = []
        for item in items {
            switch item {
            case .object(let object): results.append(try self.read(object, name, read))
            case .null: results.append(try self.read(Object(), name, read))
            default: throw mismatch(item, name, "types.\(type)")
            }
        }
        return results
    }

    private func read<Result>(
        _ object: Object, _ name: String, _ read: (inout StrictObject) throws(KustomizeError) -> Result
    ) throws(KustomizeError) -> Result {
        var inner = StrictObject(
            object, type: type, path: path.isEmpty ? name : "\(path).\(name)", refusesUnknown: refusesUnknown,
            coercesText: coercesText)
        let result = try read(&inner)
        try inner.finish()
        return result
    }

    /// Passes over a field whatever it holds; answers whether it is there.
    @discardableResult
    mutating func skip(_ name: String) -> Bool { value(name) != nil }

    /// - Throws: `invalidKustomization` for a field that nobody has asked for.
    func finish() throws(KustomizeError) {
        guard refusesUnknown else { return }
        let unknown = object.keys.filter { !known.contains($0) }.sorted(by: precedesInBytes)
        if let first = unknown.first {
            throw KustomizeError(.invalidKustomization, "json: unknown field \"\(first)\"")
        }
    }
}

extension Value {
    /// The type of a value in the words of Go's JSON decoder.
    var jsonTypeName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension YAML.ReadOptions {
    /// How upstream reads its own files: the last of several equal keys counts.
    static let lenient = YAML.ReadOptions(duplicateKeys: .lastWins)
}
