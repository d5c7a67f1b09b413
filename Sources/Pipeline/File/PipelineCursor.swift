import Manifest

/// A value of the file together with its JSON pointer.
struct PipelineCursor {
    let node: YAMLNode
    let path: [String]

    init(_ node: YAMLNode, path: [String] = []) {
        self.node = node.target
        self.path = path
    }

    /// RFC 6901.
    var pointer: String {
        path.map { step in
            var escaped = "/"
            for character in step {
                switch character {
                case "~": escaped += "~0"
                case "/": escaped += "~1"
                default: escaped.append(character)
                }
            }
            return escaped
        }.joined()
    }

    /// The last step of the path, for messages.
    var name: String { path.last ?? "the file" }

    func child(_ node: YAMLNode, _ step: String) -> PipelineCursor {
        PipelineCursor(node, path: path + [step])
    }

    /// What kind of value stands here, in the words of messages.
    var kindDescription: String {
        switch node.kind {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        case .scalar:
            switch PlainScalar(node) {
            case .null: "nothing"
            case .bool: "a boolean"
            case .integer, .number: "a number"
            case .text: "a text"
            }
        }
    }
}

/// What a scalar means by the core schema of YAML 1.2.
enum PlainScalar {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text(String)

    init(_ node: YAMLNode) {
        let text = node.scalarText
        guard node.style == .plain else {
            self = .text(text)
            return
        }
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default:
            if let integer = Int(text) {
                self = .integer(integer)
            } else if let first = text.utf8.first, Self.startsNumber(first), let number = Double(text) {
                self = .number(number)
            } else {
                self = .text(text)
            }
        }
    }

    private static func startsNumber(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x2b || byte == 0x2e
    }

    /// Whether tools that follow YAML 1.1 read a plain scalar as something else, or lose a part of it.
    static func isAmbiguous(_ text: String) -> Bool {
        switch text.lowercased() {
        case "on", "off", "yes", "no", "y", "n": return true
        default: break
        }
        let bytes = Array(text.utf8)
        guard let first = bytes.first, startsNumber(first) else { return false }
        let digits = bytes.drop { $0 == 0x2d || $0 == 0x2b }
        let isDigits = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
        // 010 is eight to some; 1:30 is ninety; 1_000 is a thousand.
        if isDigits { return digits.count > 1 && digits.first == 0x30 }
        if bytes.contains(0x3a) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let isBase60 = parts.dropFirst().allSatisfy { part in
                part.count <= 2 && Int(part).map { $0 >= 0 && $0 < 60 } ?? false
            }
            return isBase60 && Int(parts[0]) != nil
        }
        if bytes.contains(0x5f) { return digits.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x5f } }
        guard Double(text) != nil else { return false }
        if bytes.contains(0x65) || bytes.contains(0x45) { return true }
        // 3.10 becomes 3.1.
        return bytes.contains(0x2e) && bytes.last == 0x30
    }
}
