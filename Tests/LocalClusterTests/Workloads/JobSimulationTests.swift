import KubeModel
import TestSupport
import Testing

@testable import LocalCluster

@Suite struct JobSimulationTests {
    /// 300 worlds of some hundred steps each, more than 20,000 in all. `SLIPWAY_SEED=n` repeats those of a failure,
    /// `SLIPWAY_SCHEDULES=n` runs so many.
    @Test func `every job ends, and every pod is counted once`() throws {
        var steps = 0
        let schedules = Schedules(300)
        for seed in schedules.seeds {
            var world = JobWorld(seed: seed)
            do {
                var count = 0
                while !world.job.status.isFinished {
                    try world.step()
                    count += 1
                    if count > 20_000 { throw TestFailure("it does not end: \(world.job) \(world.pods)") }
                }
                try world.checkEnd()
                steps += count
                // A finished job holds no pod.
                for _ in 0..<20 { try world.sync() }
                #expect(world.pods.allSatisfy { $0.finalizers.isEmpty }, "SLIPWAY_SEED=\(seed)")
            } catch {
                Issue.record("SLIPWAY_SEED=\(seed): \(error)")
                return
            }
        }
        #expect(steps > schedules.seeds.count * 60)
    }

    @Test func `a pod that counts as failed is not counted as succeeded as well`() {
        var job = JobState(name: "work")
        job.status.uncountedFailed = ["p1"]
        var pod = PodSnapshot(name: "p1", uid: "p1")
        pod.isDeleting = true
        pod.phase = .succeeded
        pod.finalizers = [PodSnapshot.trackingFinalizer]
        let plan = JobPlan(job, pods: [pod], now: Timestamp(seconds: 1_800_000_000))
        #expect(plan.status.conditions.items.isEmpty)
        #expect(plan.creations == [nil])
    }

    struct Spelling: Sendable { var text: String, indexes: Set<Int> }

    @Test(arguments: [
        Spelling(text: "", indexes: []), Spelling(text: "0", indexes: [0]),
        Spelling(text: "0,1", indexes: [0, 1]), Spelling(text: "0-2", indexes: [0, 1, 2]),
        Spelling(text: "1,3-5,7", indexes: [1, 3, 4, 5, 7]),
    ])
    func `completed indexes are spelled as ranges`(spelling: Spelling) {
        var read = CompletedIndexes(spelling.text, completions: 10)
        #expect(read.indexes == spelling.indexes)
        #expect(read.text == spelling.text)
        read = CompletedIndexes(spelling.text + ",12-15,bad,-3", completions: 10)
        #expect(read.indexes == spelling.indexes)
    }
}
