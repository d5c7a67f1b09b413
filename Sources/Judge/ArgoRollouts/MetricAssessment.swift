/// The phases of measurements, metrics and runs of an analysis, in Argo Rollouts' words.
public enum AnalysisPhase: String, Sendable, Hashable, Codable {
    case pending = "Pending"
    case running = "Running"
    case successful = "Successful"
    case failed = "Failed"
    case error = "Error"
    case inconclusive = "Inconclusive"

    /// Whether nothing changes it any more.
    public var isCompleted: Bool { self != .pending && self != .running }

    /// By how much a phase weighs in the phase of the run: across metrics a failure outweighs an error.
    public var severity: Int {
        switch self {
        case .successful: 0
        case .running: 1
        case .pending: 2
        case .inconclusive: 3
        case .error: 4
        case .failed: 5
        }
    }

    /// The phase of a measurement by its conditions' answers; nil for a condition that is not given.
    ///
    /// A failure outweighs a success; without conditions, having measured is success.
    public static func measurement(success: Bool?, failure: Bool?) -> AnalysisPhase {
        if failure ?? success.map({ !$0 }) ?? false { return .failed }
        return success ?? failure.map { !$0 } ?? true ? .successful : .inconclusive
    }
}

/// When a metric of an analysis has passed, as Argo Rollouts decides it (`assessMetricStatus`).
public struct MetricAssessment: Sendable, Hashable {
    /// Whether measurements are repeated.
    public var hasInterval: Bool
    /// How many measurements are taken; nil for as long as the run lasts.
    public var count: Int?
    /// How many may fail; negative for any number.
    public var failureLimit = 0
    /// More inconclusive measurements make the metric inconclusive.
    public var inconclusiveLimit = 0
    /// More errors in a row make it an error.
    public var consecutiveErrorLimit = 4
    /// How many successes in a row suffice; 0 for none.
    public var consecutiveSuccessLimit = 0

    /// What has been measured so far. Errors do not count as measurements of ``count``.
    public struct Tally: Sendable, Hashable {
        /// All measurements, errors and the one under way included.
        public var measurements = 0
        /// Those that count: errors do not.
        public var count = 0
        /// How many were bad.
        public var failed = 0
        /// How many were neither good nor bad.
        public var inconclusive = 0
        /// How many could not be taken since the last that could.
        public var consecutiveErrors = 0
        /// How many were good since the last that was not.
        public var consecutiveSuccesses = 0
        /// The phase of the metric, if it has one already, which is then final.
        public var phase: AnalysisPhase?
        /// Whether the last measurement is still being taken.
        public var isMeasuring = false

        /// Describes a metric that has not been measured, or its rule.
        public init() {}
    }

    /// Describes a metric that has not been measured, or its rule.
    public init(hasInterval: Bool, count: Int? = nil) {
        self.hasInterval = hasInterval
        self.count = count
    }

    /// The metric's phase. A metric that is told to stop has passed, unless it has failed before.
    public func phase(of tally: Tally, isTerminating: Bool) -> AnalysisPhase {
        if let phase = tally.phase, phase.isCompleted { return phase }
        if tally.measurements == 0 { return isTerminating ? .successful : .pending }
        if tally.isMeasuring { return .running }
        if tally.consecutiveErrors > consecutiveErrorLimit { return .error }
        if tally.inconclusive > inconclusiveLimit { return .inconclusive }
        if failureLimit >= 0, tally.failed > failureLimit { return .failed }
        let countsSuccesses = consecutiveSuccessLimit > 0
        if countsSuccesses, tally.consecutiveSuccesses >= consecutiveSuccessLimit { return .successful }
        if let wanted = count ?? (hasInterval ? nil : 1), tally.count >= wanted {
            guard countsSuccesses else { return .successful }
            return failureLimit >= 0 ? .inconclusive : .failed
        }
        return isTerminating ? .successful : .running
    }
}
