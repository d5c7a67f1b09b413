import Manifest

/// Writes a tree as YAML with the styles it was read in: upstream's layout of a text of YAML that it changes.
///
/// Nested mappings are indented by two columns, lists stand under their key, lines are not folded, blank lines go.
struct NodeEmitter {
    private var out: [UInt8] = []

    /// The text of a tree without the line break at its end.
    static func text(_ node: Node) -> String {
        var emitter = NodeEmitter()
        emitter.writeAfterIndicator(node, column: 0)
        for line in node.comments?.below ?? [] {
            emitter.startLine(0)
            emitter.append(line)
        }
        while emitter.out.last == UInt8(ascii: "\n") { emitter.out.removeLast() }
        return String(decoding: emitter.out, as: UTF8.self)
    }

    private mutating func append(_ text: some StringProtocol) { out += text.utf8 }

    private mutating func startLine(_ column: Int) {
        if let last = out.last, last != UInt8(ascii: "\n") { out.append(UInt8(ascii: "\n")) }
        for _ in 0..<column { out.append(UInt8(ascii: " ")) }
    }

    /// Writes what stands at the start of the text or behind a dash; a collection begins on the same line.
    private mutating func writeAfterIndicator(_ node: Node, column: Int) {
        if node.isBlockCollection {
            writeEntries(of: node, column: column, startsInline: true)
        } else {
            writeInline(node, column: column)
            writeCommentBehind(node)
        }
    }

    private mutating func writeCommentBehind(_ node: Node) {
        if let comment = node.comments?.behind { append(" \(comment)") }
    }

    private mutating func writeEntries(of node: Node, column: Int, startsInline: Bool) {
        var startsInline = startsInline
        let step = node.isMapping ? 2 : 1
        for place in stride(from: 0, to: node.content.count, by: step) {
            for line in node.content[place].comments?.above ?? [] {
                if !startsInline || !out.isEmpty { startLine(column) }
                startsInline = false
                append(line)
            }
            if startsInline { startsInline = false } else { startLine(column) }
            if node.isMapping {
                append(Self.spelling(node.content[place], isKey: true))
                append(":")
                writeCommentBehind(node.content[place])
                writeAfterKey(node.content[place + 1], column: column)
            } else {
                append("- ")
                writeAfterIndicator(node.content[place], column: column + 2)
            }
        }
    }

    private mutating func writeAfterKey(_ node: Node, column: Int) {
        guard node.isBlockCollection else {
            let start = out.count
            append(" ")
            writeInline(node, column: column + 2)
            // A value left out leaves no space behind its key.
            if out.count == start + 1 { out.removeLast() }
            writeCommentBehind(node)
            return
        }
        let inner = node.isMapping ? column + 2 : column
        startLine(inner)
        writeEntries(of: node, column: inner, startsInline: true)
    }

    /// Writes a scalar or what stands between brackets.
    private mutating func writeInline(_ node: Node, column: Int) {
        switch node.kind {
        case .scalar:
            if node.style == .literal || node.style == .folded, node.text.contains("\n") {
                writeBlock(node, column: column)
            } else {
                append(Self.spelling(node, isKey: false))
            }
        case .mapping:
            append("{")
            for (place, field) in node.fields.enumerated() {
                if place > 0 { append(", ") }
                append(Self.spelling(field.key, isKey: true))
                append(": ")
                writeInline(field.value, column: column)
            }
            append("}")
        case .sequence:
            append("[")
            for (place, item) in node.content.enumerated() {
                if place > 0 { append(", ") }
                writeInline(item, column: column)
            }
            append("]")
        }
    }

    private mutating func writeBlock(_ node: Node, column: Int) {
        append(node.style == .folded ? ">" : "|")
        if node.text.hasPrefix(" ") || node.text.hasPrefix("\n") { append("2") }
        if !node.text.hasSuffix("\n") { append("-") } else if node.text.hasSuffix("\n\n") { append("+") }
        var lines = node.text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        for (place, line) in lines.enumerated() {
            if node.style == .folded, place > 0, !line.isEmpty, !lines[place - 1].isEmpty { append("\n") }
            append("\n")
            if !line.isEmpty {
                append(String(repeating: " ", count: column))
                append(line)
            }
        }
        if node.text.hasSuffix("\n\n") { append("\n") }
    }

    /// A scalar on one line, in its style where that can hold it.
    private static func spelling(_ node: Node, isKey: Bool) -> String {
        switch node.style {
        case .doubleQuoted: return doubleQuoted(node.text)
        case .singleQuoted where !node.text.contains("\n"):
            return
                "'\(node.text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        case .plain:
            if node.tag == .null || (node.tag != .string && node.tag != .untagged) { return node.text }
            if node.tag == .untagged, PlainScalar.tag(of: node.text) != .string { return node.text }
            // Words that are booleans to YAML 1.1 only are left as they stand.
            if PlainScalar.isOldBoolean(node.text) { return node.text }
        default: break
        }
        if node.text.contains("\n") { return doubleQuoted(node.text) }
        return YAML.string(.string(node.text)).trimmingWhitespace()
    }

    private static func doubleQuoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\x\(digits.utf8.count < 2 ? "0" : "")\(digits)"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}

extension Node {
    /// Whether the node is laid out over lines of its own.
    fileprivate var isBlockCollection: Bool { kind != .scalar && !isFlow && !content.isEmpty }
}
