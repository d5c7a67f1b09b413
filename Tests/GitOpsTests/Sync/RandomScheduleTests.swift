import Foundation
import GitOps
import KubeModel
import TestSupport
import Testing

/// Plays syncs over random schedules and checks what must hold in each.
@Suite struct RandomScheduleTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// 120,000 schedules in four parts, others each time; `SLIPWAY_SCHEDULES` plays as many, and `SLIPWAY_SEED` of a
    /// message begins with the one that failed.
    static let schedules = environment["SLIPWAY_SCHEDULES"].flatMap { UInt64($0) } ?? 120_000
    static let seed = environment["SLIPWAY_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)

    @Test(arguments: [UInt64(0), 1, 2, 3])
    func `no schedule leaves a sync stuck, out of order, or deleting without its guard`(part: UInt64) {
        let count = (Self.schedules + 3 - part) / 4
        let first = Self.seed &+ part &* Self.schedules
        print("sync schedules: \(count) from SLIPWAY_SEED=\(first)")
        for seed in (0..<count).map({ first &+ $0 }) {
            var generator = SeededGenerator(seed: seed)
            var schedule = Schedule(generator: &generator)
            schedule.play(&generator)
            if let fault = schedule.fault {
                Issue.record(
                    "SLIPWAY_SEED=\(seed): \(fault)\n\(schedule.log.suffix(40).joined(separator: "\n"))")
                return
            }
        }
    }
}

/// One sync in a world that answers as it likes.
private struct Schedule {
    /// A request that is on its way.
    enum Flight {
        case validate
        case apply(Int)
        case prune(Int)
        case release(Int)
    }

    var machine: SyncMachine
    var now = Timestamp(seconds: 1_000_000)
    var flights: [Flight] = []
    var log: [String] = []
    var fault: String?
    let needsApproval: Bool
    var isApproved = false
    var isInterrupted = false
    /// The steps that requests were made for, by the rank of the step.
    var appliedRanks: [Int: (rank: Int, kind: Int)] = [:]
    var finishCount = 0
    var healthyObjects: Set<Int> = []

    init(generator: inout SeededGenerator) {
        let kinds = ["Namespace", "ConfigMap", "Deployment", "Job", "Widget"]
        let count = Int.random(in: 0...6, using: &generator)
        let tasks = (0..<count).map { place -> SyncTask in
            let roll = Int.random(in: 0..<10, using: &generator)
            let work: SyncTask.Work = roll < 6 ? .apply : roll < 8 ? .hook : .prune
            var phase = SyncPhase.sync
            if work == .hook {
                phase =
                    [SyncPhase.preSync, .sync, .postSync, .syncFail].randomElement(using: &generator) ?? .sync
            }
            let policies = HookDeletePolicy.allCases.filter { _ in Bool.random(using: &generator) }
            var task = SyncTask(
                key: ResourceKey(
                    kind: kinds.randomElement(using: &generator) ?? "ConfigMap", namespace: "n",
                    name: "o\(place)"),
                work: work, phase: phase, wave: Int.random(in: -1...1, using: &generator),
                isLive: work == .prune || Bool.random(using: &generator),
                isChanged: Int.random(in: 0..<4, using: &generator) > 0,
                deletePolicies: work == .hook ? Set(policies) : [])
            task.isResumed = work == .hook && task.isLive && Int.random(in: 0..<5, using: &generator) == 0
            return task
        }
        needsApproval = Int.random(in: 0..<4, using: &generator) == 0
        machine = SyncMachine(
            SyncPlan(tasks), revision: "r1", approvalReason: needsApproval ? "much" : nil,
            validates: Bool.random(using: &generator))
    }

    mutating func play(_ generator: inout SeededGenerator) {
        send(.begin)
        for _ in 0..<Int.random(in: 0...30, using: &generator) where machine.outcome == nil && fault == nil {
            randomEvent(&generator)
        }
        // From here on the world answers, or time passes. The sync must come to an end.
        var rounds = 0
        while machine.outcome == nil, fault == nil {
            rounds += 1
            guard rounds < 200 else {
                fault = "the sync is stuck in \(machine.stage)"
                return
            }
            if let flight = flights.popLast() {
                answer(flight, &generator)
            } else if let deadline = machine.deadline {
                now = max(now, deadline)
                send(.tick)
            } else if let waiting = machine.observed.randomElement(using: &generator) {
                // Only what somebody has suspended is waited for without a time of its own.
                observe(waiting, &generator)
            } else {
                fault = "the sync waits for nothing in \(machine.stage)"
            }
        }
        if fault == nil, finishCount != 1 { fault = "the sync ended \(finishCount) times" }
        if fault == nil, machine.outcome == .succeeded { checkSuccess() }
    }

    private mutating func randomEvent(_ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<9:
            guard !flights.isEmpty else { return send(.tick) }
            answer(flights.remove(at: Int.random(in: 0..<flights.count, using: &generator)), &generator)
        case 9..<15:
            guard let task = machine.observed.randomElement(using: &generator) else { return }
            observe(task, &generator)
        case 15:
            now = now.advanced(by: .seconds(Int.random(in: 1...2000, using: &generator)))
            send(.tick)
        case 16 where Int.random(in: 0..<4, using: &generator) == 0:
            isInterrupted = true
            send(.newRevision("r2"))
        case 17 where Int.random(in: 0..<8, using: &generator) == 0:
            isInterrupted = true
            send(.terminate("enough"))
        case 18:
            isApproved = true
            send(.approved)
        default:
            now = now.advanced(by: .milliseconds(Int.random(in: 1...900, using: &generator)))
            send(.tick)
        }
    }

    private mutating func answer(_ flight: Flight, _ generator: inout SeededGenerator) {
        let fails = Int.random(in: 0..<8, using: &generator) == 0
        switch flight {
        case .validate:
            let count = machine.plan.tasks.count
            send(
                .validated(
                    faults: fails && count > 0 ? [Int.random(in: 0..<count, using: &generator): "no"] : [:]))
        case .apply(let id): send(fails ? .refused(id, "no") : .applied(id))
        case .prune(let id): send(fails ? .refused(id, "no") : .deletionRequested(id))
        case .release(let id): send(.hookReleased(id))
        }
    }

    private mutating func observe(_ id: Int, _ generator: inout SeededGenerator) {
        let states: [SyncEvent.Observation] = [
            .absent, .present(nil), .present(.healthy), .present(.healthy),
            .present(Health(.progressing, "p")),
            .present(Health(.degraded, "d")), .present(Health(.suspended)), .present(Health(.unknown)),
            .present(Health(.missing)),
        ]
        send(.observed(id, states.randomElement(using: &generator) ?? .absent))
    }

    private mutating func send(_ event: SyncEvent) {
        log.append("\(event)")
        let wasInterrupted = isInterrupted
        let busyBefore = flights.count
        for action in machine.handle(event, at: now) {
            log.append("  -> \(action)")
            check(action, wasInterrupted: wasInterrupted, busyBefore: busyBefore)
        }
    }

    private mutating func check(_ action: SyncAction, wasInterrupted: Bool, busyBefore: Int) {
        if needsApproval, !isApproved {
            switch action {
            case .validate, .finish: break
            case .releaseHook(let id, _) where machine.plan.tasks[id].isResumed: break
            default: fault = "\(action) without approval"
            }
        }
        switch action {
        case .validate: flights.append(.validate)
        case .apply(let id):
            if wasInterrupted { fault = "\(action) after an interruption" }
            checkOrder(id)
            flights.append(.apply(id))
        case .prune(let id):
            if wasInterrupted { fault = "\(action) after an interruption" }
            if machine.plan.tasks[id].work != .prune { fault = "\(action) of what is wanted" }
            checkOrder(id)
            flights.append(.prune(id))
        case .clearHook(let id):
            let task = machine.plan.tasks[id]
            if task.work != .hook || !task.deletePolicies.contains(.beforeHookCreation) {
                fault = "\(action) of what is no former hook"
            }
        case .releaseHook(let id, _):
            if machine.plan.tasks[id].work != .hook { fault = "\(action) of what is no hook" }
            flights.append(.release(id))
        case .finish: finishCount += 1
        }
    }

    /// Everything in the steps before is done; what fails leads to nothing but SyncFail hooks.
    private mutating func checkOrder(_ id: Int) {
        let task = machine.plan.tasks[id]
        let isCleanup = task.phase == .syncFail
        let failed = machine.plan.tasks.indices.contains {
            machine.tasks[$0].progress == .failed && machine.plan.tasks[$0].phase != .syncFail
                && !isSameStep(machine.plan.tasks[$0], task)
        }
        if failed, !isCleanup { fault = "\(task.key) applied after a failure in another step" }
        if isCleanup {
            let hasFailed = machine.plan.tasks.indices.contains { machine.tasks[$0].progress == .failed }
            if !hasFailed { fault = "a SyncFail hook without a failure" }
        }
        for step in isCleanup ? machine.plan.failureSteps : machine.plan.steps {
            if step.tasks.contains(id) { break }
            for earlier in step.tasks where machine.tasks[earlier].progress != .done {
                fault = "\(id) before \(earlier) of an earlier step is done"
            }
        }
        // Within a step: kinds in their order, deletions in the reverse order and before creations.
        for other in machine.plan.tasks where isSameStep(other, task) && other.id != id {
            guard case .pending = machine.tasks[other.id].progress else { continue }
            let precedes = other.work != .prune && task.work != .prune && other.id < id
            let otherKindFirst =
                precedes && other.key.kind != task.key.kind && isOrdered(other.key.kind, task.key.kind)
            if otherKindFirst { fault = "\(task.key.kind) before \(other.key.kind)" }
            if other.work == .prune, task.work != .prune {
                fault = "a creation before a deletion of its step"
            }
        }
    }

    private func isSameStep(_ one: SyncTask, _ other: SyncTask) -> Bool {
        one.phase == other.phase && one.wave == other.wave
    }

    private func isOrdered(_ one: String, _ other: String) -> Bool {
        let order = ["Namespace", "ConfigMap", "Deployment", "Job", "Widget"]
        return (order.firstIndex(of: one) ?? 0) < (order.firstIndex(of: other) ?? 0)
    }

    private mutating func checkSuccess() {
        for (task, state) in zip(machine.plan.tasks, machine.tasks) where task.phase != .syncFail {
            if state.progress != .done { fault = "a success although \(task.key) is \(state.progress)" }
        }
        if needsApproval, !isApproved { fault = "a success without approval" }
    }
}
