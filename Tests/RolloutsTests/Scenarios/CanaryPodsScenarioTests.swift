import KubeModel
import Manifest
import Rollouts
import Testing

/// How many pods each version has while versions and numbers change, without a router.
@Suite struct CanaryPodsScenarioTests {
    @Test func `a paused rollout is scaled in the proportion of its weight`() async throws {
        try await Scenario.play(Scenario.rollout(Scenario.canary("setWeight: 25", "pause: {}"))) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [2: 1, 1: 1])
            try await play.scale(8)
            try await play.reach("Paused", pods: [2: 2, 1: 6]) { $0.counts[4] == 8 }
            try await play.scale(4)
            try await play.reach("Paused", pods: [2: 1, 1: 3]) { $0.counts[4] == 4 }
        }
    }

    @Test func `a surge of all pods leaves as many old ones as must be available`() async throws {
        let rollout = Scenario.rollout("canary: {maxSurge: 100%}", replicas: 4)
        try await Scenario.play(rollout) { play in
            try await play.reach("Healthy")
            play.nodes.startPods(false)
            try await play.update(2)
            try await play.reach("Progressing", pods: [2: 4, 1: 3])
            try await play.scale(8)
            try await play.reach("Progressing", pods: [2: 8, 1: 3])
            try await play.scale(4)
            try await play.reach("Progressing", pods: [2: 4, 1: 3])
        }
    }

    @Test func `an update that hangs is scaled within its surge`() async throws {
        let rollout = Scenario.rollout("canary: {maxSurge: 2, maxUnavailable: 0}", replicas: 4)
        try await Scenario.play(rollout) { play in
            try await play.reach("Healthy")
            play.nodes.startPods(false)
            try await play.update(2)
            try await play.reach("Progressing", pods: [2: 2, 1: 4])
            try await play.scale(8)
            try await play.reach("Progressing", pods: [2: 6, 1: 4])
            try await play.scale(4)
            try await play.reach("Progressing", pods: [2: 2, 1: 4])
        }
    }

    @Test func `a lower weight and an abort take no pod before others are available`() async throws {
        let canary = Scenario.canary(
            "setWeight: 100", "pause: {}", "setWeight: 0", "pause: {}", "setWeight: 100",
            "analysis: \(Scenario.analysis(["code": "1", "seconds": "5"]))",
            more: "maxSurge: 2\nmaxUnavailable: 0")
        try await Scenario.play(Scenario.task, Scenario.rollout(canary, replicas: 3)) { play in
            try await play.reach("Healthy")
            try await play.update(2)
            try await play.reach("Paused", pods: [2: 3, 1: 0], step: 1)
            play.nodes.startPods(false)
            try await play.order(.promote)
            // Whatever the step says, no pod goes while those that take its place are not there.
            try await play.reach("Paused", pods: [2: 3, 1: 2], step: 3)
            play.nodes.startPods(true)
            try await play.reach("Paused", pods: [2: 0, 1: 3], step: 3)
            try await play.order(.promote)
            try await play.reach("Progressing", pods: [2: 3, 1: 0], step: 5)
            play.nodes.startPods(false)
            play.pass(5)
            let aborted = try await play.reach("Degraded", pods: [2: 3, 1: 2])
            #expect(aborted.runs.count == 1)
        }
    }

    private static let strict = "canary: {maxSurge: 1, maxUnavailable: 0}"

    private static func broken(_ word: String) -> String {
        "spec: {template: {spec: {containers: [{name: web, image: \"web:1\", command: [\(SimulatedNodes.broken), \(word)]}]}}}"
    }

    private static let working =
        "spec: {template: {spec: {containers: [{name: web, image: \"web:1\"}]}}}"

    @Test func `one bad version after another costs no pod of the good one`() async throws {
        try await Scenario.play(
            Scenario.rollout(Self.strict, replicas: 4, spec: "progressDeadlineSeconds: 10")
        ) { play in
            try await play.reach("Healthy")
            try await play.change(Self.broken("a"))
            try await play.reach("Progressing", pods: [2: 1, 1: 4])
            play.pass(12)
            let stuck = try await play.reach("Degraded", pods: [2: 1, 1: 4])
            #expect(stuck.message.hasPrefix("ProgressDeadlineExceeded"))
            try await play.change(Self.broken("b"))
            try await play.reach("Progressing", pods: [1: 4, 2: 0, 3: 1])
            play.pass(12)
            try await play.reach("Degraded", pods: [1: 4, 2: 0, 3: 1])
        }
    }

    /// A rollout whose first version never comes up.
    private static func bad(_ strategy: String) -> String {
        Scenario.rollout(
            strategy, replicas: 4, spec: "progressDeadlineSeconds: 10",
            container: "image: \"web:1\", command: [\(SimulatedNodes.broken)]")
    }

    @Test func `a good version follows a first one that never came up`() async throws {
        try await Scenario.play(Self.bad(Self.strict)) { play in
            try await play.reach("Progressing", pods: [1: 4])
            play.pass(12)
            try await play.reach("Degraded")
            try await play.change(Self.working)
            try await play.reach("Healthy", pods: [1: 0, 2: 4])
        }
    }

    @Test func `a bad version that follows a bad one keeps to its surge`() async throws {
        try await Scenario.play(Self.bad(Self.strict)) { play in
            try await play.reach("Progressing", pods: [1: 4])
            play.pass(12)
            try await play.reach("Degraded")
            try await play.change(Self.broken("again"))
            try await play.reach("Progressing", pods: [1: 4, 2: 1])
            play.pass(12)
            try await play.reach("Degraded", pods: [1: 4, 2: 1])
        }
    }

    @Test func `a good version follows a bad one by its steps`() async throws {
        let canary = Scenario.canary(
            "setWeight: 50", "pause: {duration: 5s}", more: "maxSurge: 1\nmaxUnavailable: 0")
        try await Scenario.play(Self.bad(canary)) { play in
            try await play.reach("Progressing", pods: [1: 4])
            play.pass(12)
            try await play.reach("Degraded")
            try await play.change(Self.working)
            try await play.reach("Paused", step: 1)
            play.pass(5)
            try await play.reach("Healthy", pods: [1: 0, 2: 4])
        }
    }
}
