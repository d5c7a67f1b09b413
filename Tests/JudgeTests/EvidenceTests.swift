import Judge
import Testing

@Suite struct EvidenceTests {
    @Test func `the closed form and the grid agree about what is plain`() {
        var evidence = RateEvidence.above(1)
        for _ in 0..<20 {
            evidence.add(ArmCounts(canaryBad: 5, canary: 100, baselineBad: 19, baseline: 1_900))
        }
        let closed = ShareEvidence.logEvidence(canaryBad: 100, baselineBad: 380, share: 0.05)
        #expect(abs(evidence.mixture.logEvidence / closed - 1) < 0.1)
    }

    @Test func `an interval narrows around the rate and misses nothing on the way`() {
        var last = BernoulliInterval(hits: 0, trials: 0, alpha: 0.05, optimalCount: 100)
        #expect(last.lower == 0 && last.upper == 1)
        for trials in [10, 100, 1_000, 10_000, 1_000_000] {
            let interval = BernoulliInterval(
                hits: trials / 10, trials: trials, alpha: 0.05, optimalCount: 100)
            #expect(interval.lower < 0.1 && interval.upper > 0.1)
            #expect(interval.upper - interval.lower < last.upper - last.lower)
            last = interval
        }
        let none = BernoulliInterval(hits: 0, trials: 1_000, alpha: 0.05, optimalCount: 1_000)
        #expect(none.lower == 0 && none.upper < 0.02)
        let all = BernoulliInterval(hits: 1_000, trials: 1_000, alpha: 0.05, optimalCount: 1_000)
        #expect(all.upper == 1 && all.lower > 0.98)
    }

    @Test func `a level near one has alternatives`() {
        var evidence = LevelEvidence.above(0.95)
        evidence.add(bad: 1_000, of: 1_000)
        #expect(evidence.mixture.logEvidence > 10)
        var below = LevelEvidence.below(0.95)
        below.add(bad: 0, of: 10)
        #expect(below.mixture.logEvidence > 10)
    }

    @Test func `a mean without spread is not divided by zero`() {
        var evidence = MeanEvidence(alpha: 0.05, optimalCount: 60)
        #expect(evidence.logEvidence(above: 0) == 0)
        for _ in 0..<40 { evidence.add(1) }
        #expect(evidence.logEvidence(above: 0).isFinite && evidence.logEvidence(below: 0).isFinite)
    }

    @Test func `samples that cannot be ranked are refused`() {
        #expect(throws: JudgeError.self) { try MannWhitney([], over: [1], confidence: 0.95) }
        #expect(throws: JudgeError.self) { try MannWhitney([1, 1], over: [1], confidence: 0.95) }
        #expect(throws: JudgeError.self) { try MannWhitney([1, .nan], over: [1], confidence: 0.95) }
    }

    @Test func `Kayenta passes what is the same and knows no data`() throws {
        let judge = KayentaJudge()
        #expect(try judge.classify(experiment: [1, 2], control: [2, 1]) == .pass)
        #expect(try judge.classify(experiment: [], control: [1]) == .noData)
        #expect(KayentaJudge.score(["a": [.pass, .high], "b": [.pass]], weights: ["a": 80]) == 60)
        #expect(KayentaJudge.score(["a": [.pass, .noData]]) == 0)
        #expect(KayentaJudge.score(["a": [.pass]], hasCriticalFailure: true) == 0)
    }
}
