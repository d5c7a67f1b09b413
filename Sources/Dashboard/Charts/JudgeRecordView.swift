import Judge
import KubeModel
import Manifest

/// What a judge has kept of a canary, judged again interval by interval so that its evidence can be seen to grow.
struct JudgeRecordView: Sendable {
    /// The end of the names of the ConfigMaps that hold what judges have seen.
    static let suffix = ".judge"

    let policy: Policy
    let ticks: [Tick]
    /// The verdict after each interval.
    let verdicts: [Judge.Verdict]

    /// Reads a ConfigMap of a judge; nil for one that is none, or is damaged.
    init?(_ object: Value) {
        guard object.metadata.name.hasSuffix(Self.suffix),
            let policy = Self.part(Policy.self, "policy", of: object),
            let ticks = Self.part([Tick].self, "ticks", of: object),
            var judge = try? CanaryJudge(
                policy, after: Self.part([Tick].self, "earlier", of: object) ?? [],
                remembering: Self.part(JudgeMemory.self, "memory", of: object))
        else { return nil }
        self.policy = policy
        self.ticks = ticks
        verdicts = ticks.map { judge.observe($0) }
    }

    private static func part<Part: Decodable>(_ type: Part.Type, _ key: String, of object: Value) -> Part? {
        guard let text = object["data", key]?.stringValue, let tree = try? JSON.parse(Array(text.utf8)) else {
            return nil
        }
        return try? ValueDecoder().decode(type, from: tree)
    }

    /// The name of the analysis run that a record belongs to: `<run>.<metric>.judge`.
    static func run(of object: Value) -> String? {
        guard object.metadata.name.hasSuffix(suffix) else { return nil }
        return object.metadata.controller?.name
    }

    var verdict: Judge.Verdict? { verdicts.last }

    private var times: [Int64] { ticks.map(\.time) }

    /// The charts: the evidence first, then what each metric has seen.
    var charts: [LineChart] {
        guard !ticks.isEmpty else { return [] }
        return [evidence] + policy.metrics.compactMap(chart)
    }

    // MARK: Evidence

    private var evidence: LineChart {
        let bounds = verdict.map { ($0.harmThreshold, $0.safetyThreshold) } ?? (4.6, 3)
        // What speaks for one speaks against the other; far below zero nothing more is to be read.
        func clipped(_ number: Double?) -> Double? { number.map { max($0, -2) } }
        var chart = LineChart(
            title: "The judge's evidence",
            summary: sentence,
            times: times,
            lines: [
                .init(name: "of harm", style: "harm", points: verdicts.map { clipped($0.logHarm) }),
                .init(name: "of safety", style: "safety", points: verdicts.map { clipped($0.logSafety) }),
            ],
            bounds: [
                .init(
                    name: "rolls back at \(Figures.spelled(bounds.0, places: 1))", style: "harm",
                    value: bounds.0),
                .init(
                    name: "promotes at \(Figures.spelled(bounds.1, places: 1))", style: "safety",
                    value: bounds.1),
            ])
        chart.least = 0...(max(bounds.0, bounds.1) * 1.1)
        if let place = verdicts.firstIndex(where: { $0.decision != .wait }) {
            let verdict = verdicts[place]
            switch verdict.decision {
            case .rollback:
                chart.marks.append(
                    .init(
                        name: "rolled back", style: "harm", place: place,
                        value: verdict.logHarm ?? bounds.0))
            case .promote:
                chart.marks.append(
                    .init(
                        name: "promoted", style: "safety", place: place,
                        value: verdict.logSafety ?? bounds.1))
            case .wait, .inconclusive: break
            }
        }
        return chart
    }

    /// The verdict in a sentence.
    var sentence: String {
        guard let verdict else { return "The judge has seen nothing yet." }
        let (seconds, isTooLong) = verdict.tick.multipliedReportingOverflow(by: policy.tickSeconds)
        let time = Moments.spelled(.seconds(isTooLong ? Int.max : seconds))
        switch verdict.decision {
        case .promote: return "Safe after \(time): the canary is not harmful."
        case .rollback:
            return verdict.reason == .alarm
                ? "Rolled back after \(time) by an alarm: \(verdict.alarms.joined(separator: ", "))."
                : "Harmful after \(time): the canary is worse than stable."
        case .inconclusive: return "Undecided after \(time): \(verdict.reason.rawValue)."
        case .wait: return "Looking for \(time) so far: \(Self.words(verdict.reason))."
        }
    }

    private static func words(_ reason: Judge.Verdict.Reason) -> String {
        switch reason {
        case .gathering: "evidence is being gathered"
        case .baking: "there is enough evidence, the policy asks for more time"
        case .heldByPods: "requests look worse, but the canary's pods do not stand out"
        default: reason.rawValue
        }
    }

    // MARK: Metrics

    private func chart(_ metric: Metric) -> LineChart? {
        switch metric.kind {
        case .ratio: return shares(of: metric.name, place: 0, title: "\(metric.name): share of bad requests")
        case .latency(let boundaries, _):
            guard !boundaries.isEmpty else { return nil }
            let place = loudest(metric.name, boundaries)
            return shares(
                of: metric.name, place: place,
                title: "\(metric.name): share of requests slower than "
                    + "\(Figures.spelled(boundaries[place] * 1000, places: 1)) ms")
        case .mean: return means(of: metric.name)
        }
    }

    /// The boundary that speaks loudest of harm, or the middle one.
    private func loudest(_ name: String, _ boundaries: [Double]) -> Int {
        let known = verdict?.metrics.first { $0.name == name }?.boundaries ?? []
        let loud = known.max { $0.logHarm < $1.logHarm }.flatMap { boundaries.firstIndex(of: $0.boundary) }
        return loud ?? boundaries.count / 2
    }

    /// So many points are drawn at most; more intervals are joined.
    private static let maximumPoints = 60

    private func shares(of name: String, place: Int, title: String) -> LineChart {
        let width = (ticks.count + Self.maximumPoints - 1) / Self.maximumPoints
        var times: [Int64] = []
        var canary: [Double?] = []
        var stable: [Double?] = []
        var start = 0
        while start < ticks.count {
            let group = ticks[start..<min(ticks.count, start + width)]
            // What the judge refuses as inconsistent is in the record too: it must not overflow.
            var counts = (canaryBad: 0.0, canary: 0.0, stableBad: 0.0, stable: 0.0)
            for tick in group {
                guard case .counts(let own, let other)? = tick.observations[name] else { continue }
                for pod in own where pod.bad.indices.contains(place) {
                    counts.canary += Double(pod.requests)
                    counts.canaryBad += Double(pod.bad[place])
                }
                for pod in other where pod.bad.indices.contains(place) {
                    counts.stable += Double(pod.requests)
                    counts.stableBad += Double(pod.bad[place])
                }
            }
            times.append(group.last?.time ?? 0)
            canary.append(counts.canary > 0 ? counts.canaryBad / counts.canary : nil)
            stable.append(counts.stable > 0 ? counts.stableBad / counts.stable : nil)
            start += width
        }
        var chart = LineChart(
            title: title, summary: counted(name), times: times,
            lines: [
                .init(name: "canary", style: "canary", points: canary),
                .init(name: "stable", style: "stable", points: stable),
            ])
        chart.unit = .share
        chart.least = 0...0.02
        return chart
    }

    private func counted(_ name: String) -> String {
        guard let counts = verdict?.metrics.first(where: { $0.name == name })?.counts else { return "" }
        return "Canary \(Figures.grouped(counts.canaryBad)) of \(Figures.grouped(counts.canary)) requests, "
            + "stable \(Figures.grouped(counts.baselineBad)) of \(Figures.grouped(counts.baseline))."
    }

    private func means(of name: String) -> LineChart {
        func means(_ pick: (Double, Double) -> Double) -> [Double?] {
            ticks.map { tick in
                guard case .means(let canary, let baseline)? = tick.observations[name] else { return nil }
                return pick(canary, baseline)
            }
        }
        return LineChart(
            title: "\(name): mean", summary: "", times: times,
            lines: [
                .init(name: "canary", style: "canary", points: means { own, _ in own }),
                .init(name: "stable", style: "stable", points: means { _, other in other }),
            ])
    }
}
