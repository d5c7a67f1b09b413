/// The name of a software package in every ecosystem (purl): `pkg:npm/%40babel/core@7.24.0`.
///
/// Advisory databases, SBOMs and scanners meet in this form. Only the parts that identify a package are kept: type,
/// namespace, name, version and qualifiers.
public struct PackageURL: Sendable, Hashable {
    /// The ecosystem's registered word: `swift`, `npm`, `pypi`, `golang`, `cargo`, `deb`.
    public var type: String
    /// What comes before the name, such as an npm scope with its `@` or the path of a Go module; segments by `/`.
    public var namespace: String?
    /// The name, as its ecosystem writes it.
    public var name: String
    /// The version; nil for any.
    public var version: String?
    /// What tells apart packages of one name and version, such as `distro` and `arch`.
    public var qualifiers: [String: String]

    /// Describes a package; type and, where the ecosystem ignores case, name are brought to their canonical spelling.
    public init(
        type: String, namespace: String? = nil, name: String, version: String? = nil,
        qualifiers: [String: String] = [:]
    ) {
        let type = type.lowercased()
        self.type = type
        self.namespace = namespace.flatMap { $0.isEmpty ? nil : $0 }
        self.name = name
        self.version = version.flatMap { $0.isEmpty ? nil : $0 }
        self.qualifiers = qualifiers.filter { !$0.value.isEmpty }
        switch type {
        case "pypi": self.name = Self.normalizedPythonName(name)
        case "github", "deb":
            self.name = name.lowercased()
            self.namespace = self.namespace?.lowercased()
        default: break
        }
    }

    /// A Python project's name as its index compares it: lower case, runs of `-`, `_` and `.` as one `-` (PEP 503).
    public static func normalizedPythonName(_ name: String) -> String {
        var result = ""
        var separated = false
        for character in name.lowercased() {
            if character == "-" || character == "_" || character == "." {
                separated = true
            } else {
                if separated { result.append("-") }
                separated = false
                result.append(character)
            }
        }
        return separated ? result + "-" : result
    }
}

extension PackageURL: CustomStringConvertible {
    /// The canonical spelling: percent-encoded parts, qualifiers sorted by key.
    public var description: String {
        var text = "pkg:\(type)/"
        if let namespace {
            let segments = namespace.split(separator: "/").map { Self.encode($0) }
            text += segments.joined(separator: "/") + "/"
        }
        text += Self.encode(name)
        if let version { text += "@" + Self.encode(version) }
        if !qualifiers.isEmpty {
            let pairs = qualifiers.sorted { $0.key < $1.key }.map {
                "\($0.key.lowercased())=\(Self.encode($0.value))"
            }
            text += "?" + pairs.joined(separator: "&")
        }
        return text
    }

    /// Reads a package URL, nil for what is none. A subpath is dropped: it names a place inside the package.
    public init?(_ text: String) {
        guard text.hasPrefix("pkg:") else { return nil }
        var rest = Substring(text.dropFirst(4))
        while rest.first == "/" { rest = rest.dropFirst() }
        if let hash = rest.lastIndex(of: "#") { rest = rest[..<hash] }
        var qualifiers: [String: String] = [:]
        if let question = rest.lastIndex(of: "?") {
            for pair in rest[rest.index(after: question)...].split(separator: "&") {
                guard let equals = pair.firstIndex(of: "="),
                    let value = Self.decode(pair[pair.index(after: equals)...])
                else { return nil }
                qualifiers[pair[..<equals].lowercased()] = value
            }
            rest = rest[..<question]
        }
        var version: String?
        // An at sign before the last slash belongs to a namespace that somebody has not encoded.
        if let at = rest.lastIndex(of: "@"), !rest[at...].contains("/"), at != rest.startIndex {
            guard let decoded = Self.decode(rest[rest.index(after: at)...]) else { return nil }
            version = decoded
            rest = rest[..<at]
        }
        var segments: [String] = []
        for segment in rest.split(separator: "/") {
            guard let decoded = Self.decode(segment) else { return nil }
            segments.append(decoded)
        }
        guard segments.count >= 2, let name = segments.last, !name.isEmpty else { return nil }
        let namespace = segments.dropFirst().dropLast().joined(separator: "/")
        self.init(
            type: segments[0], namespace: namespace, name: name, version: version, qualifiers: qualifiers)
    }

    private static func encode(_ text: some StringProtocol) -> String {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func decode(_ text: some StringProtocol) -> String? {
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard bytes.count >= 2,
                let code = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            result.append(code)
            bytes = bytes.dropFirst(2)
        }
        return String(validating: result, as: UTF8.self)
    }
}
