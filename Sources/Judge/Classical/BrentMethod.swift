/// Finds a root between two places of opposite sign by interpolation and, where that fails, by halving.
///
/// R. P. Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 4 (`zero`). The order of
/// operations is the book's, since on step functions the last places of the root depend on it.
enum BrentMethod {
    static func root(
        from lower: Double, to upper: Double, tolerance: Double, _ function: (Double) -> Double
    ) -> Double {
        var (a, b) = (lower, upper)
        var (fa, fb) = (function(a), function(b))
        // Zero up to one unit in the last place of zero, as Kayenta takes it, is zero or the least number.
        func isZero(_ value: Double) -> Bool { abs(value) <= .leastNonzeroMagnitude }
        if isZero(fa) { return a }
        if isZero(fb) { return b }
        var (c, fc) = (a, fa)
        for _ in 0...1_000 {
            let previous = b - a
            if abs(fc) < abs(fb) {
                (a, b, c) = (b, c, b)
                (fa, fb, fc) = (fb, fc, fb)
            }
            let accuracy = 2 * 0x1p-52 * abs(b) + tolerance / 2
            var step = (c - b) / 2
            if abs(step) <= accuracy || isZero(fb) { return b }
            if abs(previous) >= accuracy, abs(fa) > abs(fb) {
                var (p, q) = interpolation(a, b, c, fa, fb, fc)
                if p > 0 { q = -q } else { p = -p }
                if p < 0.75 * (c - b) * q - abs(accuracy * q) / 2, p < abs(previous * q / 2) { step = p / q }
            }
            if abs(step) < accuracy { step = step > 0 ? accuracy : -accuracy }
            (a, fa) = (b, fb)
            b += step
            fb = function(b)
            if (fb > 0 && fc > 0) || (fb < 0 && fc < 0) { (c, fc) = (a, fa) }
        }
        return b
    }

    /// Numerator and denominator of the step: a secant through two places, or a parabola of the inverse
    /// through three.
    private static func interpolation(
        _ a: Double, _ b: Double, _ c: Double, _ fa: Double, _ fb: Double, _ fc: Double
    ) -> (Double, Double) {
        let width = c - b
        if a == c {
            let ratio = fb / fa
            return (width * ratio, 1 - ratio)
        }
        let q = fa / fc
        let first = fb / fc
        let second = fb / fa
        return (
            second * (width * q * (q - first) - (b - a) * (first - 1)),
            (q - 1) * (first - 1) * (second - 1)
        )
    }
}
