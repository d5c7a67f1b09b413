public import Judge
public import KubeModel
import Manifest

/// An AnalysisRun's status, in the fields of Argo Rollouts.
public struct AnalysisRunStatus: Sendable, Hashable {
    /// One answer of a provider.
    public struct Measurement: Sendable, Hashable {
        /// What it has come to.
        public var phase: AnalysisPhase
        /// Why it has come to that.
        public var message = ""
        /// When it began, in whole seconds.
        public var started: Timestamp?
        /// When it ended; nil while it lasts.
        public var finished: Timestamp?
        /// When a measurement that takes long is looked at again.
        public var resumes: Timestamp?
        /// What was measured, as text.
        public var value = ""
        /// What a provider remembers.
        public var metadata: [String: String] = [:]

        /// Begins a measurement.
        public init(phase: AnalysisPhase, started: Timestamp?) {
            self.phase = phase
            self.started = started
        }
    }

    /// What one metric has come to.
    public struct MetricResult: Sendable, Hashable {
        /// The metric's name.
        public var name: String
        /// What it has come to.
        public var phase: AnalysisPhase
        /// Why it has come to that.
        public var message = ""
        /// The newest, as many as are kept.
        public var measurements: [Measurement] = []
        /// All that count: errors do not.
        public var count = 0
        /// How many were good.
        public var successful = 0
        /// How many were bad.
        public var failed = 0
        /// How many were neither.
        public var inconclusive = 0
        /// How many could not be taken.
        public var errors = 0
        /// How many could not be taken since the last that could.
        public var consecutiveErrors = 0
        /// How many were good since the last that was not.
        public var consecutiveSuccesses = 0
        /// Whether the run is decided without it.
        public var isDryRun = false
        /// What people want to see beside the results, such as the query.
        public var metadata: [String: String] = [:]

        /// Begins a metric.
        public init(name: String, isDryRun: Bool) {
            (self.name, self.isDryRun) = (name, isDryRun)
            phase = .running
        }
    }

    /// How many metrics came to what.
    public struct Summary: Sendable, Hashable {
        /// All that count: errors do not.
        public var count = 0
        /// How many were good.
        public var successful = 0
        /// How many were bad.
        public var failed = 0
        /// How many were neither.
        public var inconclusive = 0
        /// How many metrics ended with an error.
        public var error = 0
    }

    /// What it has come to.
    public var phase: AnalysisPhase?
    /// Why it has come to that.
    public var message = ""
    /// By metric, in the order of their first measurements.
    public var results: [MetricResult] = []
    /// When it began, in whole seconds.
    public var started: Timestamp?
    /// When the run ended; nil while it lasts.
    public var completed: Timestamp?
    /// How the metrics that count ended.
    public var summary = Summary()
    /// How those ended that do not count.
    public var dryRunSummary = Summary()

    /// The status of a run that nobody has looked at.
    public init() {}

    /// What a metric has come to, nil before its first measurement.
    public func result(of metric: String) -> MetricResult? { results.first { $0.name == metric } }
}
