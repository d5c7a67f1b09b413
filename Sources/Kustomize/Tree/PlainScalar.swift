/// What plain scalars mean to upstream's YAML library: YAML 1.2 with 1.1's integers and timestamps.
enum PlainScalar {
    /// The tag that a plain scalar's text has.
    static func tag(of text: String) -> Node.Tag {
        var text = text
        return text.withUTF8 { bytes in
            guard let first = bytes.first else { return .null }
            switch first {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                return number(bytes)
            case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"),
                UInt8(ascii: "n"),
                UInt8(ascii: "N"), UInt8(ascii: "~"):
                return word(bytes)
            default:
                return .string
            }
        }
    }

    private static func word(_ bytes: UnsafeBufferPointer<UInt8>) -> Node.Tag {
        guard bytes.count <= 5 else { return .string }
        switch String(decoding: bytes, as: UTF8.self) {
        case "true", "True", "TRUE", "false", "False", "FALSE": return .boolean
        case "null", "Null", "NULL", "~": return .null
        default: return .string
        }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> Node.Tag {
        // A leading zero makes it octal, or, where a digit is too large for that, a number with a fraction of nothing.
        let mayBeOctal = bytes[0] == UInt8(ascii: "0") && bytes.count > 1
        if !mayBeOctal, bytes.count <= 18, bytes.allSatisfy(isDigit) { return .integer }
        let text = String(decoding: bytes, as: UTF8.self)
        if isSpecialFloat(text) { return .float }
        if isDigit(bytes[0]), Timestamp(text) != nil { return .timestamp }
        if integer(text) != nil { return .integer }
        return double(text) != nil ? .float : .string
    }

    static func isSpecialFloat(_ text: String) -> Bool {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN",
            ".NAN":
            true
        default:
            false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    /// An integer in base 2 (`0b`), 8 (`0o` or a leading zero), 10 or 16 (`0x`), with `_` between digits.
    static func integer(_ text: String) -> (isNegative: Bool, magnitude: UInt64)? {
        var digits = text.utf8.filter { $0 != UInt8(ascii: "_") }[...]
        guard digits.count <= 80 else { return nil }
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        var radix = 10
        if digits.first == UInt8(ascii: "0"), digits.count > 1 {
            let second = digits[digits.startIndex + 1]
            switch second | 0x20 {
            case UInt8(ascii: "b"): radix = 2
            case UInt8(ascii: "o"): radix = 8
            case UInt8(ascii: "x"): radix = 16
            default:
                guard isDigit(second) else { return nil }
                radix = 8
            }
            digits = digits.dropFirst(isDigit(second) ? 1 : 2)
        }
        guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            let magnitude = UInt64(String(decoding: digits, as: UTF8.self), radix: radix)
        else { return nil }
        if isNegative, magnitude > 1 << 63 { return nil }
        return (isNegative, magnitude)
    }

    /// A finite decimal number with point or exponent.
    static func double(_ text: String) -> Double? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "_") }
        var place = 0
        func skipDigits() -> Int {
            let start = place
            while place < digits.count, isDigit(digits[place]) { place += 1 }
            return place - start
        }
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { place += 1 }
        let whole = skipDigits()
        if place < digits.count, digits[place] == UInt8(ascii: ".") {
            place += 1
            let fraction = skipDigits()
            guard whole > 0 || fraction > 0 else { return nil }
        } else if whole == 0 {
            return nil
        }
        if place < digits.count, digits[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if place < digits.count, digits[place] == UInt8(ascii: "-") || digits[place] == UInt8(ascii: "+")
            {
                place += 1
            }
            guard skipDigits() > 0 else { return nil }
        }
        guard place == digits.count, let value = Double(String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        return value.isFinite ? value : nil
    }

    /// Whether YAML 1.1 reads the text as something else than a string, so that a string needs quotes.
    static func isTypedInYAML11(_ text: String) -> Bool {
        if text.isEmpty || text.utf8.contains(UInt8(ascii: "\n")) { return false }
        return tag(of: text) != .string || isOldBoolean(text)
    }

    /// The words that YAML 1.1 takes for booleans beside `true` and `false`.
    static func isOldBoolean(_ text: String) -> Bool {
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF":
            true
        default: false
        }
    }
}
