import Judge
import Testing

@Suite struct PlanTests {
    @Test func `little traffic is forecast before the first step`() throws {
        var policy = policy()
        let traffic = ["errors": Plan.Traffic(requestsPerSecond: 100, badRate: 0.001)]
        let plan = try Plan(policy, traffic: traffic, shares: [0.05, 0.2])
        #expect(plan.outlooks.map(\.share) == [0.05, 0.2])
        #expect(Int((plan.outlooks[0].rollbackSeconds ?? 0) / 60) == 71)
        #expect(plan.isDecidable && plan.advice.isEmpty)
        policy.maximumTicks = 20
        let hasty = try Plan(policy, traffic: traffic, shares: [0.05])
        #expect(!hasty.isDecidable)
        guard case .raiseShare(let share) = hasty.advice.first else {
            Issue.record("\(hasty.advice)")
            return
        }
        #expect(share > 0.05 && share < 0.5)
        let raised = try Plan(policy, traffic: traffic, shares: [share])
        #expect(raised.isDecidable)
        #expect(hasty.advice.contains { if case .lowerAmbition = $0 { true } else { false } })
    }

    @Test func `where nobody errs only a level decides`() throws {
        let traffic = ["errors": Plan.Traffic(requestsPerSecond: 10, badRate: 0)]
        let blind = try Plan(policy(), traffic: traffic, shares: [0.1])
        #expect(!blind.isDecidable && blind.outlooks[0].promotionSeconds == nil)
        #expect(blind.advice == [.addTraffic(metric: "errors"), .judgeByLevel(metric: "errors")])
        let level = try Plan(policy(RatioBounds(goodEnough: 0.005)), traffic: traffic, shares: [0.1])
        let requests = Forecast.cleanRequests(below: 0.005, error: 0.05)
        #expect(level.isDecidable && level.outlooks[0].promotionSeconds == Double(requests))
        // The judge needs as many.
        var policy = policy(RatioBounds(goodEnough: 0.005))
        policy.maximumTicks = 100_000
        let ticks = (1...requests).map {
            tick($0, canaryBad: 0, baselineBad: 0, canaryPods: 2, requestsPerPod: 1)
        }
        let verdict = try judge(ticks, policy)
        #expect(verdict.decision == .promote && 2 * verdict.tick - requests <= 1)
    }

    @Test func `what no traffic has is refused`() throws {
        for (share, rate, rps, ratio) in [
            (0, 0.1, 1, 2), (1, 0.1, 1, 2), (0.1, 0, 1, 2), (0.1, 0.1, 0, 2), (0.1, 0.1, 1, 1),
        ] {
            let error = try #require(throws: JudgeError.self) {
                try Forecast(
                    ratio: Double(ratio), share: share, baseRate: rate, requestsPerSecond: Double(rps),
                    error: 0.01)
            }
            #expect(error.code == .invalidQuestion)
        }
    }
}
