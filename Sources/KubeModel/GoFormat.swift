public import Manifest

/// Texts as Go's `fmt` prints them, for messages that are compared with a Kubernetes API server's.
public enum GoFormat {
    /// The text in quotes as `%q` prints it: printable characters stand, all others are escaped.
    public static func quoted(_ text: some StringProtocol) -> String {
        var output = "\""
        for scalar in text.unicodeScalars { appendEscaped(scalar, to: &output) }
        output += "\""
        return output
    }

    private static func appendEscaped(_ scalar: Unicode.Scalar, to output: inout String) {
        switch scalar {
        case "\"": output += "\\\""
        case "\\": output += "\\\\"
        case "\u{07}": output += "\\a"
        case "\u{08}": output += "\\b"
        case "\u{0C}": output += "\\f"
        case "\n": output += "\\n"
        case "\r": output += "\\r"
        case "\t": output += "\\t"
        case "\u{0B}": output += "\\v"
        case _ where isPrintable(scalar): output.unicodeScalars.append(scalar)
        case _ where scalar.value < 0x80: output += "\\x" + hexadecimal(scalar.value, digits: 2)
        case _ where scalar.value < 0x1_0000: output += "\\u" + hexadecimal(scalar.value, digits: 4)
        default: output += "\\U" + hexadecimal(scalar.value, digits: 8)
        }
    }

    /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default:
            return true
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// A value as `%v` prints a decoded document: `map[a:1 b:[x y]]`, with sorted keys and without quotes.
    public static func description(of value: Value) -> String {
        switch value {
        case .null: return "<nil>"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .double(let real): return description(of: real.value)
        case .string(let text): return text
        case .array(let items): return "[" + items.map(description(of:)).joined(separator: " ") + "]"
        case .object(let object): return description(of: object)
        }
    }

    /// An object as `%v` prints a map.
    public static func description(of object: Object) -> String {
        var sorted = object
        sorted.sortKeys()
        return "map[" + sorted.map { "\($0.key):\(description(of: $0.value))" }.joined(separator: " ") + "]"
    }

    /// A number as `%v` prints a `float64`: shortest digits, with an exponent below 1e-4 and from 1e21 on.
    static func description(of number: Double) -> String {
        if number == 0 { return number.sign == .minus ? "-0" : "0" }
        let (digits, exponent) = shortestDigits(of: number.magnitude)
        let sign = number < 0 ? "-" : ""
        if exponent < -4 || exponent >= 21 {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let size = String(exponent.magnitude)
            return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+")
                + (size.count < 2 ? "0" + size : size)
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let integral = exponent + 1
        if digits.count <= integral {
            return sign + digits + String(repeating: "0", count: integral - digits.count)
        }
        return sign + digits.prefix(integral) + "." + digits.dropFirst(integral)
    }

    /// The fewest digits that name the number, and the power of ten of the first one.
    private static func shortestDigits(of number: Double) -> (digits: String, exponent: Int) {
        let parts = number.description.split(separator: "e", maxSplits: 1)
        let mantissa = parts[0].split(separator: ".", maxSplits: 1)
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        let all = String(mantissa[0] + fraction)
        let leadingZeros = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leadingZeros)
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let written = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return (String(digits), written + mantissa[0].count - 1 - leadingZeros)
    }
}
