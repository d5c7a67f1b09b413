import Foundation
import TestSupport
import Testing

@testable import LocalCluster

struct PodScheduleTests {
    /// 20,800 lives of pods in eight parts, each from its own seed; `SLIPWAY_SEED=n` begins with that life.
    @Test(arguments: 0..<8)
    func `no schedule breaks the rules of a pod's life`(_ part: Int) {
        let wanted = ProcessInfo.processInfo.environment["SLIPWAY_SEED"].flatMap { UInt64($0) }
        let first = wanted.map { $0 &+ UInt64(part * 2600) } ?? UInt64.random(in: 0..<1_000_000_000)
        print("seed \(first) of part \(part)")
        var handled = 0
        for offset in 0..<2600 {
            let seed = first &+ UInt64(offset)
            var world = PodWorld(seed: seed)
            world.live(steps: 30)
            handled += world.handled
            if !world.faults.isEmpty {
                Issue.record("SLIPWAY_SEED=\(seed): \(world.faults.prefix(3))")
                return
            }
        }
        #expect(handled > 2600)
    }
}
