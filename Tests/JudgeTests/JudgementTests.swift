import Judge
import Manifest
import TestSupport
import Testing

/// A tick of one metric whose pods are all alike.
func tick(
    _ number: Int, canaryBad: Int, baselineBad: Int, canaryPods: Int = 4, stablePods: Int = 36,
    requestsPerPod: Int = 100
) -> Tick {
    func pods(_ count: Int, _ name: String, bad: Int) -> [PodCounts] {
        (0..<count).map {
            PodCounts(
                "\(name)-\($0)", requests: requestsPerPod, bad: [bad / count + ($0 < bad % count ? 1 : 0)])
        }
    }
    return Tick(
        time: Int64(60 * number),
        [
            "errors": .counts(
                canary: pods(canaryPods, "canary", bad: canaryBad),
                baseline: pods(stablePods, "stable", bad: baselineBad))
        ])
}

func policy(_ bounds: RatioBounds = RatioBounds()) -> Policy {
    Policy(metrics: [Metric("errors", .ratio(bounds: bounds))])
}

@Suite struct JudgementTests {
    @Test func `a canary that errs five times as often is rolled back within minutes`() throws {
        let ticks = (1...60).map { tick($0, canaryBad: 10, baselineBad: 18) }
        let verdict = try judge(ticks, policy())
        #expect(verdict.decision == .rollback && verdict.reason == .harm)
        #expect(verdict.tick <= 3)
        #expect(verdict.logHarm ?? 0 >= verdict.harmThreshold)
        #expect(verdict.metrics[0].pods?.outcome == .passed)
        #expect(verdict.metrics[0].counts?.canaryBad == 10 * verdict.tick)
        #expect(!verdict.mayAdvance)
    }

    @Test func `a canary as good as its baseline is promoted`() throws {
        let ticks = (1...60).map { tick($0, canaryBad: 2, baselineBad: 18) }
        let verdict = try judge(ticks, policy())
        #expect(verdict.decision == .promote && verdict.reason == .safety && verdict.mayAdvance)
        var slow = policy()
        slow.minimumTicks = 45
        var judge = try CanaryJudge(slow)
        let reasons = ticks.map { judge.observe($0).reason }
        #expect(reasons.contains(.baking) && judge.verdict.tick == 45 && judge.verdict.decision == .promote)
    }

    @Test func `an outage that hits both arms decides nothing`() throws {
        let ticks = (1...30).map {
            tick($0, canaryBad: $0 % 2 == 0 ? 200 : 2, baselineBad: $0 % 2 == 0 ? 1_800 : 18)
        }
        let verdict = try judge(ticks, policy())
        #expect(verdict.decision == .promote)
        #expect(verdict.logHarm ?? 1 < 0)
    }

    @Test func `after a decision nothing changes it`() throws {
        var judge = try CanaryJudge(policy())
        let bad = (1...5).map { tick($0, canaryBad: 20, baselineBad: 18) }
        for tick in bad { judge.observe(tick) }
        let verdict = judge.verdict
        for number in 6...60 { judge.observe(tick(number, canaryBad: 0, baselineBad: 18)) }
        #expect(judge.verdict == verdict && verdict.decision == .rollback)
    }

    @Test func `an alarm rolls back at once`() throws {
        var first = tick(1, canaryBad: 0, baselineBad: 18)
        first.alarms = ["canary-0: CrashLoopBackOff"]
        let verdict = try judge([first], policy())
        #expect(verdict.decision == .rollback && verdict.reason == .alarm)
        #expect(verdict.alarms == ["canary-0: CrashLoopBackOff"])
    }

    @Test(arguments: [
        Observation.missing(reason: .noSeries), .missing(reason: .providerError), .missing(reason: .stale),
        .missing(reason: .notANumber), .missing(reason: .unaligned), .missing(reason: .warmingUp),
        .means(canary: 1, baseline: 1), .counts(canary: [], baseline: []),
        .counts(
            canary: [PodCounts("a", requests: 1, bad: [2]), PodCounts("b", requests: 1, bad: [0])],
            baseline: [PodCounts("c", requests: 1, bad: [0])]),
        .counts(
            canary: [PodCounts("a", requests: -1, bad: [0]), PodCounts("b", requests: 1, bad: [0])],
            baseline: [PodCounts("c", requests: 1, bad: [0])]),
        .counts(
            canary: [PodCounts("a", requests: .max, bad: [0]), PodCounts("b", requests: .max, bad: [0])],
            baseline: [PodCounts("c", requests: .max, bad: [0])]),
        .counts(
            canary: [PodCounts("a", requests: 1, bad: [0]), PodCounts("b", requests: 1, bad: [0])],
            baseline: []),
        .counts(
            canary: [PodCounts("a", requests: 1, bad: [0]), PodCounts("a", requests: 1, bad: [0])],
            baseline: [PodCounts("c", requests: 1, bad: [0])]),
    ]) func `missing data neither pass nor fail`(_ observation: Observation) throws {
        let before = (1...5).map { tick($0, canaryBad: 1, baselineBad: 7) }
        var judge = try CanaryJudge(policy())
        for tick in before { judge.observe(tick) }
        let evidence = judge.verdict
        for number in 6...10 {
            let verdict = judge.observe(Tick(time: Int64(60 * number), ["errors": observation]))
            #expect(verdict.decision == .wait && !verdict.mayAdvance)
            #expect(verdict.logHarm == evidence.logHarm && verdict.logSafety == evidence.logSafety)
            #expect(verdict.metrics[0].missingInARow == number - 5 && verdict.metrics[0].absence != nil)
        }
        let verdict = judge.observe(Tick(time: 660, [:]))
        #expect(verdict.decision == .inconclusive && verdict.reason == .metricUnavailable)
        #expect(verdict.fallback == .hold && verdict.metrics[0].absence == .noSeries)
    }

    @Test func `time that runs out is neither a yes nor a no`() throws {
        var policy = policy(RatioBounds(harmful: 1.5))
        policy.onInconclusive = .rollback
        let few = (1...60).map {
            tick($0, canaryBad: $0 % 20 == 0 ? 1 : 0, baselineBad: 0, requestsPerPod: 1)
        }
        let undecided = try judge(few, policy)
        #expect(undecided.decision == .inconclusive && undecided.reason == .undecided)
        #expect(undecided.fallback == .rollback && undecided.tick == 60)
        let none = (1...60).map { tick($0, canaryBad: 0, baselineBad: 0, requestsPerPod: 0) }
        let blind = try judge(none, policy)
        #expect(
            blind.decision == .inconclusive && blind.reason == .insufficientData && blind.fallback == .hold)
    }

    @Test func `harm that does not matter does not roll back`() throws {
        let ticks = (1...60).map { tick($0, canaryBad: $0 % 2, baselineBad: 1, requestsPerPod: 1_000) }
        func decision(_ bounds: RatioBounds) throws -> Verdict.Decision {
            var policy = policy(bounds)
            policy.podEffects = PodEffects(.off)
            return try judge(ticks, policy).decision
        }
        #expect(try decision(RatioBounds()) == .rollback)
        #expect(try decision(RatioBounds(ignoreBelow: 0.001)) == .inconclusive)
    }

    @Test func `a metric without weight only reports`() throws {
        var policy = policy()
        policy.metrics.append(
            Metric("latency", .latency(boundaries: [0.1, 0.5], bounds: RatioBounds()), weight: 0))
        let ticks = (1...60).map { tick($0, canaryBad: 2, baselineBad: 18) }
        let verdict = try judge(ticks, policy)
        #expect(verdict.decision == .promote)
        #expect(verdict.metrics[1].missingTicks == verdict.tick && verdict.metrics[1].weight == 0)
    }

    @Test func `a metric has no say before it has requests enough`() throws {
        var policy = policy()
        policy.metrics[0].minimumRequests = 2_000
        let ticks = (1...60).map { tick($0, canaryBad: 20, baselineBad: 18) }
        var judge = try CanaryJudge(policy)
        let harms = ticks.prefix(5).map { judge.observe($0).logHarm }
        #expect(harms.prefix(4).allSatisfy { $0 == nil } && judge.verdict.decision == .rollback)
    }

    @Test func `a slow tail is found among the boundaries`() throws {
        let policy = Policy(metrics: [
            Metric("latency", .latency(boundaries: [0.1, 0.5, 1], bounds: RatioBounds()))
        ])
        let ticks = (1...60).map { number in
            func pods(_ count: Int, _ name: String, _ bad: [Int]) -> [PodCounts] {
                (0..<count).map { PodCounts("\(name)-\($0)", requests: 1_000, bad: bad) }
            }
            return Tick(
                time: Int64(60 * number),
                [
                    "latency": .counts(
                        canary: pods(4, "c", [200, 60, 6]), baseline: pods(36, "s", [200, 20, 2]))
                ])
        }
        let verdict = try judge(ticks, policy)
        #expect(verdict.decision == .rollback)
        let boundaries = verdict.metrics[0].boundaries
        #expect(boundaries.map(\.boundary) == [0.1, 0.5, 1])
        #expect(boundaries[0].logHarm < 0 && boundaries[1].logHarm > boundaries[2].logHarm)
        #expect(verdict.metrics[0].counts == boundaries[1].counts)
    }

    @Test func `a mean is judged after thirty ticks`() throws {
        let policy = Policy(metrics: [Metric("memory", .mean(bounds: MeanBounds(harmful: 1.5)))])
        func ticks(_ factor: Double) -> [Tick] {
            (1...60).map {
                let baseline = 100 + Double($0 % 7)
                let noise = Double($0 * 37 % 11) - 5
                return Tick(
                    time: Int64(60 * $0),
                    ["memory": .means(canary: factor * baseline + noise, baseline: baseline)])
            }
        }
        let leaking = try judge(ticks(1.4), policy)
        #expect(leaking.decision == .rollback && leaking.tick == 30)
        #expect(abs((leaking.metrics[0].difference?.mean ?? 0) - 41) < 3)
        let same = try judge(ticks(1), policy)
        #expect(same.decision == .promote && same.tick == 30)
        let verdict = try judge([Tick(time: 60, ["memory": .means(canary: .nan, baseline: 1)])], policy)
        #expect(verdict.metrics[0].absence == .notANumber)
    }

    @Test func `evidence is weighed over metrics and safety needs all of them`() throws {
        var policy = policy()
        policy.metrics = [
            Metric("errors", .ratio(bounds: RatioBounds()), weight: 1),
            Metric("timeouts", .ratio(bounds: RatioBounds()), weight: 3),
        ]
        var ticks = (1...60).map { tick($0, canaryBad: 2, baselineBad: 18) }
        let partial = try judge(ticks, policy)
        #expect(
            partial.reason == .metricUnavailable
                && partial.logSafety == partial.metrics.compactMap(\.logSafety).min())
        for place in ticks.indices {
            ticks[place].observations["timeouts"] = ticks[place].observations["errors"]
        }
        #expect(try judge(ticks, policy).decision == .promote)
        for place in ticks.indices {
            ticks[place].observations["timeouts"] =
                tick(place, canaryBad: 10, baselineBad: 18).observations["errors"]
        }
        let verdict = try judge(ticks, policy)
        #expect(verdict.decision == .rollback && verdict.metrics.map(\.weight) == [0.25, 0.75])
    }

    @Test func `a step may be taken while little speaks against it`() throws {
        var judge = try CanaryJudge(policy())
        #expect(!judge.verdict.mayAdvance)
        #expect(judge.observe(tick(1, canaryBad: 2, baselineBad: 18)).mayAdvance)
        var doubtful = try CanaryJudge(policy())
        while doubtful.verdict.logHarm ?? 0 < doubtful.verdict.harmThreshold / 2 {
            #expect(doubtful.observe(tick(1, canaryBad: 6, baselineBad: 18)).decision == .wait)
        }
        #expect(!doubtful.verdict.mayAdvance)
    }

    @Test func `harm counts from asking to asking, and safety is shown anew at each`() throws {
        var policy = policy()
        policy.podEffects = PodEffects(.off)
        // Not enough to roll back on either occasion, but on both.
        let ticks = (1...8).map { tick($0, canaryBad: 4, baselineBad: 18) }
        let alone = try judge(ticks, policy)
        #expect(alone.decision == .wait)
        let again = try judge(ticks, policy, after: ticks)
        #expect(again.decision == .rollback && again.reason == .harm)
        #expect(again.metrics[0].counts?.canaryBad == 32 + 4 * again.tick)
        let joined = try judge(ticks + ticks, policy)
        #expect(joined.logHarm == again.logHarm && joined.tick == ticks.count + again.tick)
        let log = try JudgementLog(ticks, policy, after: ticks)
        #expect(log.verdict == again)
        #expect(try log.isReproduced())

        let good = (1...60).map { tick($0, canaryBad: 2, baselineBad: 18) }
        let first = try judge(good, policy)
        let second = try judge(good, policy, after: Array(good.prefix(first.tick)))
        #expect(first.decision == .promote && second.decision == .promote)
        #expect(second.tick == first.tick && second.logSafety == first.logSafety)
    }

    @Test func `a verdict is replayed from its log bit for bit`() throws {
        var random = SeededGenerator(seed: 11)
        let ticks = (1...60).map {
            tick(
                $0, canaryBad: Int.random(in: 0...5, using: &random),
                baselineBad: Int.random(in: 9...27, using: &random))
        }
        let log = try JudgementLog(ticks, policy(RatioBounds(ignoreBelow: 0.001, goodEnough: 0.01)))
        let text = JSON.string(try ValueEncoder().encode(log))
        let read = try ValueDecoder().decode(JudgementLog.self, from: try JSON.parse(text))
        #expect(read == log)
        #expect(try read.isReproduced())
        var forged = read
        forged.verdict.logHarm = (forged.verdict.logHarm ?? 0) + 1e-12
        #expect(try !forged.isReproduced())
    }
}
