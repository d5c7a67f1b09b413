import Judge
import KubeClient
import KubeModel
import Manifest

/// Tells before the first step how long the judge will need at each weight, from the stable version's traffic.
struct JudgeForecast: Sendable {
    let client: KubeClient
    let fetcher: Fetcher
    let timeline: Timeline
    /// How long traffic is looked at, where it has to be watched.
    static let watched = Duration.seconds(2)
    /// How far back is looked where the past is kept.
    static let remembered = Duration.seconds(600)

    /// A sentence for each metric; none where no template asks the judge, or its source is silent.
    ///
    /// - Parameter status: of the update that begins.
    func sentences(
        for rollout: Value, _ specification: RolloutSpecification, _ status: RolloutStatus
    ) async -> [String] {
        guard let canary = specification.canary else { return [] }
        var weights: [Double] = []
        for case .setWeight(let weight) in canary.steps
        where weight > 0 && weight < specification.maximumWeight {
            let share = Double(weight) / Double(specification.maximumWeight)
            if !weights.contains(share) { weights.append(share) }
        }
        guard !weights.isEmpty else { return [] }
        var sentences: [String] = []
        for (name, settings) in await judges(of: rollout, canary, status) {
            guard
                let source = try? settings.source(
                    fetcher, client, metric: name, namespace: rollout.metadata.namespace),
                let growth = await growth(settings, source, status.stableHash)
            else { continue }
            for metric in settings.policy.metrics {
                guard let sentence = Self.sentence(metric, settings, growth, weights),
                    !sentences.contains(sentence)
                else { continue }
                sentences.append(sentence)
            }
        }
        return sentences
    }

    /// The judges that the rollout's analyses will ask, each once though every step asks it.
    private func judges(
        of rollout: Value, _ canary: CanaryStrategy, _ status: RolloutStatus
    ) async -> [(name: String, settings: JudgeSettings)] {
        var references = [canary.analysis].compactMap(\.self)
        for case .analysis(let reference) in canary.steps { references.append(reference) }
        var found: [(name: String, settings: JudgeSettings)] = []
        for reference in references {
            guard
                let templates = try? await RunMaker.templates(
                    of: reference, client, rollout.metadata.namespace),
                let overrides = try? RunMaker.arguments(
                    of: reference, canary: status.currentHash, stable: status.stableHash, rollout),
                let set = try? TemplateSet(templates, overrides: overrides)
            else { continue }
            var arguments = ArgumentValues(values: [:])
            for argument in set.arguments {
                guard let name = argument["name"]?.stringValue else { continue }
                arguments.values[name] = argument["value"]?.stringValue
            }
            for metric in set.metrics where metric["provider", "slipway"] != nil {
                guard let resolved = try? arguments.resolve(metric),
                    let read = try? AnalysisMetric(resolved), let settings = try? JudgeSettings(read),
                    !found.contains(where: { $0.settings == settings })
                else { continue }
                found.append((read.name, settings))
            }
        }
        return found
    }

    // MARK: Traffic

    /// By how much the stable version's counters grow.
    private struct Growth {
        var seconds: Double
        /// By selector, the growth of series with a value of the label `le` each; "" where they have none.
        var counts: [SeriesSelector: [String: Double]]
    }

    /// What the counters grew by of late; nil where their source does not answer.
    private func growth(
        _ settings: JudgeSettings, _ source: any CounterSource, _ stableHash: String
    ) async -> Growth? {
        let now = timeline.date
        let past = source.hasHistory ? now.advanced(by: .zero - Self.remembered) : now
        guard let before = try? await source.samples(of: settings.selectors, at: past) else { return nil }
        let start = timeline.now
        if !source.hasHistory {
            do { try await timeline.sleep(for: Self.watched) } catch { return nil }
        }
        guard let after = try? await source.samples(of: settings.selectors, at: timeline.date) else {
            return nil
        }
        let watched = source.hasHistory ? Self.remembered : timeline.now - start
        var growth = Growth(seconds: watched / .seconds(1), counts: [:])
        for (selector, samples) in after {
            var known: [[String: String]: Double] = [:]
            for sample in before[selector] ?? [] { known[sample.labels] = sample.value }
            for sample in samples where sample.labels[settings.hashLabel] == stableHash {
                let old = known[sample.labels] ?? 0
                let grown = sample.value < old ? sample.value : sample.value - old
                growth.counts[selector, default: [:]][sample.labels["le"] ?? "", default: 0] += grown
            }
        }
        return growth
    }

    // MARK: Sentences

    private static func sentence(
        _ metric: Metric, _ settings: JudgeSettings, _ growth: Growth, _ weights: [Double]
    ) -> String? {
        let requests: Double
        let bad: Double
        let bounds: RatioBounds
        let what: String
        switch (settings.sources[metric.name], metric.kind) {
        case (.ratio(let badOnes, let total), .ratio(let ratio)):
            requests = growth.counts[total]?.values.reduce(0, +) ?? 0
            bad = growth.counts[badOnes]?.values.reduce(0, +) ?? 0
            bounds = ratio
            what = "errors"
        case (.latency(let histogram, let boundaries), .latency(_, let ratio)):
            let buckets = growth.counts[histogram.suffixed("_bucket")] ?? [:]
            requests = buckets["+Inf"] ?? 0
            // The boundary that tells most is the one that most requests cross, short of half of them.
            let slow = boundaries.map { boundary in
                requests - (buckets.first { Double($0.key) == boundary }?.value ?? requests)
            }
            bad = slow.filter { $0 <= requests / 2 }.max() ?? 0
            bounds = ratio
            what = "slow requests"
        default: return nil
        }
        guard requests > 0 else { return "\(metric.name): no traffic now, so no forecast" }
        // With nothing bad in sight, the level is taken that counts as good enough.
        let base = max(bad / requests, bounds.goodEnough ?? 0.001)
        let rate = requests / growth.seconds
        let limit = Double(settings.policy.maximumTicks * settings.policy.tickSeconds)
        let parts = weights.compactMap { share -> String? in
            // A fresh baseline sees no more than the canary, and the rest of the requests tell nothing.
            let compared = settings.baseline == .fresh ? share + min(share, 1 - share) : 1
            guard
                let forecast = try? Forecast(
                    ratio: bounds.harmful, reference: bounds.tolerated, share: share / compared,
                    baseRate: base,
                    requestsPerSecond: rate * compared, error: settings.policy.falseRollback)
            else { return nil }
            let excess = forecast.seconds > limit ? ", more than the \(spelled(limit)) it has" : ""
            return "at \(percent(share)) % \(spelled(forecast.seconds))\(excess)"
        }
        guard !parts.isEmpty else { return nil }
        return "\(metric.name): to tell \(bounds.harmful) times the \(what) at \(whole(rate.rounded())) "
            + "requests/s takes \(parts.joined(separator: ", "))"
    }

    private static func percent(_ share: Double) -> String {
        let percent = (share * 1000).rounded() / 10
        return percent == percent.rounded() ? String(Int(percent)) : String(percent)
    }

    static func spelled(_ seconds: Double) -> String {
        if seconds < 120 { return "\(whole(seconds.rounded(.up))) s" }
        if seconds < 7200 { return "\(whole((seconds / 60).rounded(.up))) min" }
        return "\(whole((seconds / 3600).rounded(.up))) h"
    }

    /// A whole number without its fraction, as far as it can be one: counters of others show any number.
    static func whole(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
}
