import Judge
import Manifest
import TestSupport
import Testing

/// A judge that goes on from what older intervals told, without the intervals.
@Suite struct MemoryTests {
    /// Intervals of a few pods with all kinds of metrics, some without data.
    private static func ticks(_ count: Int, using generator: inout SeededGenerator) -> [Tick] {
        (1...count).map { number in
            func pods(_ name: String, _ pods: Int, boundaries: Int, rate: Int) -> [PodCounts] {
                (0..<pods).map { pod in
                    let requests = Int.random(in: 0...400, using: &generator)
                    return PodCounts(
                        "\(name)-\(pod)", requests: requests,
                        bad: (0..<boundaries).map { _ in
                            min(requests, Int.random(in: 0...rate, using: &generator))
                        })
                }
            }
            var observations: [String: Observation] = [
                "errors": .counts(
                    canary: pods("canary", 3, boundaries: 1, rate: 4),
                    baseline: pods("stable", 6, boundaries: 1, rate: 3)),
                "latency": .counts(
                    canary: pods("canary", 3, boundaries: 2, rate: 5),
                    baseline: pods("stable", 6, boundaries: 2, rate: 5)),
                "memory": .means(
                    canary: Double.random(in: 1...2, using: &generator),
                    baseline: Double.random(in: 1...2, using: &generator)),
            ]
            if Int.random(in: 0..<5, using: &generator) == 0 {
                observations["latency"] = .missing(reason: .stale)
            }
            return Tick(time: Int64(60 * number), observations)
        }
    }

    private static func strict(_ effects: PodEffects.Treatment) -> Policy {
        let bounds = RatioBounds(ignoreBelow: 0.001, goodEnough: 0.002)
        var policy = Policy(metrics: [
            Metric("errors", .ratio(bounds: bounds)),
            Metric("latency", .latency(boundaries: [0.1, 0.5], bounds: RatioBounds())),
            Metric("memory", .mean(bounds: MeanBounds())),
        ])
        // Nothing is decided.
        policy.falseRollback = 1e-300
        policy.missBad = 1e-300
        policy.podEffects = PodEffects(effects)
        return policy
    }

    /// A memory as it comes back from where it was kept.
    private static func kept(_ memory: JudgeMemory) throws -> JudgeMemory {
        let text = JSON.string(try ValueEncoder().encode(memory))
        return try ValueDecoder().decode(JudgeMemory.self, from: try JSON.parse(text))
    }

    @Test(arguments: [PodEffects.Treatment.automatic, .temper, .off])
    func `verdicts come out the same, bit for bit`(effects: PodEffects.Treatment) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let policy = Self.strict(effects)
            let earlier = Self.ticks(Int.random(in: 1...20, using: &generator), using: &generator)
            let present = Self.ticks(40, using: &generator)
            let whole = try judge(present, policy, after: earlier)
            // All earlier intervals go first.
            let cut = Int.random(in: 0...(earlier.count + 30), using: &generator)
            let before = min(cut, earlier.count)
            var first = try CanaryJudge(policy, after: Array(earlier.prefix(before)))
            for tick in present.prefix(cut - before) { first.observe(tick) }
            let memory = try Self.kept(first.memory)
            #expect(memory.count == cut - before && memory.earlierCount == before)
            let again = try judge(
                present.dropFirst(cut - before), policy, after: Array(earlier.dropFirst(before)),
                remembering: memory)
            #expect(again == whole, "seed \(seed)")
        }
    }

    @Test func `a later asking goes on from what was remembered of the one before`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let policy = Self.strict(.automatic)
        let (first, second) = (
            Self.ticks(25, using: &generator), Self.ticks(25, using: &generator)
        )
        let whole = try judge(second, policy, after: first)
        var before = try CanaryJudge(policy)
        for tick in first.prefix(10) { before.observe(tick) }
        let memory = try Self.kept(before.memory).ofLaterAsking
        let again = try judge(second, policy, after: Array(first.dropFirst(10)), remembering: memory)
        #expect(again == whole, "seed \(seed)")
    }

    @Test func `a memory of other metrics is refused`() throws {
        var generator = SeededGenerator(seed: 1)
        var first = try CanaryJudge(Self.strict(.off))
        for tick in Self.ticks(5, using: &generator) { first.observe(tick) }
        #expect(throws: JudgeError.self) { try CanaryJudge(policy(), remembering: first.memory) }
        var other = Self.strict(.off)
        other.metrics[1].kind = .latency(boundaries: [0.1], bounds: RatioBounds())
        #expect(throws: JudgeError.self) { try CanaryJudge(other, remembering: first.memory) }
    }

    @Test(arguments: [
        ("count", "-1"), ("count", "9223372036854775807"), ("requests", "9223372036854775807"),
        ("observedTicks", "9223372036854775807"), ("canaryBad", "-5"),
    ])
    func `numbers that nobody has counted are refused`(field: String, number: String) throws {
        var generator = SeededGenerator(seed: 1)
        var first = try CanaryJudge(Self.strict(.off))
        for tick in Self.ticks(5, using: &generator) { first.observe(tick) }
        let text = JSON.string(try ValueEncoder().encode(first.memory))
        let start = try #require(text.firstRange(of: "\"\(field)\":"))
        let digits = text[start.upperBound...].prefix { $0.isNumber }
        var changed = text
        changed.replaceSubrange(digits.startIndex..<digits.endIndex, with: number)
        let memory = try ValueDecoder().decode(JudgeMemory.self, from: try JSON.parse(changed))
        #expect(throws: JudgeError.self) { try CanaryJudge(Self.strict(.off), remembering: memory) }
    }
}
