/// The gamma function and its relatives, by their logarithms.
enum Gamma {
    private static let halfLogTwoPi = 0.918_938_533_204_672_8

    /// log Γ(x) for x > 0.
    ///
    /// Stirling's series (NIST DLMF 5.11.1) from 12 on, below by Γ(x) = Γ(x + 1) / x.
    static func logGamma(_ x: Double) -> Double {
        var product = 1.0
        var shifted = x
        while shifted < 12 {
            product *= shifted
            shifted += 1
        }
        let stirling = (shifted - 0.5) * log(shifted) - shifted + halfLogTwoPi + correction(shifted)
        return product == 1 ? stirling : stirling - log(product)
    }

    /// What Stirling's formula lacks of log Γ(x), for x ≥ 12: Σ B₂ₖ / (2k (2k - 1) x²ᵏ⁻¹).
    private static func correction(_ x: Double) -> Double {
        let z = 1 / (x * x)
        let series =
            1.0 / 12 - z
            * (1.0 / 360 - z
                * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * (691.0 / 360_360 - z / 156)))))
        return series / x
    }

    /// log B(a, b) = log Γ(a) + log Γ(b) - log Γ(a + b), for a, b > 0.
    ///
    /// Large arguments would cancel in that sum, so that their Stirling formulas are subtracted term by term
    /// instead (A. R. DiDonato and A. H. Morris, "Algorithm 708", ACM TOMS 18, 1992).
    static func logBeta(_ first: Double, _ second: Double) -> Double {
        let a = min(first, second)
        let b = max(first, second)
        if b < 12 { return logGamma(a) + logGamma(b) - logGamma(a + b) }
        let rest = correction(b) - correction(a + b)
        if a < 12 { return logGamma(a) + rest + a - a * log(a + b) - (b - 0.5) * log1p(a / b) }
        return halfLogTwoPi - 0.5 * log(b) + correction(a) + rest
            + (a - 0.5) * log(a / (a + b)) - b * log1p(a / b)
    }

    /// log of the regularized upper incomplete gamma function Q(a, x), for a > 0 and x ≥ 0.
    static func logUpper(_ a: Double, _ x: Double) -> Double {
        if x <= 0 { return 0 }
        let logFactor = a * log(x) - x - logGamma(a)
        if x < a + 1 {
            // P(a, x) by its series, DLMF 8.7.1.
            var term = 1 / a
            var sum = term
            var n = a
            repeat {
                n += 1
                term *= x / n
                sum += term
            } while term > sum * 1e-17
            return log1p(-exp(logFactor + log(sum)))
        }
        // The continued fraction, DLMF 8.9.2.
        let fraction = ContinuedFraction.evaluate(first: x + 1 - a) { n in
            (numerator: -n * (n - a), denominator: x + 2 * n + 1 - a)
        }
        return logFactor - log(fraction)
    }
}
