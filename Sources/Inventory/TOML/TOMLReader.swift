import Manifest

/// A recursive-descent reader over the bytes of a TOML document.
struct TOMLReader {
    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0
    /// How deeply arrays and inline tables may nest.
    private static let maximumDepth = 64

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func readDocument() throws(InventoryError) -> Value {
        var root = Value.emptyObject
        var table: [String] = []
        while true {
            skipBlank(newlines: true)
            guard let byte = peek else { return root }
            if byte == UInt8(ascii: "[") {
                place += 1
                let isArray = peek == UInt8(ascii: "[")
                if isArray { place += 1 }
                table = try readKey()
                try expect(UInt8(ascii: "]"))
                if isArray { try expect(UInt8(ascii: "]")) }
                try open(table, isArray: isArray, in: &root)
            } else {
                let key = try readKey()
                try expect(UInt8(ascii: "="))
                skipBlank(newlines: false)
                let value = try readValue()
                try assign(value, at: table + key, in: &root)
            }
            skipBlank(newlines: false)
            guard peek == nil || peek == UInt8(ascii: "\n") || peek == UInt8(ascii: "\r") else {
                throw fault("something follows the value on its line")
            }
        }
    }

    // MARK: The tree

    /// Makes a table, or the next table of an array of tables, at a way of keys.
    private func open(_ keys: [String], isArray: Bool, in root: inout Value) throws(InventoryError) {
        guard let last = keys.last else { throw fault("a table has no name") }
        try change(keys.dropLast(), in: &root) { (parent: inout Value) throws(InventoryError) in
            if isArray {
                var items = parent[last]?.arrayValue ?? []
                if parent[last] != nil, parent[last]?.arrayValue == nil {
                    throw fault("\(last) is no array of tables")
                }
                items.append(.emptyObject)
                parent[last] = .array(items)
            } else if parent[last] == nil {
                parent[last] = .emptyObject
            } else if parent[last]?.objectValue == nil {
                throw fault("\(last) is there twice")
            }
        }
    }

    private func assign(_ value: Value, at keys: [String], in root: inout Value) throws(InventoryError) {
        guard let last = keys.last else { throw fault("a key has no name") }
        try change(keys.dropLast(), in: &root) { (parent: inout Value) throws(InventoryError) in
            guard parent[last] == nil else { throw fault("the key \"\(last)\" is there twice") }
            parent[last] = value
        }
    }

    /// Changes the table at a way of keys, making tables on the way; an array of tables stands for its last one.
    private func change(
        _ keys: ArraySlice<String>, in node: inout Value,
        _ body: (inout Value) throws(InventoryError) -> Void
    ) throws(InventoryError) {
        if case .array(var items) = node {
            guard var last = items.popLast() else { throw fault("an array holds no table") }
            node = .null
            try change(keys, in: &last, body)
            items.append(last)
            node = .array(items)
            return
        }
        guard node.objectValue != nil else { throw fault("a value is used as a table") }
        guard let key = keys.first else { return try body(&node) }
        var child = node[key] ?? .emptyObject
        node[key] = .null
        try change(keys.dropFirst(), in: &child, body)
        node[key] = child
    }

    // MARK: Values

    private mutating func readValue() throws(InventoryError) -> Value {
        guard let byte = peek else { throw fault("a value is missing") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try readString())
        case UInt8(ascii: "["):
            return try nested { (reader) throws(InventoryError) in try reader.readArray() }
        case UInt8(ascii: "{"):
            return try nested { (reader) throws(InventoryError) in try reader.readInlineTable() }
        default: return try readScalar()
        }
    }

    private mutating func nested(
        _ body: (inout TOMLReader) throws(InventoryError) -> Value
    ) throws(InventoryError) -> Value {
        guard depth < Self.maximumDepth else { throw fault("values are nested too deeply") }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func readArray() throws(InventoryError) -> Value {
        place += 1
        var items: [Value] = []
        while true {
            skipBlank(newlines: true)
            if take(UInt8(ascii: "]")) { return .array(items) }
            items.append(try readValue())
            skipBlank(newlines: true)
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw fault("an array is not closed") }
            return .array(items)
        }
    }

    private mutating func readInlineTable() throws(InventoryError) -> Value {
        place += 1
        var table = Value.emptyObject
        skipBlank(newlines: false)
        if take(UInt8(ascii: "}")) { return table }
        while true {
            let key = try readKey()
            try expect(UInt8(ascii: "="))
            skipBlank(newlines: false)
            try assign(try readValue(), at: key, in: &table)
            skipBlank(newlines: false)
            if take(UInt8(ascii: ",")) {
                skipBlank(newlines: false)
                continue
            }
            guard take(UInt8(ascii: "}")) else { throw fault("an inline table is not closed") }
            return table
        }
    }

    private mutating func readScalar() throws(InventoryError) -> Value {
        let start = place
        while let byte = peek, byte != UInt8(ascii: ","), byte != UInt8(ascii: "]"),
            byte != UInt8(ascii: "}"),
            byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r"), byte != UInt8(ascii: "#")
        {
            place += 1
        }
        var text = Substring(String(decoding: bytes[start..<place], as: UTF8.self))
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        switch text {
        case "true": return true
        case "false": return false
        case "": throw fault("a value is missing")
        default: break
        }
        let digits = text.filter { $0 != "_" }
        if let number = Int64(digits) { return .integer(number) }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            if let number = Int64(digits.dropFirst(2), radix: radix) { return .integer(number) }
        }
        if let number = Double(digits), number.isFinite { return .double(Real(number)) }
        let first = text.utf8.first ?? 0
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            throw fault("\"\(text)\" is no value; strings need quotes")
        }
        return .string(String(text))
    }

    // MARK: Keys and strings

    private mutating func readKey() throws(InventoryError) -> [String] {
        var keys: [String] = []
        repeat {
            skipBlank(newlines: false)
            if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") {
                keys.append(try readString())
            } else {
                let start = place
                while let byte = peek, Self.isBare(byte) { place += 1 }
                guard place > start else { throw fault("a key is missing") }
                keys.append(String(decoding: bytes[start..<place], as: UTF8.self))
            }
            skipBlank(newlines: false)
        } while take(UInt8(ascii: "."))
        return keys
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private mutating func readString() throws(InventoryError) -> String {
        guard let quote = peek else { throw fault("a string is missing") }
        let isMultiline = bytes[place...].starts(with: [quote, quote, quote])
        place += isMultiline ? 3 : 1
        if isMultiline {
            if peek == UInt8(ascii: "\r") { place += 1 }
            if peek == UInt8(ascii: "\n") { place += 1 }
        }
        var text: [UInt8] = []
        while let byte = peek {
            if byte == quote {
                if !isMultiline {
                    place += 1
                    return String(decoding: text, as: UTF8.self)
                }
                if bytes[place...].starts(with: [quote, quote, quote]) {
                    place += 3
                    while take(quote) { text.append(quote) }
                    return String(decoding: text, as: UTF8.self)
                }
            }
            if byte == UInt8(ascii: "\n"), !isMultiline { break }
            place += 1
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try readEscape(into: &text, isMultiline: isMultiline)
            } else {
                text.append(byte)
            }
        }
        throw fault("a string is not closed")
    }

    private mutating func readEscape(into text: inout [UInt8], isMultiline: Bool) throws(InventoryError) {
        guard let byte = peek else { throw fault("a string is not closed") }
        place += 1
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            guard place + count <= bytes.count,
                let code = UInt32(String(decoding: bytes[place..<place + count], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(code)
            else { throw fault("an escape names no character") }
            place += count
            text += Array(String(Character(scalar)).utf8)
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"),
            UInt8(ascii: " ") where isMultiline:
            guard isMultiline else { throw fault("a string is not closed") }
            while let next = peek, next == 0x20 || next == 0x09 || next == 0x0a || next == 0x0d { place += 1 }
        default: throw fault("an escape is not known")
        }
    }

    // MARK: Bytes

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(InventoryError) {
        skipBlank(newlines: false)
        guard take(byte) else { throw fault("\"\(Character(Unicode.Scalar(byte)))\" is missing") }
    }

    private mutating func skipBlank(newlines: Bool) {
        while let byte = peek {
            if byte == UInt8(ascii: "#") {
                while let next = peek, next != UInt8(ascii: "\n") {
                    _ = next
                    place += 1
                }
            } else if byte == 0x20 || byte == 0x09 || (newlines && (byte == 0x0a || byte == 0x0d)) {
                place += 1
            } else {
                return
            }
        }
    }

    private func fault(_ message: String) -> InventoryError {
        let line = bytes[..<min(place, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
        return InventoryError(.syntax, message, line: line)
    }
}
