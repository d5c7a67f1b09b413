import Manifest
import Testing

@testable import Slipway

/// What came first in production, by the versions in which it was stored.
struct ProductionHistoryTests {
    private func route(_ canary: Int64, at version: Int) -> Value {
        [
            "metadata": ["name": "orders", "resourceVersion": .string("\(version)")],
            "spec": [
                "rules": [
                    [
                        "backendRefs": [
                            ["name": "orders-stable", "weight": .integer(100 - canary)],
                            ["name": "orders-canary", "weight": .integer(canary)],
                        ]
                    ]
                ]
            ],
        ]
    }

    /// A history of weights, a version apart, from version 11 on; a gap is before the one at that place.
    private func history(_ weights: [Int64], gapAt gap: Int? = nil) -> ProductionHistory {
        var history = ProductionHistory()
        history.note(route: route(0, at: 10), isExact: false)
        for (index, weight) in weights.enumerated() {
            history.note(route: route(weight, at: 11 + index), isExact: index != gap)
        }
        return history
    }

    private func rollback(at version: Int) -> Value {
        ["metadata": ["name": "orders-abc", "resourceVersion": .string("\(version)")]]
    }

    @Test func `a canary takes one step after the other`() throws {
        // What is stored twice, as when the router tells that it has it, is one weight.
        #expect(try history([5, 5, 25, 50, 50, 0]).promotion(by: [5, 25, 50], after: 10) == [5, 25, 50])
        #expect(try history([5, 25, 50, 100]).promotion(by: [5, 25, 50], after: 10) == [5, 25, 50])
        #expect(try history([5, 25, 50, 100, 0]).promotion(by: [5, 25, 50], after: 10) == [5, 25, 50])
    }

    @Test(
        arguments: [
            [5, 25, 50], [5, 50, 0], [25, 50, 0], [5, 25, 5, 50, 0], [0], [100, 0], [],
        ] as [[Int64]])
    func `a canary that skips or repeats a step is none`(weights: [Int64]) {
        #expect(throws: DemoFailure.self) { try history(weights).promotion(by: [5, 25, 50], after: 10) }
    }

    @Test func `what was stored while nobody watched may be missing`() throws {
        #expect(try history([5, 50, 0], gapAt: 1).promotion(by: [5, 25, 50], after: 10) == [5, 50])
        #expect(throws: DemoFailure.self) {
            try history([5, 30, 0], gapAt: 1).promotion(by: [5, 25, 50], after: 10)
        }
        #expect(throws: DemoFailure.self) {
            try history([50, 5, 0], gapAt: 1).promotion(by: [5, 25, 50], after: 10)
        }
    }

    @Test func `what was before the canary does not count`() throws {
        var history = history([5, 25, 50, 0])
        history.note(route: route(5, at: 20), isExact: true)
        history.note(route: route(0, at: 21), isExact: true)
        history.note(rollback: rollback(at: 22), isExact: true)
        #expect(try history.trafficFirst(of: "orders-abc", after: 14).0 == 5)
        #expect(throws: DemoFailure.self) { try history.promotion(by: [5, 25, 50], after: 14) }
    }

    @Test func `traffic is back before git is told`() throws {
        var first = history([5, 0])
        first.note(rollback: rollback(at: 13), isExact: true)
        // Its answer is not its beginning.
        first.note(rollback: rollback(at: 9), isExact: true)
        let (weight, text) = try first.trafficFirst(of: "orders-abc", after: 10)
        #expect(weight == 5)
        #expect(text == "traffic back at version 12, Rollback for git at 13")

        var late = history([5, 25])
        late.note(rollback: rollback(at: 13), isExact: true)
        #expect(throws: DemoFailure.self) { try late.trafficFirst(of: "orders-abc", after: 10) }
        late.note(route: route(0, at: 14), isExact: true)
        #expect(throws: DemoFailure.self) { try late.trafficFirst(of: "orders-abc", after: 10) }
    }

    @Test func `a canary without requests was not taken back from anybody`() {
        var history = history([])
        history.note(rollback: rollback(at: 13), isExact: true)
        #expect(throws: DemoFailure.self) { try history.trafficFirst(of: "orders-abc", after: 10) }
        #expect(throws: DemoFailure.self) { try history.trafficFirst(of: "other", after: 10) }
    }

    @Test func `an order that nobody watched is not told`() throws {
        var history = history([5, 0], gapAt: 1)
        history.note(rollback: rollback(at: 11), isExact: false)
        #expect(
            try history.trafficFirst(of: "orders-abc", after: 10).1.hasPrefix(
                "which came first was not watched"))
    }
}
