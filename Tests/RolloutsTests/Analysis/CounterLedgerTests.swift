import Judge
import Manifest
import Testing

@testable import Rollouts

/// Raw counters to counts of intervals.
@Suite struct CounterLedgerTests {
    private let settings: JudgeSettings
    private let source: JudgeSettings.Source

    init() throws {
        let errors: Value = [
            "name": "errors", "kind": "ratio", "bad": "requests{code=\"5xx\"}", "total": "requests",
        ]
        let metric = try AnalysisMetric([
            "name": "judge",
            "provider": [
                "slipway": [
                    "tick": "60s", "minCanaryPods": 1, "source": ["exposition": "http://localhost/metrics"],
                    "metrics": [errors],
                ]
            ],
        ])
        settings = try JudgeSettings(metric)
        source = try #require(settings.sources["errors"])
    }

    private func observe(
        _ ledger: inout CounterLedger, _ pods: [(pod: String, hash: String, good: Int, bad: Int)],
        time: Int64,
        isFirst: Bool = false
    ) -> Observation {
        var text = "# TYPE requests counter\n"
        for pod in pods {
            let labels = "pod=\"\(pod.pod)\",pod_template_hash=\"\(pod.hash)\""
            text +=
                "requests{\(labels),code=\"2xx\"} \(pod.good)\nrequests{\(labels),code=\"5xx\"} \(pod.bad)\n"
        }
        var samples: [SeriesSelector: [SeriesSample]] = [:]
        for series in ExpositionSource.parse(text) {
            for selector in settings.selectors where selector.selects(series.name, series.sample.labels) {
                samples[selector, default: []].append(series.sample)
            }
        }
        return ledger.observe(
            "errors", source, samples, settings: settings, canary: "new", stable: "old", time: time,
            isFirst: isFirst)
    }

    @Test func `an interval counts what counters grew by`() {
        var ledger = CounterLedger()
        let first = observe(&ledger, [("a", "old", 100, 1), ("b", "new", 10, 0)], time: 0, isFirst: true)
        #expect(first == .missing(reason: .warmingUp))
        #expect(
            observe(&ledger, [("a", "old", 190, 11), ("b", "new", 15, 5)], time: 60)
                == .counts(
                    canary: [PodCounts("b", requests: 10, bad: [5])],
                    baseline: [PodCounts("a", requests: 100, bad: [10])]))
    }

    @Test func `a counter that began anew counts from nothing`() {
        var ledger = CounterLedger()
        _ = observe(&ledger, [("a", "old", 100, 0), ("b", "new", 50, 50)], time: 0, isFirst: true)
        #expect(
            observe(&ledger, [("a", "old", 200, 0), ("b", "new", 7, 1)], time: 60)
                == .counts(
                    canary: [PodCounts("b", requests: 8, bad: [1])],
                    baseline: [PodCounts("a", requests: 100, bad: [0])]))
    }

    @Test func `a pod counts from its second sample on`() {
        var ledger = CounterLedger()
        _ = observe(&ledger, [("a", "old", 100, 0), ("b", "new", 10, 0)], time: 0, isFirst: true)
        #expect(
            observe(&ledger, [("a", "old", 110, 0), ("b", "new", 20, 0), ("c", "new", 999, 999)], time: 60)
                == .counts(
                    canary: [PodCounts("b", requests: 10, bad: [0])],
                    baseline: [PodCounts("a", requests: 10, bad: [0])]))
    }

    @Test func `an arm without pods is missing, and other versions are nobody's`() {
        var ledger = CounterLedger()
        _ = observe(&ledger, [("a", "old", 1, 0), ("x", "older", 1, 0)], time: 0, isFirst: true)
        #expect(
            observe(&ledger, [("a", "old", 2, 0), ("x", "older", 5, 0)], time: 60)
                == .missing(reason: .noSeries))
    }

    @Test func `the ledger survives being kept`() throws {
        var ledger = CounterLedger()
        _ = observe(&ledger, [("a", "old", 1, 0), ("b", "new", 1, 1)], time: 7, isFirst: true)
        ledger.time = 0
        let value = try ValueEncoder().encode(ledger)
        #expect(try ValueDecoder().decode(CounterLedger.self, from: value) == ledger)
    }

    /// A selector and a series, and whether it is one of them.
    struct Selection: Sendable {
        var text: String
        var labels: [String: String]
        var isSelected: Bool
    }

    @Test(arguments: [
        Selection(text: "up", labels: [:], isSelected: true),
        Selection(text: "up{job=\"a\"}", labels: ["job": "a"], isSelected: true),
        Selection(text: "up{job=\"a\"}", labels: ["job": "b"], isSelected: false),
        Selection(text: "up{code=~\"5..\"}", labels: ["code": "503"], isSelected: true),
        Selection(text: "up{code=~\"5..\"}", labels: ["code": "2503"], isSelected: false),
        Selection(text: "up{code!~\"5..\"}", labels: ["code": "200"], isSelected: true),
        Selection(text: "up{zone!=\"a\"}", labels: [:], isSelected: true),
        Selection(text: "down", labels: [:], isSelected: false),
    ])
    func `a selector selects as Prometheus does`(selection: Selection) throws {
        let selector = try #require(SeriesSelector(selection.text))
        #expect(selector.selects("up", selection.labels) == selection.isSelected)
        #expect(SeriesSelector(selector.description) == selector)
    }

    @Test(arguments: ["", "sum(up)", "up{", "up{job}", "up{job=a}", "up{job=~\"(\"}", "up[5m]"])
    func `what is no selector is refused`(text: String) {
        #expect(SeriesSelector(text) == nil)
    }
}
