import Judge
import KubeClient
import KubeModel
import Manifest

/// Tells before the first step how long the judge will need at each weight, from the traffic of now.
struct JudgeForecast: Sendable {
    let client: KubeClient
    let fetcher: Fetcher
    let timeline: Timeline
    /// How long traffic is looked at.
    static let window = Duration.seconds(2)

    /// A sentence for each metric and weight; none where no template asks the judge, or its source is silent.
    func sentences(
        for rollout: Value, _ specification: RolloutSpecification, stableHash: String
    ) async -> [String] {
        guard let canary = specification.canary else { return [] }
        var references = [canary.analysis].compactMap(\.self)
        for case .analysis(let reference) in canary.steps { references.append(reference) }
        var sentences: [String] = []
        for reference in references {
            guard
                let templates = try? await RunMaker.templates(
                    of: reference, client, rollout.metadata.namespace)
            else { continue }
            for metric in templates.flatMap({ $0["spec", "metrics"]?.arrayValue ?? [] })
            where metric["provider", "slipway"] != nil {
                guard let metric = try? AnalysisMetric(metric), let settings = try? JudgeSettings(metric)
                else {
                    continue
                }
                sentences += await self.sentences(settings, metric.name, canary, specification, stableHash)
            }
        }
        var seen: Set<String> = []
        return sentences.filter { seen.insert($0).inserted }
    }

    private func sentences(
        _ settings: JudgeSettings, _ name: String, _ canary: CanaryStrategy,
        _ specification: RolloutSpecification, _ stableHash: String
    ) async -> [String] {
        guard let source = try? settings.source(fetcher, metric: name),
            let before = try? await source.samples(of: settings.selectors, at: timeline.date)
        else { return [] }
        let start = timeline.now
        do { try await timeline.sleep(for: Self.window) } catch { return [] }
        guard let after = try? await source.samples(of: settings.selectors, at: timeline.date) else {
            return []
        }
        let seconds = (timeline.now - start) / .seconds(1)
        var weights: [Int] = []
        for case .setWeight(let weight) in canary.steps
        where weight > 0 && weight < specification.maximumWeight {
            if !weights.contains(weight) { weights.append(weight) }
        }
        return settings.policy.metrics.flatMap { metric -> [String] in
            guard case .ratio(let bad, let total)? = settings.sources[metric.name],
                case .ratio(let bounds) = metric.kind
            else { return [] }
            func growth(_ selector: SeriesSelector) -> Double {
                func sum(_ samples: [SeriesSelector: [SeriesSample]]) -> Double {
                    (samples[selector] ?? []).filter { $0.labels[settings.hashLabel] == stableHash }
                        .reduce(0) { $0 + $1.value }
                }
                return max(0, sum(after) - sum(before))
            }
            let requests = growth(total)
            let rate = requests / seconds
            guard requests > 0 else { return ["\(metric.name): no traffic now, so no forecast"] }
            // With no error in sight, the level is taken that counts as good enough.
            let base = max(growth(bad) / requests, bounds.goodEnough ?? 0.001)
            let parts = weights.compactMap { weight -> String? in
                let share = Double(weight) / Double(specification.maximumWeight)
                guard
                    let forecast = try? Forecast(
                        ratio: bounds.harmful, reference: bounds.tolerated, share: share, baseRate: base,
                        requestsPerSecond: rate, error: settings.policy.falseRollback)
                else { return nil }
                return "at \(weight) % \(Self.spelled(forecast.seconds))"
            }
            return parts.isEmpty
                ? []
                : [
                    "\(metric.name): to tell \(bounds.harmful) times the errors at \(Int(rate)) requests/s takes \(parts.joined(separator: ", "))"
                ]
        }
    }

    static func spelled(_ seconds: Double) -> String {
        if seconds < 120 { return "\(Int(seconds.rounded(.up))) s" }
        if seconds < 7200 { return "\(Int((seconds / 60).rounded(.up))) min" }
        return "\(Int((seconds / 3600).rounded(.up))) h"
    }
}
