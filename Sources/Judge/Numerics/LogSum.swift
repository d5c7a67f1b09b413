/// Sums of numbers that are known by their logarithms, which need never fit a `Double` themselves.
enum LogSum {
    /// log Σ exp(x); `-inf` for no summands.
    static func sum(_ logs: some Collection<Double>) -> Double {
        guard let greatest = logs.max(), greatest > -.infinity else { return -.infinity }
        if greatest == .infinity { return greatest }
        return greatest + log(logs.reduce(0) { $0 + exp($1 - greatest) })
    }

    /// log of the mean of exp(x).
    static func mean(_ logs: some Collection<Double>) -> Double { sum(logs) - log(Double(logs.count)) }

    /// log Σ w exp(x); summands of weight zero do not count.
    static func weighted(_ logs: [Double], weights: [Double]) -> Double {
        sum(zip(logs, weights).lazy.filter { $0.1 > 0 }.map { $0.0 + log($0.1) })
    }
}
