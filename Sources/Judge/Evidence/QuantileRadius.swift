/// By how much an empirical distribution may be off at any time, in probability.
///
/// S. R. Howard and A. Ramdas, "Sequential estimation of quantiles with applications to A/B testing and
/// best-arm identification", Bernoulli 28, 2022.
public enum QuantileRadius {
    /// For all quantiles at once.
    public static func uniform(count: Int, alpha: Double) -> Double {
        let t = Double(count)
        return 0.85 * ((log(log(2.718_281_828_459_045 * t)) + 0.8 * log(1612 / alpha)) / t).squareRoot()
    }

    /// For one quantile.
    public static func single(_ quantile: Double, count: Int, alpha: Double) -> Double {
        let t = Double(count)
        let width = (1.4 * log(log(2.1 * t)) + log(10 / alpha)) / t
        return 1.5 * (quantile * (1 - quantile) * width).squareRoot() + 0.8 * width
    }
}
