/// The regularized incomplete beta function, which is the distribution of a beta variable.
struct BetaDistribution: Sendable {
    let a: Double
    let b: Double

    init(_ a: Double, _ b: Double) {
        self.a = a
        self.b = b
    }

    /// log I_x(a, b): of the probability that the variable is at most x.
    func logLower(_ x: Double) -> Double {
        if x <= 0 { return -.infinity }
        if x >= 1 { return 0 }
        if x < (a + 1) / (a + b + 2) { return direct(x) }
        return log1p(-exp(BetaDistribution(b, a).direct(1 - x)))
    }

    /// log (1 - I_x(a, b)): of the probability that the variable is more than x.
    func logUpper(_ x: Double) -> Double { BetaDistribution(b, a).logLower(1 - x) }

    func lower(_ x: Double) -> Double { exp(logLower(x)) }

    /// By the continued fraction NIST DLMF 8.17.22, quick for x < (a + 1) / (a + b + 2).
    private func direct(_ x: Double) -> Double {
        let fraction = ContinuedFraction.evaluate(first: 1) { n in
            let m = (n / 2).rounded(.down)
            let numerator =
                n.truncatingRemainder(dividingBy: 2) == 0
                ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            return (numerator, 1)
        }
        return a * log(x) + b * log1p(-x) - Gamma.logBeta(a, b) - log(a) - log(fraction)
    }

    /// The x at which the lower probability is p.
    func quantile(_ p: Double) -> Double {
        Bisection.root(from: 0, to: 1) { lower($0) < p }
    }
}

/// The place at which a condition that holds below ceases to hold.
enum Bisection {
    static func root(
        from lower: Double, to upper: Double, precision: Double = 1e-15, holds: (Double) -> Bool
    ) -> Double {
        var (lower, upper) = (lower, upper)
        // Halving 1 down to the least number takes 1,074 steps; places near 1 are found after 53.
        for _ in 0..<1_100 {
            let middle = lower + (upper - lower) / 2
            guard middle > lower, middle < upper else { break }
            if holds(middle) { lower = middle } else { upper = middle }
            if upper - lower <= precision * upper { break }
        }
        return lower + (upper - lower) / 2
    }
}
