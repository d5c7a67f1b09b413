/// What a plain scalar means to Kubernetes: YAML 1.1's booleans and integers, no timestamps, no base 60.
///
/// The rules are those of `sigs.k8s.io/yaml`, through which every manifest goes.
enum YAMLScalar {
    case string
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Real)
    /// `.inf`, `-.inf` or `.nan`, which a manifest cannot hold.
    case notFinite

    /// The meaning of a plain scalar's text.
    @inline(__always)
    static func resolve(_ text: UnsafeBufferPointer<UInt8>, _ dialect: YAML.Dialect) -> YAMLScalar {
        guard let first = text.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), Ascii.plus, Ascii.dash, Ascii.dot:
            return number(text)
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"),
            Ascii.tilde:
            return word(text, dialect)
        default:
            return .string
        }
    }

    /// Words count in lower case, in upper case and with a capital.
    private static func word(_ text: UnsafeBufferPointer<UInt8>, _ dialect: YAML.Dialect) -> YAMLScalar {
        guard text.count <= 5 else { return .string }
        var packed: UInt64 = 0
        var capitals = 0
        for byte in text {
            let isCapital = byte &- 0x41 < 26
            if isCapital { capitals += 1 }
            packed = packed << 8 | UInt64(isCapital ? byte | 0x20 : byte)
        }
        let startsWithCapital = text[0] &- 0x41 < 26
        guard capitals == 0 || capitals == text.count || (capitals == 1 && startsWithCapital) else {
            return .string
        }
        switch packed {
        case 0x74_72_75_65: return .bool(true)  // true
        case 0x66_61_6C_73_65: return .bool(false)  // false
        case 0x6E_75_6C_6C, 0x7E: return .null  // null ~
        case 0x79_65_73, 0x6F_6E, 0x79: return dialect == .kubectl ? .bool(true) : .string  // yes on y
        case 0x6E_6F, 0x6F_66_66, 0x6E: return dialect == .kubectl ? .bool(false) : .string  // no off n
        default: return .string
        }
    }

    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        // The common case: a few decimal digits.
        if text.count <= 18, text[0] != Ascii.zero || text.count == 1 {
            var value: Int64 = 0
            for byte in text {
                guard Ascii.isDigit(byte) else { return rareNumber(text) }
                value = value &* 10 &+ Int64(byte &- Ascii.zero)
            }
            return .integer(value)
        }
        return rareNumber(text)
    }

    private static func rareNumber(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        let last = text[text.count - 1]
        // Versions, dates, addresses and durations are the usual texts that begin with a digit.
        guard text.count <= 400, isNumeric(last) else { return isSpecialFloat(text) ? .notFinite : .string }
        if isSpecialFloat(text) { return .notFinite }
        let digits = text[0] == Ascii.dot ? Array(text) : text.filter { $0 != Ascii.underscore }
        if text[0] != Ascii.dot, let integer = integer(digits) { return integer }
        guard isDecimalFloat(digits) else { return .string }
        let spelling = String(decoding: digits, as: UTF8.self)
        guard let value = Double(spelling), value.isFinite else { return .string }
        return .number(isJSONNumber(digits) ? Real(value, spelled: spelling) : Real(value))
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        Ascii.hexValue(byte) != nil || byte == Ascii.underscore || byte == Ascii.dot
    }

    private static func isSpecialFloat(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 4 || text.count == 5 else { return false }
        switch String(decoding: text, as: UTF8.self) {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN",
            ".NAN":
            return true
        default:
            return false
        }
    }

    /// An integer with sign, in base 2 (`0b`), 8 (`0o` or a leading zero), 10 or 16 (`0x`); nil where it is none
    /// or no 64 bits hold it.
    private static func integer(_ text: [UInt8]) -> YAMLScalar? {
        var digits = text[...]
        let isNegative = digits.first == Ascii.dash
        if isNegative || digits.first == Ascii.plus { digits = digits.dropFirst() }
        var radix: UInt64 = 10
        if digits.first == Ascii.zero, digits.count > 1 {
            switch digits[digits.startIndex + 1] | 0x20 {
            case UInt8(ascii: "b"): radix = 2
            case UInt8(ascii: "o"): radix = 8
            case UInt8(ascii: "x"): radix = 16
            default: radix = 0
            }
            digits = digits.dropFirst(radix == 0 ? 1 : 2)
            if radix == 0 { radix = 8 }
        }
        guard !digits.isEmpty else { return nil }
        var magnitude: UInt64 = 0
        for byte in digits {
            guard let digit = Ascii.hexValue(byte), digit < radix else { return nil }
            let (high, overflow) = magnitude.multipliedReportingOverflow(by: radix)
            let (sum, carry) = high.addingReportingOverflow(UInt64(digit))
            if overflow || carry { return nil }
            magnitude = sum
        }
        if magnitude <= UInt64(Int64.max) {
            return .integer(isNegative ? -Int64(magnitude) : Int64(magnitude))
        }
        if isNegative { return magnitude == 1 << 63 ? .integer(.min) : nil }
        return .number(Real(Double(magnitude), spelled: String(magnitude)))
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func isDecimalFloat(_ text: [UInt8]) -> Bool {
        var place = 0
        if text[0] == Ascii.dash || text[0] == Ascii.plus { place += 1 }
        let whole = skipDigits(text, &place)
        if place < text.count, text[place] == Ascii.dot {
            place += 1
            let fraction = skipDigits(text, &place)
            guard whole > 0 || fraction > 0 else { return false }
        } else if whole == 0 {
            return false
        }
        return skipExponent(text, &place) && place == text.count
    }

    /// JSON allows no `+`, no leading zero and no dot without digits on both sides (RFC 8259, section 6).
    static func isJSONNumber(_ text: [UInt8]) -> Bool {
        var place = 0
        if text.first == Ascii.dash { place += 1 }
        let start = place
        let whole = skipDigits(text, &place)
        guard whole > 0, whole == 1 || text[start] != Ascii.zero else { return false }
        if place < text.count, text[place] == Ascii.dot {
            place += 1
            guard skipDigits(text, &place) > 0 else { return false }
        }
        return skipExponent(text, &place) && place == text.count
    }

    private static func skipDigits(_ text: [UInt8], _ place: inout Int) -> Int {
        let start = place
        while place < text.count, Ascii.isDigit(text[place]) { place += 1 }
        return place - start
    }

    /// Moves over an exponent where there is one; false where it has no digits.
    private static func skipExponent(_ text: [UInt8], _ place: inout Int) -> Bool {
        guard place < text.count, text[place] | 0x20 == UInt8(ascii: "e") else { return true }
        place += 1
        if place < text.count, text[place] == Ascii.dash || text[place] == Ascii.plus { place += 1 }
        return skipDigits(text, &place) > 0
    }
}
