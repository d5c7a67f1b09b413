import Manifest

/// Finds why text is no JSON and says so in the words of Go's `encoding/json`, which clients get to see.
///
/// `Manifest` reads JSON and explains faults to people; this only serves answers that are compared with
/// upstream's, and runs only where reading has failed.
public struct GoJSONFault {
    private let bytes: [UInt8]
    private var place = 0
    /// The containers around the current place; true for objects.
    private var containers: [Bool] = []

    /// The fault of a text, nil where it is well-formed JSON.
    public static func message(of bytes: [UInt8]) -> String? {
        var scan = GoJSONFault(bytes: bytes)
        do throws(Fault) {
            try scan.document()
            return nil
        } catch {
            return error.text
        }
    }

    /// What Go calls a value that is not the object a field wants; nil for objects and for null, which is none.
    static func typeName(of bytes: [UInt8]) -> String? {
        switch try? JSON.parse(bytes) {
        case .array?: "array"
        case .string?: "string"
        case .bool?: "bool"
        case .integer?, .double?: "number"
        default: nil
        }
    }

    private struct Fault: Error { let text: String }

    /// Go stops at this depth.
    private static let maximumDepth = 10_000

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { place < bytes.count ? bytes[place] : nil }

    private func fault(_ context: String) -> Fault {
        guard let byte = current else { return Fault(text: "unexpected end of JSON input") }
        return Fault(text: "invalid character \(quoted(byte)) \(context)")
    }

    private func quoted(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"): return "'\\''"
        case UInt8(ascii: "\""): return "'\"'"
        case 0x80...:
            let digits = String(byte, radix: 16)
            return "'\\x\(digits)'"
        default:
            return "'\(GoFormat.quoted(String(UnicodeScalar(byte))).dropFirst().dropLast())'"
        }
    }

    private mutating func skipSpace() {
        while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    private mutating func document() throws(Fault) {
        try value()
        while let isObject = containers.last {
            skipSpace()
            if isObject { try afterMember() } else { try afterItem() }
        }
        skipSpace()
        if place < bytes.count { throw fault("after top-level value") }
    }

    /// Reads a scalar, an empty container, or the way into a container up to its first scalar.
    private mutating func value() throws(Fault) {
        while true {
            skipSpace()
            switch current {
            case UInt8(ascii: "{"):
                try open(isObject: true)
                skipSpace()
                if current == UInt8(ascii: "}") { return close() }
                try key()
            case UInt8(ascii: "["):
                try open(isObject: false)
                skipSpace()
                if current == UInt8(ascii: "]") { return close() }
            default: return try scalar()
            }
        }
    }

    private mutating func open(isObject: Bool) throws(Fault) {
        guard containers.count < Self.maximumDepth else { throw Fault(text: "exceeded max depth") }
        containers.append(isObject)
        place += 1
    }

    private mutating func close() {
        containers.removeLast()
        place += 1
    }

    private mutating func key() throws(Fault) {
        skipSpace()
        guard current == UInt8(ascii: "\"") else { throw fault("looking for beginning of object key string") }
        try string()
        skipSpace()
        guard current == UInt8(ascii: ":") else { throw fault("after object key") }
        place += 1
    }

    private mutating func afterMember() throws(Fault) {
        switch current {
        case UInt8(ascii: "}"): close()
        case UInt8(ascii: ","):
            place += 1
            try key()
            try value()
        default: throw fault("after object key:value pair")
        }
    }

    private mutating func afterItem() throws(Fault) {
        switch current {
        case UInt8(ascii: "]"): close()
        case UInt8(ascii: ","):
            place += 1
            try value()
        default: throw fault("after array element")
        }
    }

    private mutating func scalar() throws(Fault) {
        switch current {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try number()
        default: throw fault("looking for beginning of value")
        }
    }

    private mutating func literal(_ text: String) throws(Fault) {
        for expected in text.utf8 {
            guard current == expected else {
                throw fault("in literal \(text) (expecting '\(UnicodeScalar(expected))')")
            }
            place += 1
        }
    }

    private mutating func string() throws(Fault) {
        place += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return
            case UInt8(ascii: "\\"):
                place += 1
                try escape()
            case 0..<0x20: throw fault("in string literal")
            default: place += 1
            }
        }
        throw fault("in string literal")
    }

    private mutating func escape() throws(Fault) {
        guard let byte = current, Array("\"\\/bfnrtu".utf8).contains(byte) else {
            throw fault("in string escape code")
        }
        place += 1
        guard byte == UInt8(ascii: "u") else { return }
        for _ in 0..<4 {
            guard let digit = current, Character(UnicodeScalar(digit)).isHexDigit else {
                throw fault("in \\u hexadecimal character escape")
            }
            place += 1
        }
    }

    private mutating func number() throws(Fault) {
        if current == UInt8(ascii: "-") { place += 1 }
        if current == UInt8(ascii: "0") { place += 1 } else { try digits("in numeric literal") }
        if current == UInt8(ascii: ".") {
            place += 1
            try digits("after decimal point in numeric literal")
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            place += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { place += 1 }
            try digits("in exponent of numeric literal")
        }
    }

    private mutating func digits(_ context: String) throws(Fault) {
        let start = place
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        if place == start { throw fault(context) }
    }
}
