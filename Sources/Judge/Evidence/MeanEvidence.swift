/// A mean that is watched as its summands come: an interval that always holds, and evidence.
///
/// The asymptotic confidence sequence of I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas,
/// "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2024.
/// Asymptotic: not before thirty summands.
public struct MeanEvidence: Sendable, Hashable {
    /// Before this many summands nothing is concluded.
    public static let minimumCount = 30

    /// How many values there are.
    public private(set) var count = 0
    /// Their mean.
    public private(set) var mean = 0.0
    /// The sum of squared deviations, kept by Welford's method.
    private var squares = 0.0
    private let boundaryWeight: Double

    /// - Parameters:
    ///   - alpha: The error for which the interval is tightest.
    ///   - optimalCount: After how many summands it is.
    public init(alpha: Double, optimalCount: Int) {
        boundaryWeight = (-2 * log(alpha) + log(1 - 2 * log(alpha))) / Double(optimalCount)
    }

    /// What all values so far have told.
    var memory: Memory { Memory(count: count, mean: mean, squares: squares) }

    /// Goes on from what values have told.
    mutating func recall(_ memory: Memory) {
        (count, mean, squares) = (memory.count, memory.mean, memory.squares)
    }

    /// Takes in a value.
    public mutating func add(_ value: Double) {
        count += 1
        let deviation = value - mean
        mean += deviation / Double(count)
        squares += deviation * (value - mean)
    }

    /// Of the values, by their number; 0 before the first.
    public var standardDeviation: Double { count == 0 ? 0 : (squares / Double(count)).squareRoot() }

    /// Half of the width of the interval around the mean.
    ///
    /// The true mean is in it at all times at once with probability 1 - α.
    public func radius(alpha: Double) -> Double {
        let t = Double(count)
        let scaled = t * boundaryWeight + 1
        return standardDeviation
            * (2 * scaled / (t * t * boundaryWeight) * log(scaled.squareRoot() / alpha)).squareRoot()
    }

    /// log E against a true mean of `value`: the process whose level 1/α the interval's bounds are.
    public func logEvidence(against value: Double) -> Double {
        guard count > 0 else { return 0 }
        let t = Double(count)
        let scaled = t * boundaryWeight + 1
        let distance = (mean - value) * t
        let variance = squares / t
        let exponent = variance > 0 ? boundaryWeight * distance * distance / (2 * scaled * variance) : 0
        return exponent - 0.5 * log(scaled)
    }

    /// log E against "the mean is at most `value`": the least over all of them.
    public func logEvidence(above value: Double) -> Double { logEvidence(against: min(mean, value)) }

    /// log E against "the mean is at least `value`".
    public func logEvidence(below value: Double) -> Double { logEvidence(against: max(mean, value)) }
}
