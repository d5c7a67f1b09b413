import KubeModel
import Manifest
import Testing

@testable import LocalCluster

/// Facts of Kubernetes' documentation about Deployments, as tables.
@Suite struct DeploymentPlanTests {
    struct Bounds: Sendable {
        var replicas: Int
        var surge: IntOrString
        var unavailable: IntOrString
        var most: Int
        var least: Int
    }

    @Test(arguments: [
        Bounds(replicas: 10, surge: "25%", unavailable: "25%", most: 13, least: 8),
        Bounds(replicas: 4, surge: "25%", unavailable: "25%", most: 5, least: 3),
        Bounds(replicas: 3, surge: "25%", unavailable: "25%", most: 4, least: 3),
        Bounds(replicas: 1, surge: "25%", unavailable: "25%", most: 2, least: 1),
        Bounds(replicas: 10, surge: "30%", unavailable: "30%", most: 13, least: 7),
        Bounds(replicas: 10, surge: 0, unavailable: "5%", most: 10, least: 9),
        Bounds(replicas: 10, surge: "0%", unavailable: "0%", most: 10, least: 9),
        Bounds(replicas: 2, surge: 0, unavailable: 5, most: 2, least: 0),
        Bounds(replicas: 0, surge: 1, unavailable: 1, most: 1, least: 0),
        Bounds(replicas: 5, surge: "100%", unavailable: "100%", most: 10, least: 0),
    ])
    func `shares of surge are rounded up, those of unavailability down`(bounds: Bounds) {
        var deployment = DeploymentState(name: "web")
        deployment.replicas = bounds.replicas
        deployment.maxSurge = bounds.surge
        deployment.maxUnavailable = bounds.unavailable
        #expect(deployment.replicas + deployment.surge == bounds.most)
        #expect(deployment.replicas - deployment.unavailable == bounds.least)
    }

    static func set(
        _ name: String, _ version: Int, replicas: Int, available: Int? = nil, age: Int64, desired: Int,
        most: Int,
        revision: Int
    ) -> ReplicaSetState {
        var set = ReplicaSetState(name: name)
        set.uid = name
        set.created = Timestamp(seconds: 1_800_000_000 - age)
        set.replicas = replicas
        set.actualReplicas = replicas
        set.ready = available ?? replicas
        set.available = available ?? replicas
        set.observedGeneration = 1
        set.template = DeploymentWorld.template(version)
        set.annotations = [
            DeploymentAnnotations.desiredReplicas: String(desired),
            DeploymentAnnotations.maxReplicas: String(most), DeploymentAnnotations.revision: String(revision),
        ]
        return set
    }

    static func sizes(_ plan: DeploymentPlan) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: plan.sets.map { ($0.name, $0.replicas) })
    }

    /// The example of the documentation: 10 replicas, maxSurge 3, maxUnavailable 2, stuck at 8 old and 5 new ones; five
    /// more replicas are shared three to two.
    @Test func `a change of size in the middle of a roll-out is shared in proportion`() {
        var deployment = DeploymentState(name: "web")
        deployment.replicas = 15
        deployment.maxSurge = 3
        deployment.maxUnavailable = 2
        deployment.template = DeploymentWorld.template(2)
        let sets = [
            Self.set("old", 1, replicas: 8, age: 100, desired: 10, most: 13, revision: 1),
            Self.set("new", 2, replicas: 5, available: 0, age: 10, desired: 10, most: 13, revision: 2),
        ]
        let plan = DeploymentPlan(
            deployment, sets: sets, setsWithPods: ["old", "new"], now: Timestamp(seconds: 1_800_000_000))
        #expect(Self.sizes(plan) == ["old": 11, "new": 7])
        deployment.replicas = 0
        let none = DeploymentPlan(
            deployment, sets: sets, setsWithPods: ["old", "new"], now: Timestamp(seconds: 1_800_000_000))
        #expect(Self.sizes(none) == ["old": 0, "new": 0])
    }

    /// Also from the documentation: the roll-out of a broken image scales the old set to 8 and the new one to 5.
    @Test func `a broken version gets as far as surge and unavailability let it`() {
        var deployment = DeploymentState(name: "web")
        deployment.replicas = 10
        deployment.maxSurge = 3
        deployment.maxUnavailable = 2
        deployment.template = DeploymentWorld.template(2)
        var sets = [Self.set("old", 1, replicas: 10, age: 100, desired: 10, most: 13, revision: 1)]
        for _ in 0..<5 {
            let plan = DeploymentPlan(
                deployment, sets: sets, setsWithPods: ["old"], now: Timestamp(seconds: 1_800_000_000))
            deployment.status = plan.deployment.status
            sets = plan.sets.map { set in
                var set = set
                if set.uid.isEmpty { set.uid = set.name }
                set.available = set.name == "old" ? set.replicas : 0
                set.ready = set.available
                set.actualReplicas = set.replicas
                return set
            }
        }
        let sizes = sets.map { $0.name == "old" ? "old \($0.replicas)" : "new \($0.replicas)" }.sorted()
        #expect(sizes == ["new 5", "old 8"])
        #expect(sets.first { $0.name != "old" }?.revision == 2)
    }

    @Test func `a roll-back that is asked for by annotation restores the template`() {
        var deployment = DeploymentState(name: "web")
        deployment.template = DeploymentWorld.template(2)
        deployment.annotations = [DeploymentAnnotations.rollback: "0"]
        let sets = [
            Self.set("old", 1, replicas: 0, age: 100, desired: 1, most: 2, revision: 1),
            Self.set("new", 2, replicas: 1, age: 10, desired: 1, most: 2, revision: 2),
        ]
        let plan = DeploymentPlan(
            deployment, sets: sets, setsWithPods: [], now: Timestamp(seconds: 1_800_000_000))
        guard case .rollBack(let template, _)? = plan.actions.first else {
            Issue.record("no roll-back: \(plan.actions)")
            return
        }
        #expect(TemplateHash.isSame(template, DeploymentWorld.template(1)))
        deployment.annotations = [DeploymentAnnotations.rollback: "7"]
        let unknown = DeploymentPlan(
            deployment, sets: sets, setsWithPods: [], now: Timestamp(seconds: 1_800_000_000))
        #expect(unknown.actions.contains(.dropRollback))
    }

    @Test func `histories are cut at their beginning`() {
        #expect(DeploymentAnnotations.history("", appending: "1") == "1")
        #expect(DeploymentAnnotations.history("1,3", appending: "5") == "1,3,5")
        var history = ""
        for number in 1...1000 { history = DeploymentAnnotations.history(history, appending: String(number)) }
        #expect(history.utf8.count <= DeploymentAnnotations.historyLimit)
        #expect(history.hasSuffix(",999,1000"))
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Changes the pod that goes first, and the one that stays.
        var first: @Sendable (inout PodSnapshot) -> Void
        var last: @Sendable (inout PodSnapshot) -> Void = { _ in }
    }

    static let now = Timestamp(seconds: 1_800_000_000)
    static let pairs: [Pair] = [
        Pair(testDescription: "without a node") { $0.nodeName = "" },
        Pair(testDescription: "pending") { $0.phase = .pending },
        Pair(testDescription: "unknown before running") { $0.phase = .unknown },
        Pair(testDescription: "not ready") { $0.isReady = false },
        Pair(testDescription: "cheaper to delete") { $0.deletionCost = -5 },
        Pair(testDescription: "ready for a shorter time") { $0.readySince = now.advanced(by: .seconds(-5)) },
        Pair(testDescription: "restarted more often") { $0.restarts = 3 },
        Pair(testDescription: "younger") { $0.created = now.advanced(by: .seconds(-60)) },
        Pair(
            testDescription: "cost counts before age", first: { $0.deletionCost = 1 },
            last: {
                $0.deletionCost = 2
                $0.created = now
            }),
    ]

    @Test(arguments: pairs) func `the less useful pod goes first`(pair: Pair) {
        func pod(_ name: String) -> PodSnapshot {
            var pod = PodSnapshot(name: name, uid: name)
            pod.nodeName = "n"
            pod.phase = .running
            pod.isReady = true
            pod.readySince = Self.now.advanced(by: .seconds(-3600))
            pod.created = Self.now.advanced(by: .seconds(-4000))
            return pod
        }
        var (first, last) = (pod("z"), pod("a"))
        pair.first(&first)
        pair.last(&last)
        let order = DeletionOrder(now: Self.now)
        #expect(order.precedes(first, last))
        #expect(!order.precedes(last, first))
    }
}
