import KubeModel
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

    /// What is learned at the moment at which the pod's time is over does not end a sidecar before the others.
    @Test func `a probe that fails at the deadline leaves the order of the end alone`() {
        var plan = PodPlan(uid: "uid", namespace: "d", name: "p")
        plan.activeDeadline = .seconds(10)
        var sidecar = ContainerPlan(name: "side", role: .sidecar)
        sidecar.probes[.liveness] = ProbePlan(
            initialDelay: .zero, period: .seconds(1), timeout: .seconds(1), successThreshold: 1,
            failureThreshold: 1)
        plan.containers = [sidecar, ContainerPlan(name: "main", role: .regular)]
        let date = Timestamp(seconds: 1_767_225_600)
        var now = PodMachine.Moment(elapsed: .seconds(1000), date: date)
        var machine = PodMachine(plan, at: now)
        let image = ContainerImage(name: "host", id: "host", message: "here")
        var events: [PodEvent] = [.clock, .prepared(.test)]
        for name in ["side", "main"] {
            events += [.imageReady(name, image), .started(name, attempt: 0, at: date)]
        }
        for event in events { _ = machine.handle(event, at: now) }
        now.elapsed += .seconds(10)
        let failure = ProbeOutcome(isSuccess: false, message: "no")
        let actions = machine.handle(.probed("side", attempt: 0, .liveness, failure), at: now)
        let stopped = actions.compactMap { if case .stop(let name, _, _, _) = $0 { name } else { nil } }
        #expect(stopped == ["main"])
        #expect(machine.ending?.cause == .deadline)
    }
}
