import Judge
import KubeModel
public import Manifest

/// A metric of an analysis template, its arguments put in.
public struct AnalysisMetric: Sendable, Hashable {
    /// Unique in its run.
    public var name: String
    /// Between measurements; nil for one measurement.
    public var interval: Duration?
    /// Before the first measurement; nil for none.
    public var initialDelay: Duration?
    /// How many measurements are taken; nil for as long as the run lasts, or one without an interval.
    public var count: Int?
    /// What a good result fulfils; nil where only failure is defined.
    public var successCondition: String?
    /// What a bad result fulfils; nil where only success is defined.
    public var failureCondition: String?
    /// When a tally of measurements is a verdict.
    public var limits: Limits
    /// The provider's name, such as `prometheus`, and its settings as written.
    public var provider: String
    /// What stands below the name of the provider.
    public var settings: Value

    /// How many bad measurements are borne.
    public struct Limits: Sendable, Hashable {
        /// More failed measurements fail the metric; -1 for any number.
        public var failure = 0
        /// More inconclusive measurements make it inconclusive.
        public var inconclusive = 0
        /// More errors in a row make it an error.
        public var consecutiveError = 4
        /// So many successes in a row are enough; 0 asks for none.
        public var consecutiveSuccess = 0
    }

    /// Reads an entry of `metrics`.
    ///
    /// - Throws: `invalidSpec` naming the metric and the field, `unsupported` for a provider of others.
    init(_ value: Value) throws(RolloutsError) {
        guard let name = value["name"]?.stringValue, !name.isEmpty else {
            throw RolloutsError(.invalidSpec, "a metric has no name")
        }
        func fault(_ field: String, _ what: String) -> RolloutsError {
            RolloutsError(.invalidSpec, "metric '\(name)': \(field) \(what)")
        }
        func duration(_ field: String) throws(RolloutsError) -> Duration? {
            guard let text = value[field] else { return nil }
            guard let duration = GoDuration.field(text), duration > .zero else {
                throw fault(field, "is no duration such as 30s or 5m")
            }
            return duration
        }
        func number(_ name: String) throws(RolloutsError) -> Int? {
            guard let field = value[name] else { return nil }
            let number = field.integerValue ?? field.stringValue.flatMap { Int64($0) }
            guard let number = number.flatMap({ Int32(exactly: $0) }) else {
                throw fault(name, "is no whole number of 32 bits")
            }
            return Int(number)
        }
        self.name = name
        interval = try duration("interval")
        initialDelay = try duration("initialDelay")
        count = try number("count")
        successCondition = value["successCondition"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        failureCondition = value["failureCondition"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        limits = Limits(
            failure: try number("failureLimit") ?? 0, inconclusive: try number("inconclusiveLimit") ?? 0,
            consecutiveError: try number("consecutiveErrorLimit") ?? 4,
            consecutiveSuccess: try number("consecutiveSuccessLimit") ?? 0)
        let providers = value["provider"]?.objectValue ?? [:]
        guard let only = providers.keys.first, providers.count == 1 else {
            throw fault("provider", providers.isEmpty ? "names none" : "names more than one")
        }
        provider = only
        settings = providers[only] ?? .emptyObject
        guard MetricProviders.names.contains(only) else {
            throw RolloutsError(
                .unsupported,
                "metric '\(name)': provider \(only) is not supported; use \(MetricProviders.names.joined(separator: ", "))"
            )
        }
        try validate()
    }

    /// The rules of Argo Rollouts' `ValidateMetric`.
    private func validate() throws(RolloutsError) {
        func fault(_ message: String) -> RolloutsError {
            RolloutsError(.invalidSpec, "metric '\(name)': \(message)")
        }
        if let count {
            let needed = max(limits.failure, 0) + max(limits.consecutiveSuccess, 0)
            if count < needed {
                throw fault("count must be >= failureLimit + consecutiveSuccessLimit, which is \(needed)")
            }
            if count > 1, interval == nil { throw fault("interval must be specified when count > 1") }
        }
        if limits.inconclusive < 0 { throw fault("inconclusiveLimit must be >= 0") }
        if limits.consecutiveError < 0 { throw fault("consecutiveErrorLimit must be >= 0") }
        if limits.failure < 0, limits.consecutiveSuccess <= 0 {
            throw fault("failureLimit -1 needs a consecutiveSuccessLimit, or nothing would ever fail")
        }
        // Compiled here so that a mistake is told before anything is measured.
        try MeasurementCondition.check(self)
    }

    /// The rule by which a tally of this metric becomes a phase.
    var assessment: MetricAssessment {
        var rule = MetricAssessment(hasInterval: interval != nil, count: count)
        rule.failureLimit = limits.failure
        rule.inconclusiveLimit = limits.inconclusive
        rule.consecutiveErrorLimit = limits.consecutiveError
        rule.consecutiveSuccessLimit = limits.consecutiveSuccess
        return rule
    }
}
