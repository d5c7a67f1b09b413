/// How Kayenta, Spinnaker's judge, classifies series and scores a canary: for comparison.
///
/// It compares points in time, not requests, and takes no account of being asked again.
public struct KayentaJudge: Sendable, Hashable {
    /// What a metric of the canary is by comparison.
    public enum Label: String, Sendable, Hashable {
        case pass = "Pass"
        case high = "High"
        case low = "Low"
        case noData = "Nodata"
        case requiredDataMissing = "NodataFailMetric"
    }

    /// In which direction a difference is a fault.
    public enum Direction: String, Sendable, Hashable {
        case increase, decrease, either
    }

    /// What counts as a fault; by default, any difference.
    public var direction = Direction.either
    /// The part of the estimated shift that its interval must be clear of.
    public var tolerance = 0.25
    /// Of the interval of the shift.
    public var confidence = 0.98
    /// The ratios of means up to which a canary may be low, and from which it may be high.
    public var allowedDecrease = 1.0
    /// The least effect that matters, as a ratio of means.
    public var allowedIncrease = 1.0
    /// How the interval is found.
    public var search = MannWhitney.Search.exact

    /// The judge as Kayenta configures it.
    public init() {}

    /// - Throws: `invalidQuestion` where nothing can be ranked.
    public func classify(experiment: [Double], control: [Double]) throws(JudgeError) -> Label {
        if experiment.isEmpty || control.isEmpty { return .noData }
        if experiment.sorted() == control.sorted() { return .pass }
        let shift = try MannWhitney(experiment, over: control, confidence: confidence, search: search)
        let bound = tolerance * abs(shift.estimate)
        let effect = Self.meanRatio(experiment: experiment, control: control)
        if direction != .decrease, shift.lower > bound, effect.map({ $0 >= allowedIncrease }) ?? true {
            return .high
        }
        if direction != .increase, shift.upper < -bound, effect.map({ $0 <= allowedDecrease }) ?? true {
            return .low
        }
        return .pass
    }

    /// The ratio of the means; nil where one is zero.
    public static func meanRatio(experiment: [Double], control: [Double]) -> Double? {
        let numerator = experiment.reduce(0, +) / Double(experiment.count)
        let denominator = control.reduce(0, +) / Double(control.count)
        return numerator == 0 || denominator == 0 ? nil : numerator / denominator
    }

    /// The score, from 0 to 100, of the labels of groups of metrics.
    ///
    /// - Parameters:
    ///   - weights: Of groups, of sum 100; groups without one share what is left.
    ///   - hasCriticalFailure: Whether a metric marked as critical has not passed, which scores 0.
    public static func score(
        _ groups: [String: [Label]], weights: [String: Double] = [:], hasCriticalFailure: Bool = false
    ) -> Double {
        let labels = groups.values.flatMap(\.self)
        let absent = labels.count { $0 == .noData }
        if hasCriticalFailure || labels.isEmpty || 2 * absent >= labels.count { return 0 }
        let left = 100 - weights.values.reduce(0, +)
        let unweighted = groups.keys.count { weights[$0] == nil }
        var score = 0.0
        for (name, labels) in groups.sorted(by: { $0.key < $1.key }) {
            let present = labels.filter { $0 != .noData }
            let passed = present.count { $0 == .pass }
            // A group without data counts as passed.
            let groupScore = present.isEmpty ? 100 : Double(passed) / Double(present.count) * 100
            score += groupScore * (weights[name] ?? left / Double(unweighted)) / 100
        }
        return (score * 100).rounded(.toNearestOrAwayFromZero) / 100
    }
}
