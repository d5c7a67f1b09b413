/// By how much pods differ more than chance makes them differ.
public enum Overdispersion {
    /// Pearson's φ, at least 1, of bad events per pod if the rate were the same for all.
    ///
    /// φ = Σ (xᵢ - μᵢ)² / μᵢ / (N - 1) over N pods.
    ///
    /// Log likelihood ratios are divided by it, as quasi-likelihood does (P. McCullagh and J. A. Nelder,
    /// "Generalized Linear Models", 1989).
    public static func factor(bad: [Int], requests: [Int]) -> Double {
        let total = requests.reduce(0, +)
        let allBad = bad.reduce(0, +)
        guard bad.count > 1, total > 0, allBad > 0 else { return 1 }
        var sum = 0.0
        for (count, size) in zip(bad, requests) where size > 0 {
            let expected = Double(allBad) * Double(size) / Double(total)
            let difference = Double(count) - expected
            sum += difference * difference / expected
        }
        return max(1, sum / Double(bad.count - 1))
    }
}
