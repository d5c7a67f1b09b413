/// Which unquoted texts are something else than a string to some reader of YAML 1.1 or 1.2.
///
/// The union of what go-yaml and libyaml's readers resolve: a string of such a text has to be quoted.
enum YAMLPlainTypes {
    /// Whether an unquoted scalar of this text is null, a boolean, a number, a time or a merge key.
    static func isTyped(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        switch first {
        case Ascii.zero...Ascii.nine, Ascii.plus, Ascii.dash:
            return isNumber(bytes) || isSexagesimal(bytes) || isTimestamp(bytes) || isWord(bytes)
        case Ascii.dot:
            guard bytes.count > 1 else { return false }
            return Ascii.isDigit(bytes[1]) ? isNumber(bytes) : isWord(bytes)
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"),
            Ascii.tilde, UInt8(ascii: "="), Ascii.lessThan:
            return isWord(bytes)
        default:
            return false
        }
    }

    private static let words: Set<String> = [
        "~", "null", "Null", "NULL", "=", "<<",
        "true", "True", "TRUE", "false", "False", "FALSE",
        "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO",
        "on", "On", "ON", "off", "Off", "OFF",
        ".nan", ".NaN", ".NAN",
        ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
    ]

    private static func isWord(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // No string is allocated: the longest word fits the 15 bytes a String holds inline.
        bytes.count <= 5 && words.contains(String(decoding: bytes, as: UTF8.self))
    }

    /// `12`, `-0x1F`, `0b10`, `0o17`, `1_000`, `1.`, `.5`, `1e9`; underscores count nowhere.
    private static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var reader = Reader(bytes)
        reader.skipSign()
        if reader.peek == Ascii.zero, let mark = reader.second, reader.remaining > 2 {
            switch mark {
            case UInt8(ascii: "x"), UInt8(ascii: "X"): return reader.restIsDigits(below: 16)
            case UInt8(ascii: "o"), UInt8(ascii: "O"): return reader.restIsDigits(below: 8)
            case UInt8(ascii: "b"), UInt8(ascii: "B"): return reader.restIsDigits(below: 2)
            default: break
            }
        }
        let whole = reader.skipDigits()
        var fraction = 0
        if reader.peek == Ascii.dot {
            reader.advance()
            fraction = reader.skipDigits()
        }
        guard whole + fraction > 0 else { return false }
        if let byte = reader.peek, byte | 0x20 == UInt8(ascii: "e") {
            reader.advance()
            reader.skipSign()
            guard reader.skipDigits() > 0 else { return false }
        }
        return reader.peek == nil
    }

    /// `1:30` and `-12:05:59.5`, the base 60 numbers of YAML 1.1.
    private static func isSexagesimal(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var reader = Reader(bytes)
        reader.skipSign()
        guard reader.skipDigits() > 0, reader.peek == Ascii.colon else { return false }
        while reader.peek == Ascii.colon {
            reader.advance()
            let start = reader.peek
            let digits = reader.skipDigits()
            guard digits == 1 || (digits == 2 && start.map { $0 <= UInt8(ascii: "5") } == true) else {
                return false
            }
        }
        if reader.peek == Ascii.dot {
            reader.advance()
            _ = reader.skipDigits()
        }
        return reader.peek == nil
    }

    /// `2026-01-31`, alone or with a time of day and a zone in the forms of the YAML 1.1 timestamp type.
    private static func isTimestamp(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var reader = Reader(bytes)
        guard reader.skipDigits() == 4, reader.skip("-"), (1...2).contains(reader.skipDigits()),
            reader.skip("-"), (1...2).contains(reader.skipDigits())
        else { return false }
        guard let separator = reader.peek else { return true }
        if separator | 0x20 == UInt8(ascii: "t") {
            reader.advance()
        } else {
            guard YAMLScalarForm.isBlank(separator) else { return false }
            while let byte = reader.peek, YAMLScalarForm.isBlank(byte) { reader.advance() }
        }
        guard (1...2).contains(reader.skipDigits()), reader.skip(":"), (1...2).contains(reader.skipDigits()),
            reader.skip(":"), (1...2).contains(reader.skipDigits())
        else { return false }
        while let byte = reader.peek {
            let isZone =
                Ascii.isDigit(byte) || YAMLScalarForm.isBlank(byte) || byte | 0x20 == UInt8(ascii: "z")
            guard isZone || "+-.:".utf8.contains(byte) else { return false }
            reader.advance()
        }
        return true
    }

    /// A place in the bytes of a scalar.
    private struct Reader {
        private let bytes: UnsafeBufferPointer<UInt8>
        private var place = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        var remaining: Int { bytes.count - place }
        var peek: UInt8? { place < bytes.count ? bytes[place] : nil }
        var second: UInt8? { place + 1 < bytes.count ? bytes[place + 1] : nil }

        mutating func advance() { place += 1 }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard peek == UInt8(ascii: character) else { return false }
            place += 1
            return true
        }

        mutating func skipSign() {
            if peek == Ascii.plus || peek == Ascii.dash { place += 1 }
        }

        /// Skips digits and underscores and answers how many digits there were.
        mutating func skipDigits() -> Int {
            var count = 0
            while let byte = peek, Ascii.isDigit(byte) || byte == Ascii.underscore {
                if byte != Ascii.underscore { count += 1 }
                place += 1
            }
            return count
        }

        /// Whether everything behind `0x` and its like are digits, or underscores, of the given base.
        func restIsDigits(below base: UInt8) -> Bool {
            var count = 0
            for byte in bytes[(place + 2)...] where byte != Ascii.underscore {
                let digit: UInt8
                switch byte {
                case Ascii.zero...Ascii.nine: digit = byte - Ascii.zero
                case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
                default: return false
                }
                guard digit < base else { return false }
                count += 1
            }
            return count > 0
        }
    }
}
