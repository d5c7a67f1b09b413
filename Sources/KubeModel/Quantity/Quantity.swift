/// An amount of a resource: `500m` CPU, `1Gi` memory (`resource.Quantity`).
///
/// Quantities are decimal numbers that remember the style they were written in. Arithmetic is exact for 38
/// significant digits, far beyond the range Kubernetes promises (2^63-1 with nine decimals).
///
///     let limit = try Quantity("1.5Gi")     // prints 1536Mi
///     let half = try Quantity("0.5")        // prints 500m
///
/// Two quantities are equal when their amounts are, whatever their style.
public struct Quantity: Sendable {
    /// The style in which an amount is printed.
    public enum Format: Sendable, Hashable {
        /// `12Mi`: powers of 1024.
        case binarySI
        /// `12M`: powers of 1000.
        case decimalSI
        /// `12e6`.
        case decimalExponent
    }

    /// The amount is `mantissa * 10^scale`.
    let mantissa: Int128
    let scale: Int
    /// The style in which the amount is printed; a change of it also drops the spelling that was parsed.
    public var format: Format {
        didSet { spelling = nil }
    }
    /// The text that was parsed, where Kubernetes would print it again unchanged.
    private(set) var spelling: String?

    /// Zero, as an absent amount counts.
    public static let zero = Quantity(0)

    /// An integral amount.
    public init(_ value: Int64, format: Format = .decimalSI) {
        self.init(mantissa: Int128(value), scale: 0, format: format)
    }

    /// The amount `value * 10^scale`: `Quantity(value: 500, scale: -3)` is half a unit.
    public init(value: Int64, scale: Int, format: Format = .decimalSI) {
        self.init(mantissa: Int128(value), scale: scale, format: format)
    }

    init(mantissa: Int128, scale: Int, format: Format, spelling: String? = nil) {
        self.mantissa = mantissa
        self.scale = mantissa == 0 ? 0 : scale
        self.format = format
        self.spelling = spelling
    }

    /// Whether the amount is 0.
    public var isZero: Bool { mantissa == 0 }

    /// Whether the amount is below 0.
    public var isNegative: Bool { mantissa < 0 }

    /// The amount rounded away from 0 to an integer, capped to what 64 bits hold.
    public var value: Int64 { scaled(by: 0) }

    /// The amount in thousandths, rounded away from 0 and capped to what 64 bits hold.
    public var milliValue: Int64 { scaled(by: -3) }

    /// The amount in units of `10^power`, rounded away from 0 and capped to what 64 bits hold.
    public func scaled(by power: Int) -> Int64 {
        guard let units = Self.rescaled(mantissa, from: scale, to: power)?.value else {
            return isNegative ? .min : .max
        }
        return Int64(clamping: units)
    }

    /// The amount as an integer, or nil where it has a fraction or exceeds 64 bits.
    public var exactInteger: Int64? {
        guard let (value, isExact) = Self.rescaled(mantissa, from: scale, to: 0), isExact else { return nil }
        return Int64(exactly: value)
    }
}

extension Quantity: Hashable {
    public static func == (left: Quantity, right: Quantity) -> Bool { left.order(relativeTo: right) == 0 }

    public func hash(into hasher: inout Hasher) {
        let (mantissa, scale) = reduced
        hasher.combine(mantissa)
        hasher.combine(scale)
    }
}

extension Quantity: Comparable {
    public static func < (left: Quantity, right: Quantity) -> Bool { left.order(relativeTo: right) < 0 }
}

extension Quantity: CustomStringConvertible {
    /// The text an API server answers with: the canonical form, or what was parsed where that is as good.
    public var description: String { spelling ?? canonical }
}
