import Judge
import KubeClient
import KubeModel
import Manifest

/// What answers a metric: once, or over a while.
protocol MetricProvider: Sendable {
    /// Begins a measurement, which may be complete at once.
    func run(_ metric: AnalysisMetric, in context: MeasurementContext) async -> AnalysisRunStatus.Measurement

    /// Looks again at a measurement that takes long.
    func resume(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement

    /// Ends a measurement that nobody waits for any more.
    func terminate(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement

    /// What of a metric's settings people want to see beside its results, such as the query with its arguments.
    func metadata(of metric: AnalysisMetric) -> [String: String]
}

extension MetricProvider {
    func resume(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement { await run(metric, in: context) }

    func terminate(
        _ metric: AnalysisMetric, _ measurement: AnalysisRunStatus.Measurement, in context: MeasurementContext
    ) async -> AnalysisRunStatus.Measurement {
        var measurement = measurement
        // What was ended has passed nothing: it is the run's other metrics that decided, or somebody.
        measurement.phase = .inconclusive
        measurement.message = "Metric Terminated"
        return measurement
    }

    func metadata(of metric: AnalysisMetric) -> [String: String] { [:] }
}

/// Where and when a measurement is taken.
struct MeasurementContext: Sendable {
    /// The AnalysisRun.
    var run: Value
    var now: Timestamp
    /// How many measurements of the metric there were before.
    var number: Int
    /// The measurement before, for metrics that add up.
    var client: KubeClient

    var namespace: String { run.metadata.namespace }

    /// A measurement that begins now.
    func begin() -> AnalysisRunStatus.Measurement { .init(phase: .running, started: now.wholeSeconds) }

    /// A measurement that could not be taken.
    func failure(_ message: String) -> AnalysisRunStatus.Measurement {
        var measurement = AnalysisRunStatus.Measurement(phase: .error, started: now.wholeSeconds)
        measurement.message = message
        return measurement
    }
}

/// The providers of this version, by the names of their settings in templates.
struct MetricProviders: Sendable {
    static let names = ["prometheus", "web", "job", "slipway"]

    let fetcher: Fetcher

    func provider(of metric: AnalysisMetric) -> any MetricProvider {
        switch metric.provider {
        case "prometheus": PrometheusProvider(fetcher: fetcher)
        case "web": WebProvider(fetcher: fetcher)
        case "job": JobProvider()
        default: JudgeProvider(fetcher: fetcher)
        }
    }
}
