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
