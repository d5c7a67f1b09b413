public import Manifest

extension Quantity {
    /// Reads a quantity: `100m`, `1.5Gi`, `12e6`, `-3`.
    ///
    /// What is finer than 10^-9 is rounded away from 0, and binary amounts are capped at 2^63-1.
    /// - Throws: `invalidQuantity`, in upstream's words; also for more than 38 significant digits.
    public init(_ text: some StringProtocol) throws(KubeModelError) {
        let parts = try Parts(Array(text.utf8))
        let (base, exponent, format) = try parts.interpretedSuffix()
        guard let digits = parts.number else { throw Self.numericError }
        let decimals = parts.fraction.count - parts.trailingZeros

        var mantissa = digits
        var scale = -decimals
        if base == 2 {
            guard let factor = Self.power(of: 2, exponent) else { throw Self.numericError }
            let (product, overflows) = digits.multipliedReportingOverflow(by: factor)
            // Too large for 128 bits is above the cap, unless it has a very long fraction.
            guard !overflows || decimals == 0 else { throw Self.numericError }
            mantissa = overflows ? .max : product
        } else {
            scale += exponent
        }
        if scale < -9 { mantissa = Self.rescaled(mantissa, from: scale, to: -9)?.value ?? 1 }
        scale = max(scale, -9)

        var style = format
        if base == 2 {
            let bounded = Quantity(mantissa: mantissa, scale: scale, format: format)
            if bounded > Quantity(.max) {
                mantissa = Int128(Int64.max)
                scale = 0
            } else if mantissa != 0, bounded < Quantity(1) {
                style = .decimalSI
            }
        }
        self.init(
            mantissa: parts.isNegative ? -mantissa : mantissa, scale: scale, format: style,
            spelling: parts.isPrintedUnchanged(exponent, format) ? String(text) : nil)
    }

    /// Reads a field that holds a quantity, as a string or as a number; null counts as 0.
    ///
    /// - Throws: `invalidQuantity`.
    public init(reading value: Value) throws(KubeModelError) {
        switch value {
        case .null: self = .zero
        case .integer(let number): try self.init(String(number))
        case .double(let real): try self.init(real.text)
        case .string(let text): try self.init(Self.trimmed(text))
        default: throw Self.formatError
        }
    }

    private static func trimmed(_ text: String) -> Substring {
        let rest = text.drop(while: \.isWhitespace)
        guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return rest[...last]
    }

    private static let formatError = KubeModelError(
        .invalidQuantity,
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    private static let numericError = KubeModelError(
        .invalidQuantity, "unable to parse numeric part of quantity")
    private static let suffixError = KubeModelError(
        .invalidQuantity, "unable to parse quantity's suffix")

    /// A text taken apart at sign, point and suffix.
    private struct Parts {
        var isNegative = false
        /// The digits before the point without leading zeros.
        var integral: ArraySlice<UInt8>
        /// The digits behind the point.
        var fraction: ArraySlice<UInt8> = []
        var suffix: ArraySlice<UInt8> = []

        init(_ bytes: [UInt8]) throws(KubeModelError) {
            guard !bytes.isEmpty else { throw formatError }
            var rest = bytes[...]
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                isNegative = sign == UInt8(ascii: "-")
                rest.removeFirst()
            }
            rest = rest.drop { $0 == UInt8(ascii: "0") }
            integral = rest.prefix(while: Self.isDigit)
            rest = rest[integral.endIndex...]
            if rest.first == UInt8(ascii: ".") {
                fraction = rest.dropFirst().prefix(while: Self.isDigit)
                rest = rest[fraction.endIndex...]
            }
            suffix = rest
            rest = rest.drop { "eEinumkKMGTP".utf8.contains($0) }
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            guard rest.allSatisfy(Self.isDigit) else { throw formatError }
        }

        private static func isDigit(_ byte: UInt8) -> Bool {
            byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        }

        /// The zeros that end the fraction and say nothing.
        var trailingZeros: Int {
            fraction.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        }

        /// All digits as one number without the fraction's trailing zeros; nil beyond 128 bits.
        var number: Int128? {
            var number: Int128 = 0
            for digit in integral + fraction.dropLast(trailingZeros) {
                let (product, overflows) = number.multipliedReportingOverflow(by: 10)
                let (sum, overflowsToo) = product.addingReportingOverflow(Int128(digit - UInt8(ascii: "0")))
                if overflows || overflowsToo { return nil }
                number = sum
            }
            return number
        }

        func interpretedSuffix() throws(KubeModelError) -> (base: Int, exponent: Int, format: Format) {
            let text = String(decoding: suffix, as: UTF8.self)
            switch text {
            case "": return (10, 0, .decimalSI)
            case "Ki": return (2, 10, .binarySI)
            case "Mi": return (2, 20, .binarySI)
            case "Gi": return (2, 30, .binarySI)
            case "Ti": return (2, 40, .binarySI)
            case "Pi": return (2, 50, .binarySI)
            case "Ei": return (2, 60, .binarySI)
            default: break
            }
            if let power = Quantity.decimalSuffixes.first(where: { $0.value == text })?.key {
                return (10, power, .decimalSI)
            }
            guard text.count > 1, text.first == "e" || text.first == "E",
                let exponent = Int32(text.dropFirst())
            else { throw suffixError }
            return (10, Int(exponent), .decimalExponent)
        }

        /// Whether Kubernetes keeps the text and prints it again: it takes a look at the digits and deems
        /// them canonical, leading zeros, a plus sign or `1.500` notwithstanding.
        func isPrintedUnchanged(_ exponent: Int, _ format: Format) -> Bool {
            let integralCount = max(integral.count, 1)
            let digits = Array((integral.isEmpty ? [UInt8(ascii: "0")] : integral) + fraction)
            guard let number = Int64(String(decoding: digits, as: UTF8.self)) else { return false }
            if format == .binarySI {
                guard fraction.isEmpty, 14 - integralCount - exponent * 3 / 10 >= 0 else { return false }
                return number % 8 != 0
            }
            let scale = exponent - fraction.count
            guard digits.count <= 18, scale >= -9 else { return false }
            return scale % 3 == 0 && !digits.suffix(3).elementsEqual("000".utf8)
                && digits.first != UInt8(ascii: "0")
        }
    }
}
