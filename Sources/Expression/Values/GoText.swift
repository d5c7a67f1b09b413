/// Texts as Go prints them, in messages and for `string(…)`.
enum GoText {
    /// A text in quotes, as `%q` prints plain texts.
    static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }

    /// A character as `%#U` prints it: `U+0040 '@'`.
    static func unicode(_ scalar: Unicode.Scalar) -> String {
        "U+\(padded(scalar.value, to: 4, radix: 16).uppercased()) '\(scalar)'"
    }

    static func padded(_ number: some BinaryInteger, to width: Int, radix: Int = 10) -> String {
        let digits = String(number, radix: radix)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// A float as `%v` prints it: the fewest digits that read back, with an exponent below -4 and from 21 on.
    static func float(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        let (digits, exponent) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        if exponent < -4 || exponent >= 21 {
            let fraction = digits.dropFirst()
            let mantissa = fraction.isEmpty ? digits : "\(digits.prefix(1)).\(fraction)"
            return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(padded(exponent.magnitude, to: 2))"
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return "\(sign)\(digits.prefix(exponent + 1)).\(digits.dropFirst(exponent + 1))"
    }

    /// The fewest significant digits of a positive number and the exponent of the first of them.
    private static func shortestDigits(_ value: Double) -> (digits: String, exponent: Int) {
        var digits = ""
        var exponent = 0
        var point: Int?
        let parts = value.description.split(separator: "e")
        for character in parts[0] {
            if character == "." { point = digits.count } else { digits.append(character) }
        }
        exponent = (point ?? digits.count) - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        let leading = digits.prefix { $0 == "0" }.count
        exponent -= leading
        digits.removeFirst(leading)
        while digits.hasSuffix("0") { digits.removeLast() }
        return (digits, exponent)
    }

    /// A span of time as `time.Duration` prints itself: `1h0m0s`, `1.5s`, `250ms`.
    static func duration(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let total = nanoseconds.magnitude
        func decimal(_ value: UInt64, _ unit: UInt64) -> String {
            var fraction = padded(value % unit, to: String(unit).count - 1)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            return fraction.isEmpty ? "\(value / unit)" : "\(value / unit).\(fraction)"
        }
        if total < 1_000 { return "\(sign)\(total)ns" }
        if total < 1_000_000 { return "\(sign)\(decimal(total, 1_000))µs" }
        if total < 1_000_000_000 { return "\(sign)\(decimal(total, 1_000_000))ms" }
        let minutes = total / 60_000_000_000
        let seconds = decimal(total % 60_000_000_000, 1_000_000_000)
        if minutes == 0 { return "\(sign)\(seconds)s" }
        if minutes < 60 { return "\(sign)\(minutes)m\(seconds)s" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)s"
    }
}

extension ExpressionValue: CustomStringConvertible {
    /// The value as Go's `%v` prints it.
    public var description: String {
        switch self {
        case .null: "<nil>"
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .float(let number): GoText.float(number)
        case .string(let text): text
        case .array(let items): "[\(items.map(\.description).joined(separator: " "))]"
        case .map(let map):
            "map[\(map.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " "))]"
        case .time(let nanoseconds): CivilTime(nanoseconds: nanoseconds).description
        case .duration(let nanoseconds): GoText.duration(nanoseconds)
        }
    }
}
