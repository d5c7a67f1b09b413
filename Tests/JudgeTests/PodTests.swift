import Judge
import Testing

@Suite struct PodTests {
    /// Ticks in which some of the canary's pods err, all others hardly.
    private func ticks(badPods: Int, of canaryPods: Int, stablePods: Int, badStablePods: Int = 0) -> [Tick] {
        (1...60).map { number in
            func pods(_ count: Int, _ name: String, _ bad: Int) -> [PodCounts] {
                (0..<count).map { PodCounts("\(name)-\($0)", requests: 100, bad: [$0 < bad ? 10 : 1]) }
            }
            return Tick(
                time: Int64(60 * number),
                [
                    "errors": .counts(
                        canary: pods(canaryPods, "canary", badPods),
                        baseline: pods(stablePods, "stable", badStablePods))
                ])
        }
    }

    @Test func `one bad pod of four is not a bad version`() throws {
        let held = try judge(ticks(badPods: 1, of: 4, stablePods: 36), policy())
        #expect(held.decision != .rollback && held.metrics[0].pods?.outcome == .held)
        var waiting = try CanaryJudge(policy())
        for tick in ticks(badPods: 1, of: 4, stablePods: 36).prefix(20) { waiting.observe(tick) }
        #expect(waiting.verdict.reason == .heldByPods && waiting.verdict.logHarm == 0)
    }

    @Test func `a rollback names the pod without which nothing speaks against the version`() throws {
        var policy = policy()
        policy.podEffects = PodEffects(.off)
        let verdict = try judge(ticks(badPods: 1, of: 4, stablePods: 36), policy)
        #expect(verdict.decision == .rollback && verdict.suspectPods == ["canary-0"])
        #expect(verdict.logHarmWithoutPod.count == 4)
        let version = try judge(ticks(badPods: 4, of: 4, stablePods: 36), policy)
        #expect(version.decision == .rollback && version.suspectPods.isEmpty)
    }

    @Test func `all pods bad is a bad version`() throws {
        let verdict = try judge(ticks(badPods: 4, of: 4, stablePods: 36), policy())
        #expect(verdict.decision == .rollback && verdict.metrics[0].pods?.outcome == .passed)
        #expect((verdict.metrics[0].pods?.rank?.probability ?? 1) <= 0.01)
    }

    @Test func `pods too few to rank are weighed by how much the others differ`() throws {
        let verdict = try judge(ticks(badPods: 1, of: 2, stablePods: 8, badStablePods: 2), policy())
        let pods = try #require(verdict.metrics[0].pods)
        #expect(pods.outcome == .tempered && pods.overdispersion > 3 && verdict.decision != .rollback)
        var gated = policy()
        gated.podEffects = PodEffects(.gate)
        #expect(
            try judge(ticks(badPods: 2, of: 2, stablePods: 8), gated).metrics[0].pods?.outcome == .untreated)
    }

    @Test func `one pod is no canary unless that is waived`() throws {
        let alone = ticks(badPods: 1, of: 1, stablePods: 3)
        let verdict = try judge(alone, policy())
        #expect(verdict.decision == .inconclusive && verdict.metrics[0].absence == .tooFewPods)
        var waived = policy()
        waived.minimumCanaryPods = 1
        #expect(try judge(alone, waived).decision == .rollback)
    }

    @Test func `ranks of many pods are nearly those of few`() {
        let stable = (0..<300).map { Double($0 % 97) }
        // References of an independent implementation; for few pods the normal distribution is only near.
        let exact = PodRank(canary: [95, 90, 80], stable: stable)
        #expect(exact.probability > 0.002 && exact.probability < 0.0064)
        let canary = (0..<40).map { Double($0 * 5 % 97) + 10 }
        let many = PodRank(canary: canary, stable: stable)
        #expect(abs(many.probability - 0.024599108567421542) < 1e-9 && many.attainable < 1e-40)
        #expect(PodRank(canary: [1, 1], stable: [1, 1, 1]).probability == 1)
    }

    @Test func `pods that differ by chance are not overdispersed`() {
        #expect(Overdispersion.factor(bad: [9, 9, 9], requests: [100, 100, 100]) == 1)
        #expect(Overdispersion.factor(bad: [30, 0, 0], requests: [100, 100, 100]) == 30)
        #expect(Overdispersion.factor(bad: [0, 0], requests: [0, 0]) == 1)
        #expect(Overdispersion.factor(bad: [5], requests: [10]) == 1)
    }
}
