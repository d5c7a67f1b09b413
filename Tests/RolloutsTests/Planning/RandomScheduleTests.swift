import Foundation
import KubeModel
import Manifest
import TestSupport
import Testing

@testable import Rollouts

/// Rollouts under whatever may happen to them, in any order.
@Suite struct RandomScheduleTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// Many short schedules in parts, others each time. `SLIPWAY_SCHEDULES=100000` plays as many, and `SLIPWAY_SEED` of a
    /// message begins with the one that failed.
    static let schedules = environment["SLIPWAY_SCHEDULES"].flatMap { Int($0) } ?? 1_500
    static let seed = environment["SLIPWAY_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)
    static let stepsPerSchedule = 60

    @Test(arguments: [UInt64(0), 1, 2, 3])
    func `no schedule breaks what a rollout promises`(part: UInt64) throws {
        let total = UInt64(Self.schedules)
        let count = (total + 3 - part) / 4
        let first = Self.seed &+ part &* total
        print("rollout schedules: \(count) from SLIPWAY_SEED=\(first)")
        for seed in (0..<count).map({ first &+ $0 }) {
            var schedule = Schedule(seed: seed)
            do { try schedule.run(steps: Self.stepsPerSchedule) } catch {
                Issue.record(
                    "SLIPWAY_SEED=\(seed): \(error)\n\(schedule.state)\n\(schedule.log.suffix(25).joined(separator: "\n"))"
                )
                return
            }
        }
    }
}

/// One random sequence of events, with the promises checked after each.
private struct Schedule {
    struct Broken: Error, CustomStringConvertible {
        var description: String
    }

    var random: SeededGenerator
    var rollout: SimulatedRollout
    var log: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        rollout = SimulatedRollout(Self.spec(&random))
        rollout.wantsFreshBaseline = rollout.specification.canary?.baselineService != nil
    }

    var state: String {
        let sets = rollout.sets.map {
            "\($0.hash) \($0.wanted) wanted \(rollout.available($0.hash)) available"
        }
        return "\(JSON.string(rollout.object["spec", "strategy"] ?? .null))\n\(sets) wants \(rollout.hash) "
            + "of \(rollout.replicas), weight \(rollout.weight)\n\(JSON.string(rollout.status.write(into: nil)))"
    }

    private static func spec(_ random: inout SeededGenerator) -> Value {
        let replicas = Int64.random(in: 1...8, using: &random)
        if Int.random(in: 0..<4, using: &random) == 0 {
            var extra: Value = ["autoPromotionEnabled": .bool(Bool.random(using: &random))]
            if Bool.random(using: &random) { extra["previewReplicaCount"] = 1 }
            if Bool.random(using: &random) {
                extra["prePromotionAnalysis"] = ["templates": [["templateName": "smoke"]]]
            }
            if Bool.random(using: &random) {
                extra["postPromotionAnalysis"] = ["templates": [["templateName": "errors"]]]
            }
            var spec = BlueGreenPlanTests.spec(extra)
            spec["replicas"] = .integer(replicas)
            return spec
        }
        let isRouted = Bool.random(using: &random)
        var steps: [Value] = []
        var weight: Int64 = 0
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            switch Int.random(in: 0..<6, using: &random) {
            case 5 where isRouted: steps.append(["setCanaryScale": canaryScale(&random)])
            case 0: steps.append(["pause": [:]])
            case 1: steps.append(["pause": ["duration": 20]])
            case 2: steps.append(["analysis": ["templates": [["templateName": "errors"]]]])
            default:
                weight = min(100, weight + Int64.random(in: 5...50, using: &random))
                steps.append(["setWeight": .integer(weight)])
            }
        }
        var extra: Value = .emptyObject
        if Bool.random(using: &random) {
            extra["maxSurge"] = Bool.random(using: &random) ? 0 : "50%"
            extra["maxUnavailable"] = 1
        }
        if Bool.random(using: &random) { extra["analysis"] = ["templates": [["templateName": "errors"]]] }
        guard isRouted else {
            return more(CanaryPlanTests.basic(.array(steps), replicas: replicas, extra: extra), &random)
        }
        if Bool.random(using: &random) {
            extra["dynamicStableScale"] = true
        } else if Bool.random(using: &random) {
            extra["scaleDownDelaySeconds"] = .integer(Int64.random(in: 0...40, using: &random))
        }
        if Bool.random(using: &random) { extra["minPodsPerReplicaSet"] = 2 }
        if Bool.random(using: &random) {
            extra["abortScaleDownDelaySeconds"] = .integer(Int64.random(in: 0...2, using: &random) * 20)
        }
        var spec = CanaryPlanTests.routed(.array(steps), replicas: replicas, extra: extra)
        if Int.random(in: 0..<3, using: &random) == 0 {
            spec["strategy", "canary", "trafficRouting", "gatewayAPI", "baselineService"] = "web-baseline"
        }
        return more(spec, &random)
    }

    private static func canaryScale(_ random: inout SeededGenerator) -> Value {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: ["replicas": .integer(Int64.random(in: 1...8, using: &random))]
        case 1: ["weight": .integer(Int64.random(in: 1...100, using: &random))]
        default: ["matchTrafficWeight": true]
        }
    }

    /// What any strategy may have.
    private static func more(_ spec: Value, _ random: inout SeededGenerator) -> Value {
        var spec = spec
        if Int.random(in: 0..<4, using: &random) == 0 {
            spec["rollbackWindow"] = ["revisions": .integer(Int64.random(in: 1...3, using: &random))]
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            spec["progressDeadlineSeconds"] = 90
            spec["progressDeadlineAbort"] = .bool(Bool.random(using: &random))
        }
        return spec
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            try step()
            try check()
        }
        try converge()
    }

    private mutating func step() throws {
        let dice = Int.random(in: 0..<100, using: &random)
        switch dice {
        case 0..<50: try pass(killed: dice < 6)
        case 50..<66:
            rollout.startAllPods()
            log.append("pods start")
        case 66..<71:
            if let name = rollout.pods.keys.sorted().randomElement(using: &random),
                let place = rollout.pods[name]?.indices.randomElement(using: &random)
            {
                rollout.pods[name]?[place].isAvailable = false
                if Bool.random(using: &random) { rollout.pods[name]?[place].failures += 1 }
                log.append("pod of \(name) fails")
            }
        case 71..<78: rollout.now = rollout.now.advanced(by: .seconds(Int.random(in: 1...60, using: &random)))
        case 78..<83:
            let purposes: [RolloutSnapshot.Run.Purpose] = [.step, .background, .prePromotion, .postPromotion]
            let phases = ["Successful", "Successful", "Successful", "Failed", "Inconclusive", "Error"]
            if let purpose = purposes.randomElement(using: &random),
                let phase = phases.randomElement(using: &random)
            {
                rollout.answer(phase, of: purpose)
                log.append("\(purpose) analysis: \(phase)")
            }
        case 83..<86:
            rollout.update()
            log.append("version \(rollout.version)")
        case 86..<88:
            if rollout.version > 1 {
                rollout.version -= 1
                rollout.generation += 1
                log.append("back to version \(rollout.version)")
            }
        case 88..<91:
            rollout.promote()
            log.append("promote")
        case 91:
            rollout.status.promotesFully = true
            log.append("promote fully")
        case 92:
            rollout.status.isAborted = true
            log.append("abort")
        case 93:
            rollout.status.isAborted = false
            log.append("retry")
        case 94:
            let isPaused = Bool.random(using: &random)
            rollout.change { $0["spec", "paused"] = .bool(isPaused) }
            log.append("paused: \(isPaused)")
        case 95:
            let replicas = Int64.random(in: 1...8, using: &random)
            rollout.change { $0["spec", "replicas"] = .integer(replicas) }
            log.append("replicas \(replicas)")
        default: rollout.acknowledge()
        }
    }

    /// One pass of the controller, which may be killed midway; checks each action as it is done.
    private mutating func pass(killed: Bool) throws {
        let before = rollout
        let plan = RolloutPlanner.plan(rollout.snapshot)
        let limit = killed ? Int.random(in: 0...plan.actions.count, using: &random) : nil
        rollout.pass(actions: limit)
        log.append(
            "pass\(limit.map { " killed after \($0)" } ?? ""): \(plan.actions) -> \(rollout.status.phase.map(\.rawValue) ?? "-") \(rollout.status.message)"
        )
        try checkScaling(before)
        if before.status.isAborted, before.version == rollout.version,
            before.status.isAborted == rollout.status.isAborted,
            rollout.status.stableHash != before.status.stableHash, !before.status.promotesFully
        {
            throw Broken(description: "an aborted rollout was promoted to \(rollout.status.stableHash)")
        }
    }

    /// No pod that users need goes by the controller's will.
    private func checkScaling(_ before: SimulatedRollout) throws {
        let specification = rollout.specification
        let minimum = specification.replicas - specification.fenceposts.unavailable
        var (was, now) = (before.totalAvailable, rollout.totalAvailable)
        if let active = specification.blueGreen?.activeService, let hash = before.services[active] ?? nil {
            // Only pods of the active version serve users.
            (was, now) = (before.available(hash), rollout.available(hash))
            if rollout.services[active] != hash { return }
        } else if let service = specification.canary?.stableService,
            let hash = before.services[service] ?? nil
        {
            // With a router, pods of the stable version serve what the canary's weight leaves.
            if rollout.services[service] != hash || before.weight > 0 || rollout.weight > 0 { return }
            (was, now) = (before.available(hash), rollout.available(hash))
        }
        if now < was, now < minimum {
            throw Broken(description: "available pods went from \(was) to \(now), below \(minimum)")
        }
        if before.baselineWeight > 0, rollout.baselineWeight > 0,
            let hash = rollout.services["web-baseline"] ?? nil,
            rollout.baselines.first(where: { $0.hash == hash })?.wanted ?? 0 == 0
        {
            throw Broken(description: "the baseline lost its pods at weight \(rollout.baselineWeight)")
        }
        if specification.canary?.traffic != nil {
            // Whoever the canary's service leads to serves its weight.
            let service = specification.canary?.canaryService ?? ""
            let canary = (rollout.services[service] ?? nil) ?? ""
            if rollout.weight > 0, before.weight > 0, let set = rollout.set(canary),
                let old = before.set(canary), set.wanted == 0, old.wanted > 0
            {
                throw Broken(description: "the canary lost its pods at weight \(rollout.weight)")
            }
        } else if let active = specification.blueGreen?.activeService,
            let hash = rollout.services[active] ?? nil
        {
            if let set = rollout.set(hash), let old = before.set(hash), set.wanted < old.wanted,
                set.wanted < specification.replicas
            {
                throw Broken(description: "active pods went to \(set.wanted)")
            }
        }
    }

    private func check() throws {
        let status = rollout.status
        if let weights = status.weights,
            weights.canary.weight + weights.stable.weight + (weights.baseline?.weight ?? 0)
                != rollout.specification.maximumWeight
        {
            throw Broken(description: "weights \(weights) do not add up")
        }
        if rollout.baselineWeight > rollout.weight {
            throw Broken(
                description: "a baseline of \(rollout.baselineWeight) beside a canary of \(rollout.weight)")
        }
        if rollout.baselines.contains(where: { $0.hash == status.stableHash || $0.hash == status.currentHash }
        ) {
            throw Broken(description: "a baseline became a version: \(status.stableHash)")
        }
        if status.phase == .paused, status.message.isEmpty {
            throw Broken(description: "a pause without a reason")
        }
    }

    /// Left alone, with all pods well and all analyses passed, every rollout comes to rest and says how.
    private mutating func converge() throws {
        rollout.change { $0["spec", "paused"] = nil }
        for _ in 0..<60 {
            for name in rollout.pods.keys {
                for place in (rollout.pods[name] ?? []).indices { rollout.pods[name]?[place].failures = 0 }
            }
            for purpose in [RolloutSnapshot.Run.Purpose.step, .background, .prePromotion, .postPromotion] {
                rollout.answer("Successful", of: purpose)
            }
            guard rollout.settle() else {
                throw Broken(description: "never comes to rest: \(rollout.status)")
            }
            if rollout.runs.contains(where: { $0.phase == "Running" }) { continue }
            switch rollout.status.phase {
            case .healthy:
                let total = rollout.sets.reduce(0) { $0 + $1.wanted }
                guard rollout.set(rollout.hash)?.wanted == rollout.replicas, total == rollout.replicas else {
                    throw Broken(
                        description: "healthy with \(rollout.sets.map { "\($0.hash): \($0.wanted)" })")
                }
                guard rollout.baselines.isEmpty, rollout.baselineWeight == 0 else {
                    throw Broken(description: "healthy with the baselines \(rollout.baselines)")
                }
                return
            case .paused: rollout.promote()
            case .degraded: rollout.status.isAborted = false
            case .progressing, nil:
                throw Broken(description: "rests while progressing: \(rollout.status.message)")
            }
        }
        throw Broken(
            description:
                "does not become healthy: \(rollout.status.phase?.rawValue ?? "-") \(rollout.status.message)")
    }
}
