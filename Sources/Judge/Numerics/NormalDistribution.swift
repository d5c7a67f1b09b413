/// The standard normal distribution.
enum NormalDistribution {
    /// log of the probability of more than z. Q(½, z²/2) is that of more than |z| to either side (DLMF
    /// 7.11.2).
    static func logUpper(_ z: Double) -> Double {
        let logTail = Gamma.logUpper(0.5, z * z / 2) - 0.693_147_180_559_945_3
        return z >= 0 ? logTail : log1p(-exp(logTail))
    }

    /// The probability of more than z.
    static func upper(_ z: Double) -> Double { exp(logUpper(z)) }

    /// The probability of at most z.
    static func lower(_ z: Double) -> Double { upper(-z) }

    static func density(_ z: Double) -> Double { exp(-z * z / 2) * 0.398_942_280_401_432_7 }

    /// The z with probability p of at most z.
    ///
    /// A rational approximation (M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions",
    /// 26.2.23, good to 4.5e-4), then Halley's method on the tail.
    static func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
        let tail = min(p, 1 - p)
        let t = (-2 * log(tail)).squareRoot()
        let numerator = 2.515517 + t * (0.802853 + t * 0.010328)
        let denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        var z = t - numerator / denominator
        for _ in 0..<4 {
            let step = (upper(z) - tail) / density(z)
            z += step / (1 - z * step / 2)
        }
        return p < 0.5 ? -z : z
    }
}
