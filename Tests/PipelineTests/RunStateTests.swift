import KubeModel
import TestSupport
import Testing

@testable import Pipeline

struct RunStateTests {
    private let time = Timestamp(seconds: 1_000)

    private func unit(_ gate: GateName, _ name: String, needs: [String] = [], advisory: Bool = false)
        -> RunPlan.Step
    {
        RunPlan.Step(StepID(gate, name), needs: needs, isAdvisory: advisory)
    }

    private func started(_ plan: RunPlan) -> (RunState, [RunState.Action]) {
        var state = RunState(plan)
        #expect(state.apply(.begin, at: time) == [.startCell])
        let actions = state.apply(.cellReady, at: time)
        return (state, actions)
    }

    @Test func `a gate begins when the one before has passed`() {
        var (state, actions) = started(
            RunPlan(steps: [unit(.lint, "a"), unit(.lint, "b"), unit(.test, "c")]))
        #expect(
            actions == [
                .startStep(StepID(.lint, "a"), attempt: 1), .startStep(StepID(.lint, "b"), attempt: 1),
            ])
        #expect(state.apply(.stepEnded(StepID(.lint, "a"), attempt: 1, .passed), at: time) == [])
        actions = state.apply(.stepEnded(StepID(.lint, "b"), attempt: 1, .passed), at: time)
        #expect(actions == [.startStep(StepID(.test, "c"), attempt: 1)])
        #expect(state.apply(.stepEnded(StepID(.test, "c"), attempt: 1, .passed), at: time) == [.stopCell])
        #expect(state.phase == .passed)
    }

    @Test func `a failed step lets its gate end and stops the gates behind`() {
        var (state, _) = started(
            RunPlan(steps: [
                unit(.lint, "a"), unit(.lint, "b"), unit(.lint, "c", needs: ["a"]), unit(.test, "d"),
            ]))
        let fault = StepFault(.exitCode, "ended with 1")
        #expect(state.apply(.stepEnded(StepID(.lint, "a"), attempt: 1, .failed(fault)), at: time) == [])
        #expect(state.step(StepID(.lint, "c")).fault?.code == .dependency)
        #expect(state.apply(.stepEnded(StepID(.lint, "b"), attempt: 1, .passed), at: time) == [.stopCell])
        #expect(state.phase == .failed)
        #expect(state.fault == fault && state.decidedBy == StepID(.lint, "a"))
        #expect(state.step(StepID(.test, "d")).phase == .pending)
    }

    @Test func `only failures of the machinery are repeated`() {
        var plan = RunPlan(steps: [unit(.lint, "a")])
        plan.steps[0].infraRetries = 1
        var (state, _) = started(plan)
        let id = StepID(.lint, "a")
        let fault = StepFault(.infrastructure, "lost")
        #expect(
            state.apply(.stepEnded(id, attempt: 1, .infrastructure(fault)), at: time)
                == [.startStep(id, attempt: 2)])
        // The answer of the first attempt comes late and changes nothing.
        #expect(state.apply(.stepEnded(id, attempt: 1, .passed), at: time) == [])
        #expect(state.apply(.stepEnded(id, attempt: 2, .infrastructure(fault)), at: time) == [.stopCell])
        #expect(state.phase == .error)
    }

    @Test func `advisory steps decide nothing`() {
        var (state, _) = started(RunPlan(steps: [unit(.lint, "a"), unit(.lint, "b", advisory: true)]))
        let fault = StepFault(.exitCode, "ended with 1")
        _ = state.apply(.stepEnded(StepID(.lint, "b"), attempt: 1, .failed(fault)), at: time)
        #expect(state.apply(.stepEnded(StepID(.lint, "a"), attempt: 1, .passed), at: time) == [.stopCell])
        #expect(state.phase == .passed)
    }

    @Test func `a gate of advisory steps alone never passes`() {
        var (state, _) = started(RunPlan(steps: [unit(.lint, "a", advisory: true), unit(.test, "b")]))
        _ = state.apply(.stepEnded(StepID(.lint, "a"), attempt: 1, .passed), at: time)
        #expect(state.phase == .error)
        #expect(state.step(StepID(.test, "b")).attempt == 0)
    }

    @Test func `a step waits for its services and fails with them`() {
        var plan = RunPlan(steps: [unit(.lint, "a"), unit(.test, "b")])
        plan.steps[1].services = ["db"]
        var (state, _) = started(plan)
        #expect(state.apply(.stepEnded(StepID(.lint, "a"), attempt: 1, .passed), at: time) == [])
        var other = state
        #expect(state.apply(.serviceReady("db"), at: time) == [.startStep(StepID(.test, "b"), attempt: 1)])
        let fault = StepFault(.serviceNotReady, "db was not ready")
        #expect(other.apply(.serviceFailed("db", fault), at: time) == [.stopCell])
        #expect(other.phase == .failed && other.fault == fault)
    }

    @Test func `a timeout stops the step and fails it`() {
        var (state, _) = started(RunPlan(steps: [unit(.lint, "a")]))
        let id = StepID(.lint, "a")
        #expect(
            state.apply(.stepTimedOut(id, attempt: 1), at: time) == [.stopStep(id, attempt: 1), .stopCell])
        #expect(state.fault?.code == .timeout)
    }

    @Test func `cancelling stops what runs and ends everything`() {
        var (state, _) = started(RunPlan(steps: [unit(.lint, "a"), unit(.test, "b")]))
        let fault = StepFault(.superseded, "a newer commit was pushed")
        #expect(
            state.apply(.cancel(fault), at: time) == [.stopStep(StepID(.lint, "a"), attempt: 1), .stopCell])
        #expect(state.phase == .canceled)
        #expect(state.steps.values.allSatisfy { $0.phase == .canceled })
        #expect(state.apply(.stepEnded(StepID(.lint, "a"), attempt: 1, .passed), at: time) == [])
    }

    @Test func `no schedule of events breaks the rules`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for schedule in 0..<25_000 {
            var simulation = Simulation(&random)
            if let breach = simulation.run(&random) {
                Issue.record("seed \(seed), schedule \(schedule): \(breach)")
                return
            }
        }
    }
}

/// A run with random steps whose machinery answers in random order.
private struct Simulation {
    var state: RunState
    var running: [StepID: Int] = [:]
    var startedByGate: Set<GateName> = []
    var executed: [StepID: StepOutcome] = [:]
    var wasCanceled = false

    init(_ random: inout SeededGenerator) {
        var steps: [RunPlan.Step] = []
        for gate in GateName.allCases where Int.random(in: 0..<8, using: &random) > 0 {
            let count = Int.random(in: 1...4, using: &random)
            for number in 0..<count {
                let needs = (0..<number).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.map {
                    "s\($0)"
                }
                var step = RunPlan.Step(StepID(gate, "s\(number)"), needs: needs)
                step.services = Int.random(in: 0..<3, using: &random) == 0 ? ["db"] : []
                step.isAdvisory = Int.random(in: 0..<6, using: &random) == 0
                step.infraRetries = Int.random(in: 0...2, using: &random)
                steps.append(step)
            }
        }
        steps.shuffle(using: &random)
        state = RunState(RunPlan(steps: steps, parallelism: Int.random(in: 1...4, using: &random)))
    }

    /// What broke a rule; nil where none was broken.
    mutating func run(_ random: inout SeededGenerator) -> String? {
        var pending: [RunState.Event] = [.begin, .cellReady]
        if Int.random(in: 0..<12, using: &random) == 0 { pending[1] = .cellFailed("lost") }
        let service: RunState.Event =
            Int.random(in: 0..<8, using: &random) == 0
            ? .serviceFailed("db", StepFault(.serviceNotReady, "db")) : .serviceReady("db")
        pending.append(service)
        if Int.random(in: 0..<10, using: &random) == 0 {
            pending.append(.cancel(StepFault(.superseded, "newer")))
        }
        var isFirst = true
        var count = 0
        while !pending.isEmpty {
            count += 1
            if count > 500 { return "the run does not end" }
            let place = isFirst ? 0 : Int.random(in: 0..<pending.count, using: &random)
            isFirst = false
            let event = pending.remove(at: place)
            if let breach = note(event) { return breach }
            for action in state.apply(event, at: Timestamp(seconds: Int64(count))) {
                if let breach = perform(action, into: &pending, &random) { return breach }
            }
        }
        return verdict()
    }

    private mutating func note(_ event: RunState.Event) -> String? {
        switch event {
        case .stepEnded(let id, let attempt, let outcome):
            if running[id] == attempt {
                running[id] = nil
                executed[id] = outcome
            }
        case .stepTimedOut(let id, let attempt):
            if running[id] == attempt { executed[id] = .failed(StepFault(.timeout, "slow")) }
        case .cancel: wasCanceled = true
        default: break
        }
        return nil
    }

    private mutating func perform(
        _ action: RunState.Action, into pending: inout [RunState.Event], _ random: inout SeededGenerator
    ) -> String? {
        switch action {
        case .startCell, .stopCell: return nil
        case .stopStep(let id, let attempt):
            if running[id] == attempt { running[id] = nil }
            return nil
        case .startStep(let id, let attempt):
            guard let planned = state.plan.step(id) else { return "\(id) is not planned" }
            if running[id] != nil { return "\(id) runs twice" }
            if attempt > planned.infraRetries + 1 { return "\(id) runs for the \(attempt)th time" }
            for need in planned.needs where executed[StepID(id.gate, need)] != .passed {
                return "\(id) runs before \(need)"
            }
            for before in state.plan.steps where before.id.gate < id.gate && !before.isAdvisory {
                if executed[before.id] != .passed { return "\(id) runs though \(before.id) has not passed" }
            }
            running[id] = attempt
            if running.count > state.plan.parallelism { return "more steps run than are allowed" }
            pending.append(.stepStarted(id, attempt: attempt))
            switch Int.random(in: 0..<12, using: &random) {
            case 0: pending.append(.stepEnded(id, attempt: attempt, .failed(StepFault(.exitCode, "1"))))
            case 1, 2:
                pending.append(
                    .stepEnded(id, attempt: attempt, .infrastructure(StepFault(.infrastructure, "x"))))
            case 3: pending.append(.stepTimedOut(id, attempt: attempt))
            default: pending.append(.stepEnded(id, attempt: attempt, .passed))
            }
            return nil
        }
    }

    private func verdict() -> String? {
        guard state.phase.isFinal else { return "the run stays \(state.phase.rawValue)" }
        if !running.isEmpty { return "steps run on after the end" }
        if wasCanceled, state.phase == .passed, state.plan.steps.isEmpty { return "an empty run passed" }
        guard state.phase == .passed else {
            return state.fault == nil && !state.plan.steps.isEmpty ? "the run has no reason" : nil
        }
        if state.plan.steps.isEmpty { return "an empty plan passed" }
        for gate in state.plan.gates {
            let required = state.plan.steps.filter { $0.id.gate == gate && !$0.isAdvisory }
            if required.isEmpty { return "the gate \(gate) passed without a required step" }
            for step in required where executed[step.id] != .passed { return "passed without \(step.id)" }
        }
        return nil
    }
}
