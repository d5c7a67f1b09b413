/// Reads an XML document event by event, as far as test reports need it.
///
/// Namespaces are not resolved. A document type declaration is refused, so that entities cannot be declared.
struct XMLScanner {
    enum Event: Equatable {
        case start(name: String, attributes: [String: String])
        case text(String)
        case end(name: String)
    }

    struct Fault: Error {
        let message: String
        let line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private var open: [String] = []
    private var pendingEnd: String?
    private var sawRoot = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// How many elements are open.
    var depth: Int { open.count }

    /// The next event; nil at the end of a complete document.
    mutating func next() throws(Fault) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            open.removeLast()
            return .end(name: name)
        }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                if let text = try characters() { return .text(text) }
                continue
            }
            if skip("<!--") {
                try skipThrough("-->", "a comment")
            } else if skip("<?") {
                try skipThrough("?>", "a processing instruction")
            } else if skip("<![CDATA[") {
                let start = position
                try skipThrough("]]>", "a CDATA section")
                guard !open.isEmpty else { throw fault("text outside of the root element") }
                return .text(String(decoding: bytes[start..<position - 3], as: UTF8.self))
            } else if bytes[position...].starts(with: Array("<!".utf8)) {
                throw fault("a document type declaration is not read")
            } else if skip("</") {
                return try endTag()
            } else {
                position += 1
                return try startTag()
            }
        }
        guard open.isEmpty else { throw fault("the document ends within <\(open[open.count - 1])>") }
        guard sawRoot else { throw fault("the document has no element") }
        return nil
    }

    private mutating func startTag() throws(Fault) -> Event {
        let name = try self.name()
        if open.isEmpty {
            guard !sawRoot else { throw fault("a second root element") }
            sawRoot = true
        }
        guard open.count < 256 else { throw fault("elements nest deeper than 256") }
        var attributes: [String: String] = [:]
        while true {
            skipSpace()
            if skip("/>") {
                open.append(name)
                pendingEnd = name
                return .start(name: name, attributes: attributes)
            }
            if skip(">") {
                open.append(name)
                return .start(name: name, attributes: attributes)
            }
            let attribute = try self.name()
            skipSpace()
            guard skip("=") else { throw fault("the attribute \(attribute) has no value") }
            skipSpace()
            attributes[attribute] = try attributeValue()
        }
    }

    private mutating func endTag() throws(Fault) -> Event {
        let name = try self.name()
        skipSpace()
        guard skip(">") else { throw fault("</\(name) is not closed") }
        guard open.last == name else { throw fault("</\(name)> closes <\(open.last ?? "nothing")>") }
        open.removeLast()
        return .end(name: name)
    }

    private mutating func attributeValue() throws(Fault) -> String {
        guard position < bytes.count,
            bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'")
        else { throw fault("an attribute's value is not quoted") }
        let quote = bytes[position]
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "<") { throw fault("< in an attribute's value") }
            position += 1
        }
        guard position < bytes.count else { throw fault("an attribute's value does not end") }
        defer { position += 1 }
        return try decode(bytes[start..<position])
    }

    /// Text up to the next tag; nil for white space between the elements of the root.
    private mutating func characters() throws(Fault) -> String? {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        let text = bytes[start..<position]
        if open.isEmpty {
            guard text.allSatisfy(Self.isSpace) else { throw fault("text outside of the root element") }
            return nil
        }
        return try decode(text)
    }

    private func decode(_ slice: ArraySlice<UInt8>) throws(Fault) -> String {
        guard slice.contains(UInt8(ascii: "&")) else { return String(decoding: slice, as: UTF8.self) }
        var result: [UInt8] = []
        var index = slice.startIndex
        while index < slice.endIndex {
            guard slice[index] == UInt8(ascii: "&") else {
                result.append(slice[index])
                index += 1
                continue
            }
            guard let end = slice[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
                throw fault("an & that begins no reference")
            }
            let name = String(decoding: slice[(index + 1)..<end], as: UTF8.self)
            guard let character = Self.character(name) else {
                throw fault("the entity &\(name); is not known")
            }
            result += Array(String(character).utf8)
            index = end + 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func character(_ name: String) -> Character? {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let isHexadecimal = name.hasPrefix("#x")
            let digits = name.dropFirst(isHexadecimal ? 2 : 1)
            guard let number = UInt32(digits, radix: isHexadecimal ? 16 : 10) else { return nil }
            return Unicode.Scalar(number).map(Character.init)
        }
    }

    private mutating func name() throws(Fault) -> String {
        let start = position
        while position < bytes.count, !Self.endsName(bytes[position]) { position += 1 }
        guard position > start else { throw fault("a name is missing") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "=")
            || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += count
        return true
    }

    private mutating func skipThrough(_ end: StaticString, _ what: String) throws(Fault) {
        while position < bytes.count {
            if skip(end) { return }
            position += 1
        }
        throw fault("\(what) does not end")
    }

    private func fault(_ message: String) -> Fault {
        let line = bytes[..<min(position, bytes.count)].count { $0 == 0x0a } + 1
        return Fault(message: message, line: line)
    }
}
