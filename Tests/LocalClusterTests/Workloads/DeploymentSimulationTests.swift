import KubeModel
import Manifest
import TestSupport
import Testing

@testable import LocalCluster

@Suite struct DeploymentSimulationTests {
    /// 100 worlds of 200 steps in which users act, 20,000 in all, and then as many as it takes until the deployment is
    /// as they left it. `SLIPWAY_SEED=n` repeats those of a failure, `SLIPWAY_SCHEDULES=n` runs more of them.
    @Test(arguments: [false, true])
    func `any order of events keeps the bounds and ends as wanted`(crashesPods: Bool) throws {
        for seed in Schedules(100).seeds {
            var world = DeploymentWorld(seed: seed)
            world.crashesPods = crashesPods
            do {
                for _ in 0..<200 { try world.step(usersAct: true) }
                world.deployment.isPaused = false
                world.deployment.generation += 1
                var steps = 0
                while !world.isReported {
                    try world.step(usersAct: false)
                    steps += 1
                    if steps > 5000 {
                        throw TestFailure(
                            "it does not settle: \(world.deployment) \(world.sets) \(world.pods)")
                    }
                }
                let alive = Set(world.sets.map(\.name))
                for (name, pods) in world.pods where !alive.contains(name) {
                    #expect(
                        pods.allSatisfy { $0.isDeleting }, "pods of set \(name) have no owner, seed \(seed)")
                }
            } catch {
                Issue.record(
                    "SLIPWAY_SEED=\(seed), crashesPods \(crashesPods): \(error)\n\(world.history.joined(separator: "\n"))"
                )
                return
            }
        }
    }

    /// Nothing is planned for a deployment that is as it should be.
    @Test func `a settled deployment is left alone`() throws {
        var world = DeploymentWorld(seed: 7)
        world.deployment.replicas = 5
        var steps = 0
        while !world.isReported, steps < 5000 {
            try world.step(usersAct: false)
            steps += 1
        }
        for set in world.sets { try world.syncSet(set.name) }
        try world.syncDeployment()
        let plan = DeploymentPlan(
            world.deployment, sets: world.sets, setsWithPods: Set(world.sets.map(\.uid)), now: world.now)
        #expect(plan.actions == [])
        #expect(plan.nextLook == nil)
    }
}
