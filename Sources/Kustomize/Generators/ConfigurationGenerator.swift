import Manifest

/// Makes a ConfigMap or a Secret of literals, files and lines of environment files.
struct ConfigurationGenerator: Generator {
    enum Kind: String {
        case configMap = "ConfigMap"
        case secret = "Secret"
    }

    let kind: Kind
    let entry: GeneratorEntry
    let loader: Loader
    let scopes: KindScopes

    func generate() throws(KustomizeError) -> [Resource] {
        guard !entry.name.isEmpty else {
            throw KustomizeError(.invalidKustomization, "a configmap must have a name")
        }
        let metadata = Node.mapping()
        try metadata.set("name", to: .string(entry.name))
        if !entry.namespace.isEmpty { try metadata.set("namespace", to: .string(entry.namespace)) }
        let object = Node(
            kind: .mapping,
            content: [
                .scalar("apiVersion", tag: .string), .string("v1"), .scalar("kind", tag: .string),
                .string(kind.rawValue), .scalar("metadata", tag: .string), metadata,
            ])
        if kind == .secret { try object.set("type", to: .string(entry.type.isEmpty ? "Opaque" : entry.type)) }
        try addData(to: object)
        let resource = Resource(object, scopes: scopes)
        for (name, text) in Self.sorted(entry.options.labels) { try resource.setLabel(name, to: text) }
        for (name, text) in Self.sorted(entry.options.annotations) {
            try resource.setAnnotation(name, to: text)
        }
        if entry.options.immutable { try object.set("immutable", to: .scalar("true", tag: .boolean)) }
        if !entry.options.disablesNameSuffixHash { try resource.enable(BuildAnnotation.needsHashSuffix) }
        let behavior = ResourceMap.Behavior(entry.behavior)
        try resource.updateAnnotations { $0[BuildAnnotation.generatorBehavior] = behavior.rawValue }
        return [resource]
    }

    private static func sorted(_ map: [String: String]) -> [(key: String, value: String)] {
        map.sorted { precedesInBytes($0.key, $1.key) }
    }

    private func addData(to object: Node) throws(KustomizeError) {
        var seen: Set<String> = []
        let pairs: [KeyedData]
        do throws(KustomizeError) { pairs = try DataSources(entry: entry, loader: loader).pairs() } catch {
            throw error.within("loading KV pairs")
        }
        for pair in pairs where !seen.insert(pair.key).inserted {
            throw KustomizeError(
                .invalidKustomization, "configmap \(entry.name) illegally repeats the key `\(pair.key)`")
        }
        let sorted = pairs.sorted { precedesInBytes($0.key, $1.key) }
        if kind == .secret {
            let data = Node.mapping()
            for pair in sorted {
                data.content += [.scalar(pair.key), .string(WrappedBase64.encode(pair.bytes))]
            }
            try object.set("data", to: data)
            return
        }
        for pair in sorted {
            let text = String(validating: pair.bytes, as: UTF8.self)
            let field = text == nil ? "binaryData" : "data"
            guard let map = try object.lookup([field], creating: .mapping) else { continue }
            map.content += [.scalar(pair.key), .string(text ?? WrappedBase64.encode(pair.bytes))]
        }
    }
}

/// Bytes under a key.
struct KeyedData {
    let key: String
    let bytes: [UInt8]
}

/// Reads the sources of a generator: environment files, then literals, then files.
struct DataSources {
    let entry: GeneratorEntry
    let loader: Loader

    func pairs() throws(KustomizeError) -> [KeyedData] {
        var pairs: [KeyedData] = []
        do throws(KustomizeError) {
            for path in entry.envs { pairs += try Self.lines(of: try loader.load(path)) }
        } catch {
            throw error.within("env source files: [\(entry.envs.joined(separator: " "))]")
        }
        do throws(KustomizeError) {
            for literal in entry.literals { pairs.append(try Self.literal(literal)) }
        } catch {
            throw error.within("literal sources [\(entry.literals.joined(separator: " "))]")
        }
        do throws(KustomizeError) {
            for source in entry.files {
                let (key, path) = try Self.file(source)
                pairs.append(KeyedData(key: key, bytes: try loader.load(path)))
            }
        } catch {
            throw error.within("file sources: [\(entry.files.joined(separator: " "))]")
        }
        return pairs
    }

    /// `KEY=value` lines; comments and blank lines are passed over, values are taken as they are.
    private static func lines(of bytes: [UInt8]) throws(KustomizeError) -> [KeyedData] {
        var pairs: [KeyedData] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            var line = line
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard String(validating: line, as: UTF8.self) != nil else {
                throw KustomizeError(
                    .malformed,
                    "line \(Array(line)) has invalid utf8 bytes : \(String(decoding: line, as: UTF8.self))")
            }
            if number == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            line = line.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            let equals = line.firstIndex(of: UInt8(ascii: "=")) ?? line.endIndex
            let key = String(decoding: line[..<equals], as: UTF8.self)
            if key.isEmpty { continue }
            pairs.append(KeyedData(key: key, bytes: Array(line[equals...].dropFirst())))
        }
        return pairs
    }

    /// `key=value`; one pair of quotes around the value is taken off.
    private static func literal(_ text: String) throws(KustomizeError) -> KeyedData {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals > text.utf8.startIndex else {
            throw KustomizeError(
                .invalidKustomization, "invalid literal source \(text), expected key=value")
        }
        var value = Array(text.utf8[text.utf8.index(after: equals)...])
        if value.count >= 2, value.first == value.last,
            value.first == UInt8(ascii: "\"") || value.first == UInt8(ascii: "'")
        {
            value = Array(value.dropFirst().dropLast())
        }
        return KeyedData(key: String(text[..<equals]), bytes: value)
    }

    /// `path` or `key=path`; without a key the file's name is the key.
    private static func file(_ source: String) throws(KustomizeError) -> (key: String, path: String) {
        let parts = source.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return (TreePath.name(of: source), source)
        case 2 where parts[0].isEmpty:
            throw KustomizeError(
                .invalidKustomization,
                "missing key name for file path \"\(parts[1])\" in source \"\(source)\"")
        case 2 where parts[1].isEmpty:
            throw KustomizeError(
                .invalidKustomization,
                "missing file path for key name \"\(parts[0])\" in source \"\(source)\"")
        case 2: return (parts[0], parts[1])
        default:
            throw KustomizeError(
                .invalidKustomization, "source \"\(source)\" key name or file path contains '='")
        }
    }
}

/// Base64 as upstream writes it: in lines of 70 characters where it takes more than one.
enum WrappedBase64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let lineLength = 70

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4 + bytes.count / 50 + 1)
        let wraps = (bytes.count + 2) / 3 * 4 >= lineLength
        var column = 0
        func append(_ byte: UInt8) {
            text.append(byte)
            column += 1
            if wraps, column == lineLength {
                text.append(UInt8(ascii: "\n"))
                column = 0
            }
        }
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                if place > group.count {
                    append(UInt8(ascii: "="))
                } else {
                    append(alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)])
                }
            }
        }
        if wraps, column > 0 { text.append(UInt8(ascii: "\n")) }
        return String(decoding: text, as: UTF8.self)
    }
}
