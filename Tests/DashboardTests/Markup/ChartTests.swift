import Judge
import KubeModel
import Manifest
import Testing

@testable import Dashboard

@Suite struct ChartTests {
    @Test(arguments: [(0.0, 1.0, 4), (0, 0.02, 4), (-2, 5.1, 4), (0, 12_345, 5), (3, 3, 4)])
    func `an axis has round marks within its range`(low: Double, high: Double, count: Int) {
        let scale = Scale(low, high, start: 0, end: 100)
        let marks = scale.marks(about: count)
        #expect((1...11).contains(marks.count))
        for mark in marks {
            #expect(mark >= scale.low - 1e-9 && mark <= scale.high + 1e-9)
            #expect((0...100).contains(scale.place(mark)))
        }
    }

    @Test(arguments: [
        (1.0, 2, "1"), (0.5, 2, "0.5"), (-0.004, 2, "0"), (-1.25, 1, "−1.3"), (.infinity, 2, "∞"),
        (.nan, 2, "–"),
        (1234.5, 0, "1235"),
    ])
    func `numbers are short`(number: Double, places: Int, text: String) {
        #expect(Figures.spelled(number, places: places) == text)
    }

    @Test func `a line has a gap where nothing was seen, and text in it is harmless`() {
        let chart = LineChart(
            title: "<b>\"errors\"", summary: "a & b", times: [0, 10, 20, 30, 40],
            lines: [.init(name: "canary", style: "canary", points: [0, 1, nil, 1, 0])])
        let svg = chart.svg.text
        #expect(svg.components(of: "<path class=\"line canary\"") == 2)
        #expect(svg.contains("&lt;b&gt;&quot;errors&quot;"))
        #expect(!svg.contains("<b>"))
        #expect(!svg.contains(" style="))
        #expect(LineChart(title: "", summary: "", times: [], lines: []).svg.text.isEmpty)
    }

    @Test(arguments: [.nan, .infinity, -.infinity, 1e308, -1e308, 1e19, .leastNonzeroMagnitude])
    func `whatever a number is, a chart can be drawn of it`(number: Double) {
        var chart = LineChart(
            title: "errors", summary: "", times: [Int64.min, 0, 20, .max],
            lines: [.init(name: "canary", style: "canary", points: [0.5, number, nil, 1])],
            bounds: [.init(name: "rolls back", style: "harm", value: number)],
            marks: [.init(name: "rolled back", style: "harm", place: 1, value: number)])
        chart.least = 0...0.02
        let svg = chart.svg.text
        #expect(svg.hasSuffix("</svg>"))
        #expect(svg.components(of: "class=\"label harm\"") == (number.isFinite ? 2 : 0))
        #expect(svg.components(of: "class=\"dot canary\"") == (number.isFinite ? 1 : 2))
        let places = svg.matches(of: /\s(?:x|y|cx|cy|x1|x2|y1|y2)="([^"]*)"/).map { Double($0.1) }
        #expect(places.allSatisfy { $0.map { (-20...500).contains($0) } ?? false })
    }

    @Test(arguments: ["[nan]", "[inf]", "-inf", "[1e400]"])
    func `a measurement that is no number leaves a gap`(text: String) throws {
        func measurement(_ second: Int, _ value: String) -> Value {
            ["finishedAt": .string("2026-11-28T10:00:0\(second)Z"), "value": .string(value)]
        }
        let rollout: Value = ["metadata": ["name": "orders", "namespace": "shop", "uid": "1"]]
        var run: Value = ["metadata": ["name": "run", "namespace": "shop"]]
        run.metadata.ownerReferences = [OwnerReference(controller: rollout)]
        run["status"] = [
            "metricResults": [
                [
                    "name": "errors",
                    "measurements": .array([
                        measurement(0, "[0.25]"), measurement(1, "[0.5]"), measurement(2, text),
                        measurement(3, "[0.75]"),
                    ]),
                ]
            ]
        ]
        var objects = ObjectSet()
        objects.set([run], of: ObjectCollection(Analysis.runs, in: "shop"))
        let html = try Templates().render(
            "canary", CanaryView(rollout, objects).fields(now: .init(seconds: 0))
        )
        .text
        #expect(html.components(of: "class=\"line canary\"") == 1)
        #expect(html.components(of: "class=\"dot canary\"") == 1)
        #expect(html.contains("<strong>0.75</strong>"))
    }

    @Test func `a record of impossible numbers is shown without harm`() throws {
        var policy = Policy(metrics: [Metric("errors", .ratio(bounds: RatioBounds(tolerated: 1, harmful: 3)))]
        )
        policy.tickSeconds = .max
        let ticks = [0, Int64.max].map { time in
            let pods = ["a", "b"].map { PodCounts($0, requests: .max, bad: [.max]) }
            return Tick(time: time, ["errors": .counts(canary: pods, baseline: pods)])
        }
        let encoder = ValueEncoder()
        let record: Value = [
            "metadata": ["name": "run.judge.judge"],
            "data": [
                "policy": .string(JSON.string(try encoder.encode(policy))),
                "ticks": .string(JSON.string(try encoder.encode(ticks))),
            ],
        ]
        let view = try #require(JudgeRecordView(record))
        #expect(view.charts.allSatisfy { $0.svg.text.hasSuffix("</svg>") })
        #expect(!view.sentence.isEmpty)
    }

    @Test(arguments: [(Int64.max, Int64.max), (.min, .min), (25, 1)])
    func `a rollout's status may say anything`(index: Int64, weight: Int64) {
        let rollout: Value = [
            "metadata": ["name": "orders", "namespace": "shop"],
            "spec": ["strategy": ["canary": ["steps": [["setWeight": 5], ["setWeight": 50]]]]],
            "status": [
                "currentPodHash": "b", "stableRS": "a", "currentStepIndex": .integer(index),
                "canary": ["weights": ["canary": ["weight": .integer(weight)], "stable": ["weight": 1]]],
            ],
        ]
        let summary = RolloutSummary(rollout)
        #expect((0...100).contains(summary.weight ?? 0))
        #expect(summary.fields["step"] == .text(index < 0 ? "step 1 of 2" : "step 2 of 2"))
    }

    @Test(arguments: [true, false])
    func `the judge's evidence is seen to cross its bound, or not`(isHarmful: Bool) throws {
        let record: Value = [
            "metadata": ["name": "run.judge.judge"],
            "data": .object(try DeliveryWorld.record(harmful: isHarmful, ticks: 48)),
        ]
        let view = try #require(JudgeRecordView(record))
        let charts = view.charts
        #expect(charts.count == 3)
        let evidence = charts[0]
        #expect(evidence.bounds.count == 2)
        #expect(evidence.marks.count == (isHarmful ? 1 : 0))
        if let mark = evidence.marks.first {
            #expect(mark.value >= evidence.bounds[0].value)
            #expect(view.verdict?.decision == .rollback)
            // Before it, the evidence was below the bound.
            let before = evidence.lines[0].points[..<mark.place].compactMap(\.self)
            #expect(before.allSatisfy { $0 < evidence.bounds[0].value })
        }
        #expect(charts[1].lines.map(\.style) == ["canary", "stable"])
        #expect(charts[2].title.contains("slower than"))
    }

    @Test func `a record whose oldest intervals were cut tells the same from then on`() throws {
        var data = try DeliveryWorld.record(harmful: true, ticks: 48)
        func view() throws -> JudgeRecordView {
            try #require(
                JudgeRecordView(["metadata": ["name": "run.judge.judge"], "data": .object(data)]))
        }
        let whole = try view()
        var judge = try CanaryJudge(whole.policy)
        for tick in whole.ticks.prefix(5) { judge.observe(tick) }
        let encoder = ValueEncoder()
        data["memory"] = .string(JSON.string(try encoder.encode(judge.memory)))
        data["ticks"] = .string(JSON.string(try encoder.encode(Array(whole.ticks.dropFirst(5)))))
        let cut = try view()
        #expect(cut.verdicts.map(\.logHarm) == whole.verdicts.dropFirst(5).map(\.logHarm))
        #expect(cut.verdict?.decision == .rollback && cut.verdict?.tick == whole.verdict?.tick)
    }

    @Test func `what is no record of a judge is none`() {
        #expect(
            JudgeRecordView(["metadata": ["name": "a.judge"], "data": ["policy": "{", "ticks": "[]"]]) == nil)
        #expect(JudgeRecordView(["metadata": ["name": "settings"], "data": [:]]) == nil)
    }

    @Test func `a bar is as long as the weight says`() {
        #expect(WeightBar.svg(canary: 25).text.contains("width=\"100\""))
        #expect(WeightBar.svg(canary: 400).text.contains("width=\"400\""))
        #expect(WeightBar.svg(canary: -3).text.contains("width=\"0\""))
    }
}

extension String {
    /// How often a text occurs.
    func components(of text: String) -> Int { ranges(of: text).count }
}
