import Judge
import KubeClient
import KubeModel
import Manifest

/// All a judge has seen of a canary, as it is kept beside the run.
struct JudgeRecord: Sendable {
    var ticks: [Tick] = []
    var ledger = CounterLedger()
    var verdict: Judge.Verdict?

    // MARK: Observing

    /// Closes the interval that ends now, if one does.
    ///
    /// - Throws: `provider` only where nothing was ever seen; later an absent source is an interval without data.
    mutating func observe(
        _ settings: JudgeSettings, canary: String, stable: String, _ name: String, _ fetcher: Fetcher,
        _ context: MeasurementContext
    ) async throws(RolloutsError) {
        let length = Int64(settings.policy.tickSeconds)
        let boundary = context.now.seconds / length * length
        // Intervals are aligned; a look within one that is closed adds nothing.
        if let last = ledger.time, boundary <= last { return }
        let samples: [SeriesSelector: [SeriesSample]]
        do throws(RolloutsError) {
            samples = try await settings.source(fetcher, metric: name)
                .samples(of: settings.selectors, at: context.now)
        } catch {
            guard ledger.time != nil, error.code == .provider else { throw error }
            ledger.time = boundary
            ticks.append(Tick(time: boundary, settings.missing(.providerError)))
            return
        }
        let isFirst = ledger.time == nil
        // After a gap the counters span more than an interval: they are only remembered.
        let isGap = ledger.time.map { boundary - $0 > length } ?? false
        var observations: [String: Observation] = [:]
        for metric in settings.policy.metrics {
            guard let source = settings.sources[metric.name] else { continue }
            observations[metric.name] = ledger.observe(
                metric.name, source, samples, settings: settings, canary: canary, stable: stable,
                time: context.now.seconds, isFirst: isFirst || isGap)
        }
        ledger.time = boundary
        if isFirst { return }
        ticks.append(Tick(time: boundary, isGap ? settings.missing(.unaligned) : observations))
    }

    // MARK: Keeping

    /// The record of a name; an empty one where there is none.
    ///
    /// - Throws: `APIError`, `KubeClientError`, `ManifestError` where it is damaged.
    static func load(_ name: String, _ context: MeasurementContext) async throws -> JudgeRecord {
        do {
            let object = try await context.client.get(.configMaps, name, namespace: context.namespace)
            var record = JudgeRecord()
            let decoder = ValueDecoder()
            if let text = object["data", "ticks"]?.stringValue {
                record.ticks = try decoder.decode([Tick].self, from: JSON.parse(Array(text.utf8)))
            }
            if let text = object["data", "counters"]?.stringValue {
                record.ledger = try decoder.decode(CounterLedger.self, from: JSON.parse(Array(text.utf8)))
            }
            return record
        } catch let error as APIError where error.isNotFound {
            return JudgeRecord()
        }
    }

    /// Keeps the record: policy, intervals and verdict, which is what a replay needs, and the counters.
    ///
    /// - Throws: `APIError`, `KubeClientError`.
    func save(_ name: String, _ policy: Policy, _ context: MeasurementContext) async throws {
        let encoder = ValueEncoder()
        func text(_ value: some Encodable) throws -> Value { .string(JSON.string(try encoder.encode(value))) }
        var data: Object = [
            "policy": try text(policy), "ticks": try text(ticks), "counters": try text(ledger),
        ]
        if let verdict { data["verdict"] = try text(verdict) }
        var object: Value = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)],
            "data": .object(data),
        ]
        object.metadata.ownerReferences = [OwnerReference(controller: context.run)]
        try await context.client.apply(
            .configMaps, object, namespace: context.namespace, fieldManager: "slipway", force: true)
    }
}

extension JudgeSettings {
    fileprivate func missing(_ reason: Absence) -> [String: Observation] {
        var observations: [String: Observation] = [:]
        for metric in policy.metrics { observations[metric.name] = .missing(reason: reason) }
        return observations
    }
}
