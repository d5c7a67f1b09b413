extension Quantity {
    /// The form Kubernetes stores: no fraction, and the largest suffix that needs none.
    ///
    /// Binary amounts below 1024, or with a fraction, are printed with decimal suffixes.
    public var canonical: String {
        if isZero { return "0" }
        if format == .binarySI, let units = integralUnits, units.magnitude >= 1024 {
            return Self.binary(units)
        }
        var (amount, exponent) = reduced
        // Suffixes stand for powers of 1000, so up to two zeros go back into the number.
        while exponent % 3 != 0 {
            let (product, overflows) = amount.multipliedReportingOverflow(by: 10)
            if overflows { break }
            amount = product
            exponent -= 1
        }
        return String(amount) + Self.suffix(exponent, exponential: format == .decimalExponent)
    }

    private var integralUnits: Int128? {
        guard let (units, isExact) = Self.rescaled(mantissa, from: scale, to: 0), isExact else { return nil }
        return units
    }

    private static func binary(_ units: Int128) -> String {
        var (amount, steps) = (units, 0)
        while amount % 1024 == 0, steps < binarySuffixes.count - 1 {
            amount /= 1024
            steps += 1
        }
        return String(amount) + binarySuffixes[steps]
    }

    private static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

    private static func suffix(_ exponent: Int, exponential: Bool) -> String {
        if exponent == 0 { return "" }
        if !exponential, let letter = decimalSuffixes[exponent] { return letter }
        return "e\(exponent)"
    }

    /// The letters of decimal powers.
    static let decimalSuffixes = [
        -9: "n", -6: "u", -3: "m", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E",
    ]
}
