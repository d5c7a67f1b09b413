/// By how much one sample lies above another: an interval and an estimate of the shift by ranks.
///
/// The Wilcoxon-Mann-Whitney test with the normal approximation, corrected for ties and for continuity (J. L.
/// Hodges and E. L. Lehmann, "Estimates of Location Based on Rank Tests", Ann. Math. Statist. 34, 1963). What
/// Kayenta judges by.
public struct MannWhitney: Sendable, Hashable {
    /// The lower end of the interval of the shift.
    public let lower: Double
    /// The upper end.
    public let upper: Double
    /// The Hodges-Lehmann estimate of the shift.
    public let estimate: Double

    /// How the place is found at which the test statistic crosses a quantile.
    public enum Search: Sendable {
        /// At the differences of the samples' values, where the statistic jumps: exact.
        case exact
        /// By Brent's method up to 1e-4, as Kayenta does. Where many values are equal, the noise of its end
        /// decides.
        case brent
    }

    /// - Throws: `invalidQuestion` where a sample is empty or all values are equal.
    public init(
        _ sample: [Double], over other: [Double], confidence: Double, search: Search = .exact
    ) throws(JudgeError) {
        let all = sample + other
        guard !sample.isEmpty, !other.isEmpty, all.allSatisfy(\.isFinite), Set(all).count > 1 else {
            throw JudgeError(.invalidQuestion, "sample", "must have values, and not all of them equal")
        }
        let statistic = ShiftStatistic(sample: sample, other: other)
        let quantile = -NormalDistribution.quantile((1 - confidence) / 2)
        switch search {
        case .exact:
            lower = statistic.exactRoot(quantile)
            upper = statistic.exactRoot(-quantile)
            estimate = statistic.exactRoot(0)
        case .brent:
            lower = statistic.brentRoot(quantile)
            upper = statistic.brentRoot(-quantile)
            estimate = statistic.unclampedBrentRoot(0)
        }
    }
}

/// The standardized rank sum of a sample shifted down, as a function of the shift. It falls in steps.
private struct ShiftStatistic {
    let sample: [Double]
    let other: [Double]

    private var least: Double { (sample.min() ?? 0) - (other.max() ?? 0) }
    private var greatest: Double { (sample.max() ?? 0) - (other.min() ?? 0) }

    func value(_ shift: Double) -> Double {
        let (n, m) = (Double(sample.count), Double(other.count))
        let sorted = (sample.map { ($0 - shift, true) } + other.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var rankSum = 0.0
        var ties = 0.0
        var start = 0
        while start < sorted.count {
            var end = start
            while end < sorted.count, sorted[end].0 == sorted[start].0 { end += 1 }
            let size = Double(end - start)
            let own = sorted[start..<end].count { $0.1 }
            rankSum += Double(own) * Double(start + end + 1) / 2
            ties += size * size * size - size
            start = end
        }
        let excess = rankSum - n * (n + 1) / 2 - n * m / 2
        let correction = excess > 0 ? 0.5 : excess < 0 ? -0.5 : 0
        let sigma = (n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))).squareRoot()
        return (excess - correction) / sigma
    }

    /// The least difference of two values above which the statistic is at most the quantile.
    func exactRoot(_ quantile: Double) -> Double {
        if value(least) <= quantile { return least }
        if value(greatest) >= quantile, quantile != 0 { return greatest }
        let jumps = Set(sample.flatMap { x in other.map { x - $0 } }).sorted()
        var low = 0
        var high = jumps.count - 1
        while low < high {
            let middle = (low + high) / 2
            // Between two jumps the statistic is constant.
            let between = jumps[middle] + (jumps[middle + 1] - jumps[middle]) / 2
            if value(between) <= quantile { high = middle } else { low = middle + 1 }
        }
        return jumps[low]
    }

    func brentRoot(_ quantile: Double) -> Double {
        if value(least) - quantile <= 0 { return least }
        if value(greatest) - quantile >= 0 { return greatest }
        return unclampedBrentRoot(quantile)
    }

    func unclampedBrentRoot(_ quantile: Double) -> Double {
        BrentMethod.root(from: least, to: greatest, tolerance: 1e-4) { value($0) - quantile }
    }
}
