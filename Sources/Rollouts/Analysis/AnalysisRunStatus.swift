public import Judge
public import KubeModel
import Manifest

/// An AnalysisRun's status, in the fields of Argo Rollouts.
public struct AnalysisRunStatus: Sendable, Hashable {
    /// One answer of a provider.
    public struct Measurement: Sendable, Hashable {
        public var phase: AnalysisPhase
        public var message = ""
        public var started: Timestamp?
        public var finished: Timestamp?
        /// When a measurement that takes long is looked at again.
        public var resumes: Timestamp?
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
        public var name: String
        public var phase: AnalysisPhase
        public var message = ""
        public var measurements: [Measurement] = []
        public var count = 0
        public var successful = 0
        public var failed = 0
        public var inconclusive = 0
        public var errors = 0
        public var consecutiveErrors = 0
        public var consecutiveSuccesses = 0
        public var isDryRun = false
        public var metadata: [String: String] = [:]

        /// Begins a metric.
        public init(name: String, isDryRun: Bool) {
            (self.name, self.isDryRun) = (name, isDryRun)
            phase = .running
        }
    }

    /// How many metrics came to what.
    public struct Summary: Sendable, Hashable {
        public var count = 0
        public var successful = 0
        public var failed = 0
        public var inconclusive = 0
        public var error = 0
    }

    public var phase: AnalysisPhase?
    public var message = ""
    public var results: [MetricResult] = []
    public var started: Timestamp?
    public var completed: Timestamp?
    public var summary = Summary()
    public var dryRunSummary = Summary()

    /// The status of a run that nobody has looked at.
    public init() {}

    /// What a metric has come to, nil before its first measurement.
    public func result(of metric: String) -> MetricResult? { results.first { $0.name == metric } }
}
