/// Continued fractions b₀ + a₁ / (b₁ + a₂ / (b₂ + …)).
enum ContinuedFraction {
    /// The value, by the modified algorithm of Lentz (I. J. Thompson and A. R. Barnett, J. Comput. Phys. 64,
    /// 1986).
    ///
    /// - Parameters:
    ///   - first: b₀.
    ///   - part: aₙ and bₙ for n from 1 on.
    static func evaluate(
        first: Double, _ part: (_ n: Double) -> (numerator: Double, denominator: Double)
    ) -> Double {
        let tiny = 1e-300
        var value = first == 0 ? tiny : first
        var c = value
        var d = 0.0
        // The fractions here converge in about the square root of their arguments' steps.
        for n in 1...200_000 {
            let (a, b) = part(Double(n))
            d = b + a * d
            c = b + a / c
            if d == 0 { d = tiny }
            if c == 0 { c = tiny }
            d = 1 / d
            let factor = c * d
            value *= factor
            if abs(factor - 1) < 1e-16 { break }
        }
        return value
    }
}
