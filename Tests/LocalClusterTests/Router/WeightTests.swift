import Testing

@testable import LocalCluster

@Suite struct WeightTests {
    static func rule(weights: [Int], seed: UInt64) -> CompiledRule {
        let backends = weights.enumerated().map { index, weight in
            RoutingTable.WeightedBackend(
                .init(namespace: "n", service: "\(index)", port: 80, endpoints: []), weight: weight)
        }
        return CompiledRule(.init(backends: backends), seed: seed)
    }

    @Test(arguments: [
        [95, 5], [1, 99], [50, 50], [0, 1], [1, 0, 3], [7, 11, 13, 69], [999_999, 1], [1, 1, 1],
    ])
    func `shares are exact to a few requests`(weights: [Int]) {
        let seed = UInt64.random(in: 0...UInt64.max)
        let rule = Self.rule(weights: weights, seed: seed)
        let sum = weights.reduce(0, +)
        var counts = [Int](repeating: 0, count: weights.count)
        for request in 1...100_000 {
            guard let target = rule.nextTarget(), let index = Int(target.backend.service) else {
                Issue.record("no target, seed \(seed)")
                return
            }
            counts[index] += 1
            // A Weyl sequence's discrepancy stays below a constant times log n / n; 12 requests covers 100,000.
            guard request % 100 == 0 else { continue }
            for (weight, count) in zip(weights, counts) {
                let expected = Double(request) * Double(weight) / Double(sum)
                #expect(abs(Double(count) - expected) < 12, "seed \(seed), request \(request)")
            }
        }
    }

    @Test func `a rule without weight has no target`() {
        #expect(Self.rule(weights: [], seed: 0).nextTarget() == nil)
        #expect(Self.rule(weights: [0, 0], seed: 0).nextTarget() == nil)
    }

    @Test func `endpoints take turns and failed ones are passed over`() {
        let endpoints = (1...3).map { RoutingTable.Endpoint(address: "10.0.0.\($0)", port: 80) }
        let target = CompiledRule.Target(
            .init(namespace: "n", service: "s", port: 80, endpoints: endpoints), seed: 0)
        #expect((0..<6).map { _ in target.nextEndpoint(excluding: []) } == endpoints + endpoints)
        #expect(target.nextEndpoint(excluding: [endpoints[0]]) == endpoints[1])
        #expect(target.nextEndpoint(excluding: endpoints) == nil)
    }
}
