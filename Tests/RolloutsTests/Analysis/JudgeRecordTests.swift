import Judge
import KubeModel
import Manifest
import Synchronization
import Testing

@testable import Rollouts

/// Which intervals a judge's record closes, whenever it is looked at.
@Suite struct JudgeRecordTests {
    /// A source in which each of two pods gets a request a second since 1970, and a tenth of the canary's fail.
    private final class SteadySource: CounterSource {
        let hasHistory: Bool
        private let isSilent = Mutex(false)
        private let asked = Mutex<[Int64]>([])

        init(hasHistory: Bool) { self.hasHistory = hasHistory }

        var times: [Int64] { asked.withLock { $0 } }
        func setSilent(_ silent: Bool) { isSilent.withLock { $0 = silent } }

        func samples(
            of selectors: [SeriesSelector], at time: Timestamp
        ) async throws(RolloutsError) -> [SeriesSelector: [SeriesSample]] {
            asked.withLock { $0.append(time.seconds) }
            if isSilent.withLock({ $0 }) { throw RolloutsError(.provider, "no answer") }
            let count = Double(time.seconds)
            func sample(_ hash: String, _ value: Double) -> SeriesSample {
                SeriesSample(labels: ["pod": hash, "pod_template_hash": hash], value: value, scraped: nil)
            }
            return [
                selectors[0]: [sample("old", 0), sample("new", (count / 10).rounded(.down))],
                selectors[1]: [sample("old", count), sample("new", count)],
            ]
        }
    }

    private static func comparison(_ source: SteadySource) throws -> JudgeRecord.Comparison {
        let metric = try AnalysisMetric([
            "name": "judge",
            "provider": [
                "slipway": [
                    "tick": "60s", "minCanaryPods": 1, "maxMissingTicks": 3,
                    "metrics": [["name": "errors", "kind": "ratio", "bad": "errors", "total": "requests"]],
                ]
            ],
        ])
        return .init(settings: try JudgeSettings(metric), canary: "new", stable: "old", source: source)
    }

    /// What an interval says: requests to each arm, or why there are none.
    private static func text(_ tick: Tick) -> String {
        switch tick.observations["errors"] {
        case .counts(let canary, let baseline):
            "\(tick.time): \(canary[0].bad[0])/\(canary[0].requests) \(baseline[0].bad[0])/\(baseline[0].requests)"
        case .missing(let reason): "\(tick.time): \(reason)"
        default: "\(tick.time): nothing"
        }
    }

    private func look(_ record: inout JudgeRecord, _ source: SteadySource, at seconds: Int64) async throws {
        await record.observe(
            try Self.comparison(source), now: Timestamp(seconds: seconds, nanoseconds: 5_000_000))
    }

    @Test func `intervals are closed when they end, and not before`() async throws {
        let source = SteadySource(hasHistory: false)
        var record = JudgeRecord()
        for time: Int64 in [600, 610, 660, 665, 720] { try await look(&record, source, at: time) }
        #expect(record.ticks.map(Self.text) == ["660: 6/60 0/60", "720: 6/60 0/60"])
        #expect(source.times == [600, 660, 720])
    }

    @Test func `a late look closes one long interval where the source knows only now`() async throws {
        let source = SteadySource(hasHistory: false)
        var record = JudgeRecord()
        for time: Int64 in [600, 790] { try await look(&record, source, at: time) }
        #expect(
            record.ticks.map(Self.text) == ["660: unaligned", "720: unaligned", "780: 19/190 0/190"])
    }

    @Test func `a late look closes each interval where the source remembers`() async throws {
        let source = SteadySource(hasHistory: true)
        var record = JudgeRecord()
        for time: Int64 in [610, 790] { try await look(&record, source, at: time) }
        #expect(
            record.ticks.map(Self.text) == ["660: 6/60 0/60", "720: 6/60 0/60", "780: 6/60 0/60"])
        #expect(source.times == [600, 660, 720, 780])
    }

    @Test(arguments: [false, true])
    func `what happened during a long absence is left out`(hasHistory: Bool) async throws {
        let source = SteadySource(hasHistory: hasHistory)
        var record = JudgeRecord()
        for time: Int64 in [600, 3600, 3660] { try await look(&record, source, at: time) }
        #expect(record.ticks.map(Self.text) == ["3600: unaligned", "3660: 6/60 0/60"])
    }

    @Test func `a source that fails once is an interval without data, whose requests are not lost`()
        async throws
    {
        let source = SteadySource(hasHistory: false)
        var record = JudgeRecord()
        try await look(&record, source, at: 600)
        source.setSilent(true)
        try await look(&record, source, at: 660)
        source.setSilent(false)
        try await look(&record, source, at: 720)
        #expect(record.ticks.map(Self.text) == ["660: providerError", "720: 12/120 0/120"])
    }

    @Test func `a source that never answers ends without a verdict, and says why`() async throws {
        let source = SteadySource(hasHistory: false)
        source.setSilent(true)
        var record = JudgeRecord()
        for time: Int64 in [600, 660, 720, 780, 840] { try await look(&record, source, at: time) }
        #expect(
            record.ticks.map(Self.text)
                == ["660: providerError", "720: providerError", "780: providerError", "840: providerError"])
        #expect(record.fault == "no answer")
        let verdict = try judge(record.ticks, try Self.comparison(source).settings.policy)
        #expect(verdict.decision == .inconclusive && verdict.reason == .metricUnavailable)
        #expect(verdict.fallback == .hold)
    }
}
