/// Between which bounds of a histogram a quantile lies, known at all times at once.
///
/// Nothing is interpolated within a bucket: what a histogram does not hold is not made up.
public struct BucketQuantile: Sendable, Hashable {
    /// The quantile is more than this; 0 where nothing is known.
    public let lowerExclusive: Double
    /// The quantile is at most this; infinite where nothing is known.
    public let upperInclusive: Double

    /// - Parameters:
    ///   - quantile: Such as 0.99.
    ///   - bounds: The finite upper bounds of the buckets, ascending.
    ///   - cumulative: How many are at most each bound.
    ///   - total: How many there are at all.
    ///   - alpha: The probability that the interval ever misses, split among the bounds.
    public init(
        _ quantile: Double, bounds: [Double], cumulative: [Int], total: Int, alpha: Double, optimalCount: Int
    ) {
        var lower = 0.0
        var upper = Double.infinity
        for (bound, count) in zip(bounds, cumulative) {
            let share = BernoulliInterval(
                hits: count, trials: total, alpha: alpha / Double(bounds.count), optimalCount: optimalCount)
            if share.upper < quantile { lower = max(lower, bound) }
            if share.lower >= quantile { upper = min(upper, bound) }
        }
        lowerExclusive = lower
        upperInclusive = upper
    }
}
