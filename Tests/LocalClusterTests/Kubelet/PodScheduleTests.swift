import TestSupport
import Testing

@testable import LocalCluster

struct PodScheduleTests {
    /// 20,800 lives of pods in eight parts, each from its own seed; `SLIPWAY_SEED=n` begins with that life,
    /// `SLIPWAY_SCHEDULES=n` lets so many be lived.
    @Test(arguments: 0..<8)
    func `no schedule breaks the rules of a pod's life`(_ part: Int) {
        let schedules = Schedules(20_800, part: part, of: 8)
        var handled = 0
        for seed in schedules.seeds {
            var world = PodWorld(seed: seed)
            world.live(steps: 30)
            handled += world.handled
            if !world.faults.isEmpty {
                Issue.record("SLIPWAY_SEED=\(seed): \(world.faults.prefix(3))")
                return
            }
        }
        #expect(handled > schedules.seeds.count)
    }
}
