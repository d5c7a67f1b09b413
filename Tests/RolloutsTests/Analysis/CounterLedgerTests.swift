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

    @Test func `an exposition may end its lines as on another system`() {
        let text =
            "# TYPE requests_total counter\r\nrequests_total{pod=\"a\"} 3\r\nrequests_total{pod=\"b\"} 4\r\n"
        let series = ExpositionSource.parse(text)
        #expect(series.map { $0.sample.value } == [3, 4])
        #expect(series.map { $0.sample.labels["pod"] } == ["a", "b"])
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

    @Test func `what was not scraped within the interval is stale`() throws {
        var ledger = CounterLedger()
        func observe(_ pods: [(pod: String, hash: String, count: Double, scraped: Double)], time: Int64)
            -> Observation
        {
            var samples: [SeriesSelector: [SeriesSample]] = [:]
            for pod in pods {
                let labels = ["pod": pod.pod, "pod_template_hash": pod.hash]
                samples[settings.selectors[1], default: []].append(
                    SeriesSample(labels: labels, value: pod.count, scraped: pod.scraped))
            }
            return ledger.observe(
                "errors", source, samples, settings: settings, canary: "new", stable: "old", time: time,
                isFirst: ledger.time == nil)
        }
        _ = observe([("a", "old", 10, 55), ("b", "new", 10, 55)], time: 60)
        ledger.time = 60
        #expect(
            observe([("a", "old", 10, 55), ("b", "new", 10, 55)], time: 120) == .missing(reason: .stale))
        // One that is scraped again is counted from where it was; a pod that is not tells nothing.
        ledger.time = 120
        #expect(
            observe([("a", "old", 40, 170), ("b", "new", 20, 170), ("c", "new", 7, 55)], time: 180)
                == .counts(
                    canary: [PodCounts("b", requests: 10, bad: [0])],
                    baseline: [PodCounts("a", requests: 30, bad: [0])]))
    }

    @Test func `a boundary that is no bucket is told, and does not make all requests slow`() throws {
        let metric = try AnalysisMetric([
            "name": "judge",
            "provider": [
                "slipway": [
                    "metrics": [["name": "latency", "kind": "latency", "boundaries": [0.1, 0.3]]]
                ]
            ],
        ])
        let settings = try JudgeSettings(metric)
        #expect(settings.counters == .router(gatewayClass: "slipway"))
        let source = try #require(settings.sources["latency"])
        let selector = try #require(settings.selectors.first)
        #expect(selector.description == "slipway_router_request_duration_seconds_bucket")
        func samples(_ bounds: [String]) -> [SeriesSelector: [SeriesSample]] {
            let series = ["old", "new"].flatMap { hash in
                bounds.map { bound in
                    SeriesSample(
                        labels: ["pod": hash, "pod_template_hash": hash, "le": bound], value: 10,
                        scraped: nil)
                }
            }
            return [selector: series]
        }
        var ledger = CounterLedger()
        let observation = ledger.observe(
            "latency", source, samples(["0.1", "0.25", "+Inf"]), settings: settings, canary: "new",
            stable: "old", time: 60, isFirst: true)
        #expect(observation == .missing(reason: .inconsistent))
        let whole = ledger.observe(
            "latency", source, samples(["0.1", "0.3", "+Inf"]), settings: settings, canary: "new",
            stable: "old", time: 60, isFirst: true)
        #expect(whole == .missing(reason: .warmingUp))
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
