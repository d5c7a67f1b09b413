extension Quantity {
    /// The sum; where it needs more than 38 digits the last ones are rounded away from 0.
    ///
    /// It has the style of the first amount, or of the second one where the first is 0.
    public static func + (left: Quantity, right: Quantity) -> Quantity {
        let format = left.isZero ? right.format : left.format
        if right.isZero { return Quantity(mantissa: left.mantissa, scale: left.scale, format: format) }
        if left.isZero { return Quantity(mantissa: right.mantissa, scale: right.scale, format: format) }
        let (left, right) = (left.reduced, right.reduced)
        // Exact at the finer of the two scales unless that takes too many digits; then coarser and coarser.
        // A number has 39 digits at most, so nothing is gained by starting further down.
        var scale = max(min(left.scale, right.scale), max(left.scale, right.scale) - 39)
        while true {
            if let first = rescaled(left.mantissa, from: left.scale, to: scale)?.value,
                let second = rescaled(right.mantissa, from: right.scale, to: scale)?.value
            {
                let (sum, overflows) = first.addingReportingOverflow(second)
                if !overflows { return Quantity(mantissa: sum, scale: scale, format: format) }
            }
            scale += 1
        }
    }

    /// The difference, rounded and styled as a sum is.
    public static func - (left: Quantity, right: Quantity) -> Quantity { left + -right }

    public static prefix func - (quantity: Quantity) -> Quantity {
        Quantity(mantissa: -quantity.mantissa, scale: quantity.scale, format: quantity.format)
    }

    public static func += (left: inout Quantity, right: Quantity) { left = left + right }

    public static func -= (left: inout Quantity, right: Quantity) { left = left - right }

    /// The amount `count` times over; what needs more than 38 digits is rounded away from 0.
    public static func * (quantity: Quantity, count: Int64) -> Quantity {
        var (mantissa, scale) = quantity.reduced
        while true {
            let (product, overflows) = mantissa.multipliedReportingOverflow(by: Int128(count))
            if !overflows { return Quantity(mantissa: product, scale: scale, format: quantity.format) }
            mantissa = dividedAwayFromZero(mantissa, by: 10).value
            scale += 1
        }
    }

    /// Below, at or above 0 as the amount is less than, equal to or greater than `other`.
    func order(relativeTo other: Quantity) -> Int {
        if mantissa.signum() != other.mantissa.signum() {
            return Int(mantissa.signum()) - Int(other.mantissa.signum())
        }
        if scale < other.scale { return -other.order(relativeTo: self) }
        // An amount too large for the finer scale of the other one is larger in magnitude.
        guard let aligned = Self.rescaled(mantissa, from: scale, to: other.scale)?.value else {
            return Int(mantissa.signum())
        }
        return aligned == other.mantissa ? 0 : aligned < other.mantissa ? -1 : 1
    }

    /// The same amount with the smallest mantissa.
    var reduced: (mantissa: Int128, scale: Int) {
        if mantissa == 0 { return (0, 0) }
        var (mantissa, scale) = (mantissa, scale)
        while mantissa % 10 == 0 {
            mantissa /= 10
            scale += 1
        }
        return (mantissa, scale)
    }

    /// A mantissa at another scale, rounded away from 0 where that is coarser; nil where it exceeds 128 bits.
    static func rescaled(
        _ mantissa: Int128, from scale: Int, to target: Int
    ) -> (value: Int128, isExact: Bool)? {
        if mantissa == 0 || scale == target { return (mantissa, true) }
        if scale > target {
            guard let factor = power(of: 10, scale - target) else { return nil }
            let (product, overflows) = mantissa.multipliedReportingOverflow(by: factor)
            return overflows ? nil : (product, true)
        }
        guard let divisor = power(of: 10, target - scale) else { return (mantissa.signum(), false) }
        return dividedAwayFromZero(mantissa, by: divisor)
    }

    private static func dividedAwayFromZero(
        _ mantissa: Int128, by divisor: Int128
    ) -> (value: Int128, isExact: Bool) {
        let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor)
        return remainder == 0 ? (quotient, true) : (quotient + mantissa.signum(), false)
    }

    /// A power, or nil where it exceeds 128 bits.
    static func power(of base: Int128, _ exponent: Int) -> Int128? {
        guard exponent <= 127 else { return nil }
        var result: Int128 = 1
        for _ in 0..<exponent {
            let (product, overflows) = result.multipliedReportingOverflow(by: base)
            if overflows { return nil }
            result = product
        }
        return result
    }
}
