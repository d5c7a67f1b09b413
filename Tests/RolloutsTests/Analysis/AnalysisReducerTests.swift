import Judge
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import Rollouts

@Suite struct AnalysisReducerTests {
    static let start = Timestamp(seconds: 1_767_225_600)

    static func metric(_ fields: Value) throws -> AnalysisMetric {
        var value: Value = ["name": "m", "provider": ["web": ["url": "http://localhost/"]]]
        for pair in fields.objectValue ?? [:] { value[pair.key] = pair.value }
        return try AnalysisMetric(value)
    }

    static func reducer(_ metrics: [AnalysisMetric], dryRun: Set<String> = []) -> AnalysisReducer {
        var reducer = AnalysisReducer(
            metrics: metrics, dryRun: dryRun, retention: [:], isTerminated: false, status: AnalysisRunStatus()
        )
        reducer.start(now: start)
        return reducer
    }

    /// Answers all tasks with phases until the run ends or nothing is due.
    static func play(
        _ reducer: inout AnalysisReducer, looks: Int = 50, answer: (String, Int) -> AnalysisPhase
    ) {
        var now = start
        var counts: [String: Int] = [:]
        for _ in 0..<looks {
            for task in reducer.tasks(now: now) {
                let phase = answer(task.metric.name, counts[task.metric.name, default: 0])
                counts[task.metric.name, default: 0] += 1
                reducer.record(.init(phase: phase, started: now), of: task, now: now)
            }
            reducer.assess(now: now)
            guard let wait = reducer.nextLook(now: now) else { return }
            now = now.advanced(by: max(wait, .milliseconds(1)))
        }
    }

    @Test(arguments: [AnalysisPhase.successful, .failed, .inconclusive])
    func `one measurement without interval and count decides`(phase: AnalysisPhase) throws {
        var reducer = Self.reducer([try Self.metric(.emptyObject)])
        Self.play(&reducer) { _, _ in phase }
        #expect(reducer.status.phase == phase)
    }

    @Test func `five errors in a row are an error, and each is retried after ten seconds`() throws {
        var reducer = Self.reducer([try Self.metric(["interval": "1m", "count": 3])])
        var times: [Timestamp] = []
        var now = Self.start
        while reducer.status.phase == .running, times.count < 20 {
            for task in reducer.tasks(now: now) {
                times.append(now)
                reducer.record(.init(phase: .error, started: now), of: task, now: now)
            }
            reducer.assess(now: now)
            now = now.advanced(by: reducer.nextLook(now: now) ?? .seconds(1))
        }
        #expect(times.count == 5)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1.duration(since: $0) == .seconds(10) })
        #expect(reducer.status.phase == .error)
        #expect(
            reducer.status.message
                == "Metric \"m\" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4)")
        #expect(reducer.status.result(of: "m")?.count == 0)
    }

    @Test func `failures up to the limit are borne`() throws {
        var reducer = Self.reducer([try Self.metric(["interval": "1s", "count": 5, "failureLimit": 2])])
        Self.play(&reducer) { _, number in number < 2 ? .failed : .successful }
        #expect(reducer.status.phase == .successful)
        #expect(reducer.status.result(of: "m")?.failed == 2)
    }

    @Test func `the first bad metric ends the others, which count as passed`() throws {
        var reducer = Self.reducer([
            try Self.metric(["name": "bad"]), try Self.metric(["name": "slow", "interval": "1h"]),
        ])
        Self.play(&reducer) { name, _ in name == "bad" ? .failed : .successful }
        #expect(reducer.status.phase == .failed)
        #expect(reducer.status.result(of: "slow")?.phase == .successful)
        #expect(reducer.status.summary.failed == 1)
    }

    @Test func `a dry run is told and does not count`() throws {
        var reducer = Self.reducer(
            [try Self.metric(["name": "dry"]), try Self.metric(["name": "real"])], dryRun: ["dry"])
        Self.play(&reducer) { name, _ in name == "dry" ? .failed : .successful }
        #expect(reducer.status.phase == .successful)
        #expect(reducer.status.dryRunSummary.failed == 1)
    }

    @Test func `consecutive successes suffice where that is asked for`() throws {
        var reducer = Self.reducer([
            try Self.metric([
                "interval": "1s", "count": 10, "consecutiveSuccessLimit": 3, "failureLimit": 5,
            ])
        ])
        Self.play(&reducer) { _, number in number == 1 ? .failed : .successful }
        #expect(reducer.status.phase == .successful)
        #expect(reducer.status.result(of: "m")?.count == 5)
    }

    @Test func `ten measurements are kept`() throws {
        var reducer = Self.reducer([try Self.metric(["interval": "1s", "count": 30])])
        Self.play(&reducer) { _, _ in .successful }
        #expect(reducer.status.result(of: "m")?.count == 30)
        #expect(reducer.status.result(of: "m")?.measurements.count == 10)
    }

    @Test func `a delay comes before the first measurement`() throws {
        let reducer = Self.reducer([try Self.metric(["initialDelay": "30s"])])
        #expect(reducer.tasks(now: Self.start.advanced(by: .seconds(29))).isEmpty)
        #expect(reducer.tasks(now: Self.start.advanced(by: .seconds(30))).count == 1)
        #expect(reducer.nextLook(now: Self.start) == .seconds(30))
    }

    @Test func `a status survives being written and read`() throws {
        var reducer = Self.reducer([try Self.metric(["interval": "1s", "count": 3, "failureLimit": 1])])
        Self.play(&reducer) { _, number in number == 0 ? .failed : .successful }
        let read = AnalysisRunStatus(reducer.status.value)
        #expect(read.phase == .successful)
        #expect(read.result(of: "m")?.failed == 1)
        #expect(read.value == reducer.status.value)
    }

    /// An invalid metric and the words of its refusal.
    struct Invalid: Sendable, CustomTestStringConvertible {
        var fields: Value
        var message: String
        var testDescription: String { message }
    }

    static let invalid = [
        Invalid(fields: ["count": 3], message: "interval must be specified when count > 1"),
        Invalid(fields: ["count": 1, "failureLimit": 2], message: "count must be >= failureLimit"),
        Invalid(fields: ["interval": "soon"], message: "interval is no duration"),
        Invalid(fields: ["successCondition": "result >"], message: "successCondition"),
        Invalid(
            fields: ["provider": ["datadog": .emptyObject]], message: "provider datadog is not supported"),
        Invalid(fields: ["provider": .emptyObject], message: "provider names none"),
    ]

    @Test(arguments: invalid)
    func `an invalid metric is refused with its field`(invalid: Invalid) {
        let error = #expect(throws: RolloutsError.self) { try Self.metric(invalid.fields) }
        #expect(error?.message.contains(invalid.message) == true)
    }

    @Test func `no schedule of answers breaks what a run promises`() throws {
        let seed = RandomScheduleTests.seed
        let count = max(5_000, RandomScheduleTests.schedules)
        print("analysis schedules: \(count) from SLIPWAY_SEED=\(seed)")
        for number in 0..<UInt64(count) {
            var random = SeededGenerator(seed: seed &+ number)
            var reducer = try Self.random(&random)
            let phases: [AnalysisPhase] = [
                .successful, .successful, .successful, .failed, .error, .inconclusive,
            ]
            Self.play(&reducer, looks: 400) { _, _ in phases.randomElement(using: &random) ?? .successful }
            try Self.check(reducer, seed: seed &+ number)
        }
    }

    private static func random(_ random: inout SeededGenerator) throws -> AnalysisReducer {
        var metrics: [AnalysisMetric] = []
        for place in 0..<Int.random(in: 1...3, using: &random) {
            var fields: Value = ["name": .string("m\(place)")]
            if Bool.random(using: &random) {
                fields["interval"] = "10s"
                fields["count"] = .integer(Int64.random(in: 4...8, using: &random))
                fields["failureLimit"] = .integer(Int64.random(in: 0...2, using: &random))
            }
            metrics.append(try metric(fields))
        }
        let dry: Set<String> = Bool.random(using: &random) && metrics.count > 1 ? ["m0"] : []
        return reducer(metrics, dryRun: dry)
    }

    /// Every run ends, in the worst phase of what counts, and its numbers add up.
    private static func check(_ reducer: AnalysisReducer, seed: UInt64) throws {
        let status = reducer.status
        let context = Comment(rawValue: "SLIPWAY_SEED=\(seed): \(status)")
        let phase = try #require(status.phase, context)
        try #require(phase.isCompleted, context)
        let worst = status.results.filter { !$0.isDryRun }.map(\.phase).filter(\.isCompleted)
            .max { $0.severity < $1.severity }
        try #require(phase == worst ?? .successful, context)
        for result in status.results {
            try #require(result.count == result.successful + result.failed + result.inconclusive, context)
            let isFinished = result.measurements.allSatisfy { $0.phase.isCompleted }
            try #require(isFinished, context)
        }
        try #require(reducer.tasks(now: start.advanced(by: .seconds(1_000_000))).isEmpty, context)
    }
}
