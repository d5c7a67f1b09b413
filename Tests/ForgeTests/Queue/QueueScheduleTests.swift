import Forge
import TestSupport
import Testing

struct QueueScheduleTests {
    /// 20,000 schedules in four parts, so that the parts run at once.
    @Test(arguments: 0..<4)
    func `whatever happens, what is tested lands once and nothing else does`(_ part: Int) {
        var crashes = 0
        for index in 0..<5_000 {
            let seed = UInt64(part * 5_000 + index)
            var world = QueueWorld(seed: seed)
            let count = Int.random(in: 1...6, using: &world.generator)
            var pushed = 0
            for _ in 0..<60 {
                switch Int.random(in: 0..<100, using: &world.generator) {
                case 0..<12 where pushed < count:
                    world.push(pushed)
                    pushed += 1
                case 12..<16: world.disturb()
                case 16..<32: world.finishRun(crash: 10)
                case 32..<36: world.restart()
                case 36..<56:
                    let list = world.wanted()
                    world.tell(.wanted(list), crash: 10)
                case 56..<60: world.tell(.head(world.head), crash: 10)
                default: world.act(crash: 10)
                }
            }
            world.settle()
            for (name, pull) in world.pullRequests.sorted(by: { $0.key < $1.key }) where pull.phase == "Open"
            {
                world.faults.append("\(name) was left open, healthy: \(pull.isHealthy)")
            }
            crashes += world.crashes
            if !world.faults.isEmpty {
                Issue.record("seed \(seed): \(world.faults[0])")
                return
            }
        }
        #expect(crashes > 5_000)
    }
}
