// Scalars with an explicit tag, and scalars as keys.
extension YAMLScalar {
    /// What a scalar with a tag of the core schema stands for.
    ///
    /// Tags that the schema does not know make text of their scalar, as kubectl has it.
    static func tagged(_ tag: String, text: String) -> Result<Value, YAMLFault> {
        let bytes = Array(text.utf8)
        let meaning = bytes.withUnsafeBufferPointer { resolve($0, .kubectl) }
        switch (tag, meaning) {
        case (YAMLTag.integer, .integer(let value)): return .success(.integer(value))
        case (YAMLTag.integer, .number(let real)) where !bytes.contains(where: isFractional):
            return .success(.double(real))
        case (YAMLTag.float, .number(let real)): return .success(.double(real))
        case (YAMLTag.float, .integer(let value)): return .success(.double(Real(Double(value))))
        case (YAMLTag.integer, .notFinite), (YAMLTag.float, .notFinite): return .failure(.notFinite(text))
        case (YAMLTag.boolean, .bool(let value)): return .success(.bool(value))
        case (YAMLTag.null, .null): return .success(.null)
        case (YAMLTag.integer, _), (YAMLTag.float, _), (YAMLTag.boolean, _), (YAMLTag.null, _):
            return .failure(.wrongTag(text, tag: YAMLTag.short(tag)))
        case (YAMLTag.binary, _):
            guard let data = decodeBase64(bytes) else { return .failure(.badBase64) }
            return .success(.string(String(decoding: data, as: UTF8.self)))
        default:
            return .success(.string(text))
        }
    }

    private static func isFractional(_ byte: UInt8) -> Bool {
        byte == Ascii.dot || byte | 0x20 == UInt8(ascii: "e")
    }

    /// Standard alphabet, padded; line breaks and spaces are skipped (RFC 4648, section 4).
    private static func decodeBase64(_ text: [UInt8]) -> [UInt8]? {
        var data: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text where !Ascii.isWhite(byte) && !Ascii.isBreak(byte) {
            let digit: UInt8
            switch byte {
            case 0x41...0x5A: digit = byte - 0x41
            case 0x61...0x7A: digit = byte - 0x61 + 26
            case 0x30...0x39: digit = byte - 0x30 + 52
            case Ascii.plus: digit = 62
            case Ascii.slash: digit = 63
            case UInt8(ascii: "="):
                padding += 1
                continue
            default: return nil
            }
            guard padding == 0 else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 1
            if count % 4 == 0 {
                data += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
            }
        }
        switch (count % 4, padding) {
        case (0, 0): break
        case (2, 2): data.append(UInt8(bits >> 4 & 0xFF))
        case (3, 1): data += [UInt8(bits >> 10 & 0xFF), UInt8(bits >> 2 & 0xFF)]
        default: return nil
        }
        return data
    }

    /// The text of a scalar that is used as a key: `true` for `yes`, `15` for `0o17`.
    func key(_ text: String) -> String {
        switch self {
        case .string: text
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let real): Self.floatKey(real)
        case .notFinite: text.first == "+" ? ".inf" : text.lowercased()
        }
    }

    /// Integers beyond 64 bits keep their digits; other numbers are written as Go writes a 32-bit float.
    private static func floatKey(_ real: Real) -> String {
        if real.text.utf8.allSatisfy({ Ascii.isDigit($0) || $0 == Ascii.dash }) { return real.text }
        let narrow = Float(real.value)
        guard narrow.isFinite else { return real.text }
        // Swift prints the same shortest digits in another layout: 1e-07 or 1.5e+20 or 1234.5 or 10.0.
        var digits: [UInt8] = []
        var exponent = 0
        var point: Int?
        var text = Array(narrow.magnitude.description.utf8)[...]
        if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(String(decoding: text[(mark + 1)...], as: UTF8.self)) ?? 0
            text = text[..<mark]
        }
        for byte in text {
            if byte == Ascii.dot { point = digits.count } else { digits.append(byte) }
        }
        exponent += (point ?? digits.count)
        while digits.count > 1, digits.first == Ascii.zero {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == Ascii.zero { digits.removeLast() }
        if digits == [Ascii.zero] { exponent = 1 }
        return (real.value.sign == .minus ? "-" : "") + goFormat(digits, exponent: exponent)
    }

    /// Go's format `g` at the shortest precision: below 10^-4 and from 10^6 on with an exponent.
    ///
    /// - Parameter exponent: where the decimal point is, counted from before the first digit.
    private static func goFormat(_ digits: [UInt8], exponent: Int) -> String {
        let power = exponent - 1
        func text(_ slice: ArraySlice<UInt8>) -> String { String(decoding: slice, as: UTF8.self) }
        if power < -4 || power >= 6 {
            let fraction = digits.count > 1 ? "." + text(digits[1...]) : ""
            let size = power.magnitude < 10 ? "0\(power.magnitude)" : "\(power.magnitude)"
            return text(digits[..<1]) + fraction + "e" + (power < 0 ? "-" : "+") + size
        }
        if exponent <= 0 { return "0." + String(repeating: "0", count: -exponent) + text(digits[...]) }
        if digits.count <= exponent {
            return text(digits[...]) + String(repeating: "0", count: exponent - digits.count)
        }
        return text(digits[..<exponent]) + "." + text(digits[exponent...])
    }
}
