import Judge
import KubeModel
import Manifest

/// What a template says to the judge (`provider.slipway`): the policy, and where the counters are.
struct JudgeSettings: Sendable, Hashable {
    /// Where the counters of a metric are, as series selectors.
    enum Source: Sendable, Hashable {
        case ratio(bad: SeriesSelector, total: SeriesSelector)
        case latency(histogram: SeriesSelector, boundaries: [Double])
        case mean(gauge: SeriesSelector)
    }

    var policy: Policy
    /// By the names of the policy's metrics.
    var sources: [String: Source]
    var tick: Duration
    /// How long a pod's first requests are left out.
    var warmup: Duration
    /// The label that names a pod, and the one that tells its version.
    var podLabel: String
    var hashLabel: String
    /// The versions; nil takes those the rollout wrote on the run.
    var canaryHash: String?
    var stableHash: String?
    /// Who is asked for the counters.
    var counters: Counters
    /// Whom the canary is compared with.
    var baseline: Baseline

    /// Whom a canary can be compared with.
    enum Baseline: String, Sendable, Hashable {
        /// The pods that users have.
        case stable
        /// Pods of the stable version that were started with the canary: ``FreshBaseline``.
        case fresh
    }

    /// Where counters come from.
    enum Counters: Sendable, Hashable {
        /// A Prometheus server, by the settings of its provider.
        case prometheus(Value)
        /// A metrics endpoint, by its URL.
        case exposition(String)
        /// The router of a GatewayClass, which tells where its metrics are.
        case router(gatewayClass: String)
    }

    /// What the embedded router counts, which metrics of it need not name.
    private static let routerRequests = "slipway_router_requests_total"
    private static let routerErrors = "slipway_router_requests_total{code=\"5xx\"}"
    private static let routerDurations = "slipway_router_request_duration_seconds"

    /// Reads the settings of a metric.
    ///
    /// - Throws: `invalidSpec` naming the field.
    init(_ metric: AnalysisMetric) throws(RolloutsError) {
        let settings = metric.settings
        func fault(_ field: String, _ what: String) -> RolloutsError {
            RolloutsError(.invalidSpec, "metric '\(metric.name)': slipway.\(field) \(what)")
        }
        func duration(_ field: String, _ fallback: Duration) throws(RolloutsError) -> Duration {
            guard let value = settings[field] else { return fallback }
            guard let duration = GoDuration.field(value), duration >= .zero else {
                throw fault(field, "is no duration such as 60s")
            }
            return duration
        }
        let baseline = settings["baseline"] ?? .string(Baseline.stable.rawValue)
        guard let baseline = baseline.stringValue.flatMap(Baseline.init) else {
            throw fault(
                "baseline", "is none of stable, the pods users have, and fresh, pods started with the canary")
        }
        self.baseline = baseline
        tick = try duration("tick", .seconds(60))
        guard tick >= .seconds(1) else { throw fault("tick", "must be at least 1s") }
        warmup = try duration("warmup", .zero)
        let source = settings["source"] ?? .emptyObject
        let given = ["prometheus", "exposition", "gatewayClass"].filter { source[$0] != nil }
        guard given.count <= 1 else {
            throw fault("source", "names \(given.joined(separator: " and ")); choose one")
        }
        if let prometheus = source["prometheus"] {
            counters = .prometheus(prometheus)
        } else if let url = source["exposition"]?.stringValue {
            counters = .exposition(url)
        } else {
            counters = .router(gatewayClass: source["gatewayClass"]?.stringValue ?? "slipway")
        }
        podLabel = source["podLabel"]?.stringValue ?? "pod"
        hashLabel = source["hashLabel"]?.stringValue ?? "pod_template_hash"
        canaryHash = settings["canaryHash"]?.stringValue
        stableHash = settings["stableHash"]?.stringValue

        var metrics: [Metric] = []
        sources = [:]
        let isRouters = if case .router = counters { true } else { false }
        for entry in settings["metrics"]?.arrayValue ?? [] {
            let (read, source) = try Self.metric(entry, of: metric.name, isRouters: isRouters)
            metrics.append(read)
            sources[read.name] = source
        }
        policy = Policy(metrics: metrics)
        policy.falseRollback = settings["falseRollback"]?.doubleValue ?? policy.falseRollback
        policy.missBad = settings["missBad"]?.doubleValue ?? policy.missBad
        policy.tickSeconds = Int(tick / .seconds(1))
        policy.maximumTicks = max(1, Int(try duration("maxDuration", .seconds(3600)) / tick))
        policy.minimumTicks = min(policy.maximumTicks, Int(try duration("minBake", .zero) / tick))
        policy.maximumMissingTicks = Self.count(settings["maxMissingTicks"]) ?? 5
        policy.minimumCanaryPods = Self.count(settings["minCanaryPods"]) ?? 2
        for (field, path) in [
            ("onInconclusive", \Policy.onInconclusive), ("onInsufficientData", \Policy.onInsufficientData),
        ] {
            guard let text = settings[field]?.stringValue else { continue }
            guard let fallback = Policy.Fallback(rawValue: text) else {
                throw fault(field, "is none of hold, rollback, promote")
            }
            policy[keyPath: path] = fallback
        }
        if let text = settings["podEffects"]?.stringValue {
            guard let treatment = PodEffects.Treatment(rawValue: text) else {
                throw fault("podEffects", "is none of automatic, gate, temper, off")
            }
            policy.podEffects = PodEffects(treatment)
        }
        do { try policy.validate() } catch { throw fault(error.field, error.message) }
    }

    /// A count, of 32 bits whatever is written.
    private static func count(_ value: Value?) -> Int? {
        value?.integerValue.map { Int(Int32(clamping: $0)) }
    }

    private static func metric(
        _ entry: Value, of name: String, isRouters: Bool
    ) throws(RolloutsError) -> (metric: Metric, source: Source) {
        guard let own = entry["name"]?.stringValue else {
            throw RolloutsError(.invalidSpec, "metric '\(name)': an entry of slipway.metrics has no name")
        }
        func selector(_ field: String, _ routers: String? = nil) throws(RolloutsError) -> SeriesSelector {
            guard let text = entry[field]?.stringValue ?? (isRouters ? routers : nil),
                let selector = SeriesSelector(text)
            else {
                throw RolloutsError(
                    .invalidSpec,
                    "metric '\(name)': slipway.metrics '\(own)': \(field) is no selector such as requests_total{code=~\"5..\"}"
                )
            }
            return selector
        }
        func number(_ field: String) -> Double? { entry[field]?.doubleValue }
        let bounds = RatioBounds(
            tolerated: number("tolerate") ?? 1, harmful: number("harmful") ?? 2,
            ignoreBelow: number("ignoreBelow"), goodEnough: number("goodEnough"))
        let kind: Metric.Kind
        let source: Source
        switch entry["kind"]?.stringValue {
        case "ratio":
            kind = .ratio(bounds: bounds)
            source = .ratio(
                bad: try selector("bad", routerErrors), total: try selector("total", routerRequests))
        case "latency":
            let boundaries = (entry["boundaries"]?.arrayValue ?? []).compactMap(\.doubleValue)
            kind = .latency(boundaries: boundaries, bounds: bounds)
            source = .latency(
                histogram: try selector("histogram", routerDurations), boundaries: boundaries)
        case "mean":
            kind = .mean(
                bounds: MeanBounds(tolerated: number("tolerate") ?? 1, harmful: number("harmful") ?? 1.5))
            source = .mean(gauge: try selector("gauge"))
        default:
            throw RolloutsError(
                .invalidSpec,
                "metric '\(name)': slipway.metrics '\(own)': kind is none of ratio, latency, mean")
        }
        let metric = Metric(
            own, kind, weight: number("weight") ?? 1,
            minimumRequests: count(entry["minRequests"]) ?? 0)
        return (metric, source)
    }
}
