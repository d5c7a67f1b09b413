import Judge
import Testing

@Suite struct PolicyTests {
    private static let faults: [(field: String, change: @Sendable (inout Policy) -> Void)] = [
        ("falseRollback", { $0.falseRollback = 0 }), ("missBad", { $0.missBad = 1 }),
        ("tickSeconds", { $0.tickSeconds = 0 }),
        ("maximumTicks", { $0.maximumTicks = 0 }), ("minimumTicks", { $0.minimumTicks = 61 }),
        ("maximumMissingTicks", { $0.maximumMissingTicks = -1 }),
        ("minimumCanaryPods", { $0.minimumCanaryPods = 0 }),
        ("podEffects.gate", { $0.podEffects.gate = 1 }), ("metrics", { $0.metrics = [] }),
        ("metrics", { $0.metrics[0].weight = 0 }), ("metrics", { $0.metrics.append($0.metrics[0]) }),
        (
            "metrics.errors.weight",
            {
                $0.metrics = [$0.metrics[0], Metric("b", $0.metrics[0].kind)]
                $0.metrics[0].weight = -1
            }
        ),
        ("metrics.errors.minimumRequests", { $0.metrics[0].minimumRequests = -1 }),
        ("metrics.errors.harmful", { $0.metrics[0].kind = .ratio(bounds: RatioBounds(harmful: 1)) }),
        ("metrics.errors.tolerated", { $0.metrics[0].kind = .ratio(bounds: RatioBounds(tolerated: 0)) }),
        ("metrics.errors.goodEnough", { $0.metrics[0].kind = .ratio(bounds: RatioBounds(goodEnough: 1)) }),
        ("metrics.errors.ignoreBelow", { $0.metrics[0].kind = .ratio(bounds: RatioBounds(ignoreBelow: 0)) }),
        (
            "metrics.errors.boundaries",
            { $0.metrics[0].kind = .latency(boundaries: [1, 1], bounds: RatioBounds()) }
        ),
        ("metrics.errors.harmful", { $0.metrics[0].kind = .mean(bounds: MeanBounds(harmful: 0.5)) }),
    ]

    @Test(arguments: faults.indices) func `a policy that contradicts itself is refused`(_ place: Int) throws {
        let (field, change) = Self.faults[place]
        var wrong = policy()
        change(&wrong)
        let error = try #require(throws: JudgeError.self) { try CanaryJudge(wrong) }
        #expect(error.code == .invalidPolicy && error.field == field)
        #expect("\(error)" == "\(field): \(error.message)")
    }
}
