import Judge
import KubeClient
import KubeModel
import Manifest

/// All a judge has seen of a canary, as it is kept beside the run.
struct JudgeRecord: Sendable {
    var ticks: [Tick] = []
    /// The intervals of the runs before, at lower weights, of the same attempt at the same version.
    var earlier: [Tick] = []
    var ledger = CounterLedger()
    var verdict: Judge.Verdict?
    /// Why the source gave no answer at the last look, nil where it did.
    private(set) var fault: String?
    /// What a record that was kept has judged.
    private var metrics: [Metric] = []

    // MARK: Observing

    /// Who is compared by what.
    struct Comparison: Sendable {
        var settings: JudgeSettings
        var canary: String
        var stable: String
        var source: any CounterSource
    }

    /// Closes the intervals that have ended.
    ///
    /// A look that comes late closes all it has missed: one by one where the source remembers, otherwise as one long
    /// interval. After a longer absence than may be without data, what happened meanwhile is left out. A source that
    /// does not answer is an interval without data.
    mutating func observe(_ comparison: Comparison, now: Timestamp) async {
        let length = Int64(comparison.settings.policy.tickSeconds)
        let boundary = now.seconds / length * length
        guard let last = ledger.time else {
            return await begin(comparison, boundary, now)
        }
        // A look within an interval that is not over adds nothing.
        let ended = (boundary - last) / length
        guard ended > 0 else { return }
        let isGap = ended > Int64(comparison.settings.policy.maximumMissingTicks) + 1
        if comparison.source.hasHistory, !isGap {
            for end in stride(from: last + length, through: boundary, by: Int(length)) {
                await close(comparison, end, at: Timestamp(seconds: end))
            }
        } else {
            if !isGap {
                // What was asked of them is counted in the interval that ends now.
                for end in stride(from: last + length, to: boundary, by: Int(length)) {
                    ticks.append(Tick(time: end, comparison.settings.missing(.unaligned)))
                }
            }
            await close(comparison, boundary, at: now, isGap: isGap)
        }
    }

    /// Remembers the counters from which the first interval counts.
    private mutating func begin(_ comparison: Comparison, _ boundary: Int64, _ now: Timestamp) async {
        let time = comparison.source.hasHistory ? Timestamp(seconds: boundary) : now
        _ = await observations(comparison, at: time, isFirst: true)
        ledger.time = boundary
    }

    private mutating func close(
        _ comparison: Comparison, _ end: Int64, at time: Timestamp, isGap: Bool = false
    ) async {
        let seen = await observations(comparison, at: time, isFirst: isGap)
        ledger.time = end
        ticks.append(Tick(time: end, isGap ? comparison.settings.missing(.unaligned) : seen))
    }

    private mutating func observations(
        _ comparison: Comparison, at time: Timestamp, isFirst: Bool
    ) async -> [String: Observation] {
        let settings = comparison.settings
        let samples: [SeriesSelector: [SeriesSample]]
        do throws(RolloutsError) {
            samples = try await comparison.source.samples(of: settings.selectors, at: time)
            fault = nil
        } catch {
            fault = error.message
            return settings.missing(.providerError)
        }
        var observations: [String: Observation] = [:]
        for metric in settings.policy.metrics {
            guard let source = settings.sources[metric.name] else { continue }
            observations[metric.name] = ledger.observe(
                metric.name, source, samples, settings: settings, canary: comparison.canary,
                stable: comparison.stable, time: time.seconds, isFirst: isFirst)
        }
        return observations
    }

    // MARK: Keeping

    /// The record of a name; nil where there is none.
    ///
    /// - Throws: `APIError`, `KubeClientError`, `ManifestError` where it is damaged.
    static func load(_ name: String, _ context: MeasurementContext) async throws -> JudgeRecord? {
        do {
            let object = try await context.client.get(.configMaps, name, namespace: context.namespace)
            var record = JudgeRecord()
            let decoder = ValueDecoder()
            if let text = object["data", "policy"]?.stringValue {
                record.metrics = try decoder.decode(Policy.self, from: JSON.parse(Array(text.utf8))).metrics
            }
            if let text = object["data", "ticks"]?.stringValue {
                record.ticks = try decoder.decode([Tick].self, from: JSON.parse(Array(text.utf8)))
            }
            if let text = object["data", "earlier"]?.stringValue {
                record.earlier = try decoder.decode([Tick].self, from: JSON.parse(Array(text.utf8)))
            }
            if let text = object["data", "counters"]?.stringValue {
                record.ledger = try decoder.decode(CounterLedger.self, from: JSON.parse(Array(text.utf8)))
            }
            return record
        } catch let error as APIError where error.isNotFound {
            return nil
        }
    }

    /// All that a record of an earlier run has seen; nothing where it judged other metrics or is gone.
    ///
    /// - Throws: As ``load(_:_:)``.
    static func ticks(
        before name: String, _ policy: Policy, _ context: MeasurementContext
    ) async throws -> [Tick] {
        guard let record = try await load(name, context), record.metrics == policy.metrics else { return [] }
        return record.earlier + record.ticks
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
        if !earlier.isEmpty { data["earlier"] = try text(earlier) }
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
