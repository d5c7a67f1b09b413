import Judge
import KubeClient
import KubeModel
import Manifest

/// All a judge has seen of a canary, as it is kept beside the run.
struct JudgeRecord: Sendable {
    var ticks: [Tick] = []
    /// The intervals of the runs before, at lower weights, of the same attempt at the same version.
    var earlier: [Tick] = []
    /// What the intervals before those have told, where all of them were too much to keep.
    var memory: JudgeMemory?
    var ledger = CounterLedger()
    var verdict: Judge.Verdict?
    /// Why the source gave no answer at the last look, nil where it did.
    private(set) var fault: String?
    /// What a record that was kept has judged.
    var metrics: [Metric] = []

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
}

extension JudgeSettings {
    fileprivate func missing(_ reason: Absence) -> [String: Observation] {
        var observations: [String: Observation] = [:]
        for metric in policy.metrics { observations[metric.name] = .missing(reason: reason) }
        return observations
    }
}
