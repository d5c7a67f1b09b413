// Exponential and logarithm in plain arithmetic, which IEEE 754 defines to the last bit. A verdict is
// replayed from its log on another machine, years later, and must come out the same; the mathematics
// libraries of systems differ in the last place, and so would the verdicts they lead to. Accurate to about
// one unit in the last place.

/// The natural logarithm of 2 in two parts, the first with 21 trailing zero bits, so that its product with an
/// exponent is exact (W. J. Cody and W. Waite, "Software Manual for the Elementary Functions", 1980).
private let ln2High = 0x1.62e42feep-1
private let ln2Low = 0x1.a39ef35793c76p-33

/// The natural logarithm.
func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.414_213_562_373_095_1 {
        significand /= 2
        exponent += 1
    }
    return exponent * ln2High + (logarithmNearOne(significand - 1) + exponent * ln2Low)
}

/// The natural logarithm of `1 + x`, accurate also where x is tiny.
func log1p(_ x: Double) -> Double {
    if x > -0.29, x < 0.41 { return logarithmNearOne(x) }
    guard x > -1 else { return x == -1 ? -.infinity : .nan }
    let sum = 1 + x
    // What the sum has lost, to first order.
    return sum < .infinity ? log(sum) + (x - (sum - 1)) / sum : sum
}

/// log(1 + f) for f between √½ - 1 and √2 - 1: with s = f / (2 + f), it is 2 artanh s, whose series in s²
/// converges quickly. Written as f minus a small rest, so that the rounding of s hardly counts.
private func logarithmNearOne(_ f: Double) -> Double {
    let s = f / (2 + f)
    let z = s * s
    var series = 2.0 / 21
    for denominator in stride(from: 19.0, through: 3, by: -2) { series = series * z + 2 / denominator }
    let half = f * f / 2
    return f - (half - s * (half + z * series))
}

/// The exponential.
func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 709.782_712_893_384 { return .infinity }
    if x < -745.133_219_101_942 { return 0 }
    let exponent = (x * 1.442_695_040_888_963_4).rounded()
    let high = x - exponent * ln2High
    let low = exponent * ln2Low
    let rest = high - low
    let significand = 1 + taylor(rest)
    // What the difference has lost, to first order.
    let corrected = significand + significand * ((high - rest) - low)
    return Double(sign: .plus, exponent: Int(exponent), significand: corrected)
}

/// `exp(x) - 1`, accurate also where x is tiny.
func expm1(_ x: Double) -> Double { abs(x) < 0.35 ? taylor(x) : exp(x) - 1 }

/// exp(x) - 1 for |x| up to ½ ln 2 by its series.
private func taylor(_ x: Double) -> Double {
    var sum = 1.0
    for divisor in stride(from: 15.0, through: 2, by: -1) { sum = 1 + sum * x / divisor }
    return x * sum
}
