public import Manifest

/// A field that takes a number or a text: ports by number or name, counts or percentages.
public enum IntOrString: Sendable, Hashable {
    case int(Int32)
    case string(String)

    /// Reads a command line's spelling: a number where it is one that 32 bits hold, else a text.
    public init(parsing text: String) {
        self = Int32(text).map(IntOrString.int) ?? .string(text)
    }

    /// Reads a field; nil where it is neither an integer of 32 bits nor a string.
    public init?(_ value: Value) {
        switch value {
        case .string(let text): self = .string(text)
        default:
            guard let number = value.integerValue.flatMap(Int32.init(exactly:)) else { return nil }
            self = .int(number)
        }
    }

    /// The field as it stands in an object.
    public var value: Value {
        switch self {
        case .int(let number): .integer(Int64(number))
        case .string(let text): .string(text)
        }
    }

    /// How a fraction of a percentage is rounded to whole things.
    public enum Rounding: Sendable {
        case up, down
    }

    /// The number itself or, of a percentage such as `25%`, that share of `total`.
    ///
    /// - Throws: `invalidIntOrString` where the text is no percentage.
    public func scaled(of total: Int, rounding: Rounding) throws(KubeModelError) -> Int {
        switch self {
        case .int(let number):
            return Int(number)
        case .string(let text):
            guard text.hasSuffix("%") else {
                throw Self.error("invalid type: string is not a percentage")
            }
            let digits = String(text.dropLast())
            guard let percent = Int(digits) else {
                throw Self.error(
                    "invalid value \(GoFormat.quoted(text)): strconv.Atoi: parsing "
                        + "\(GoFormat.quoted(digits)): invalid syntax")
            }
            let (product, overflows) = percent.multipliedReportingOverflow(by: total)
            guard !overflows else { throw Self.error("invalid value \(GoFormat.quoted(text)): out of range") }
            let (quotient, remainder) = product.quotientAndRemainder(dividingBy: 100)
            switch rounding {
            case .up: return quotient + (remainder > 0 ? 1 : 0)
            case .down: return quotient - (remainder < 0 ? 1 : 0)
            }
        }
    }

    private static func error(_ reason: String) -> KubeModelError {
        KubeModelError(.invalidIntOrString, "invalid value for IntOrString: \(reason)")
    }
}

extension IntOrString: CustomStringConvertible {
    public var description: String {
        switch self {
        case .int(let number): String(number)
        case .string(let text): text
        }
    }
}

extension IntOrString: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int32) { self = .int(value) }
    public init(stringLiteral value: String) { self = .string(value) }
}
