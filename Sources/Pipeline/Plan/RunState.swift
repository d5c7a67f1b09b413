public import KubeModel

/// Where a run stands; changed only by ``apply(_:at:)``, which is a pure function of state and event.
///
/// Rules that hold at any time: a step of a gate begins only after every gate before has passed; a step begins after
/// those it needs have passed and its services are ready; a run passes only where every required step of every gate has
/// run and passed. The cell and the services start at once, whatever the gates do.
public struct RunState: Sendable, Hashable {
    /// What happens to a run.
    public enum Event: Sendable, Hashable {
        /// The run begins.
        case begin
        /// The cell can run steps.
        case cellReady
        /// The cell cannot be made, or is gone.
        case cellFailed(String)
        case serviceReady(String)
        case serviceFailed(String, StepFault)
        /// A step's program has started.
        case stepStarted(StepID, attempt: Int)
        case stepEnded(StepID, attempt: Int, StepOutcome)
        /// A step's timeout is over.
        case stepTimedOut(StepID, attempt: Int)
        /// The run is not wanted any more.
        case cancel(StepFault)
    }

    /// What is to be done.
    public enum Action: Sendable, Hashable {
        case startCell
        case startStep(StepID, attempt: Int)
        /// End a step's program; it has failed already as far as the run is concerned.
        case stopStep(StepID, attempt: Int)
        case stopCell
    }

    /// Where a step stands.
    public struct Step: Sendable, Hashable {
        /// How far the step is.
        public var phase: RunPhase = .pending
        /// Counted from 1; 0 before the first.
        public var attempt = 0
        /// Whether the program of the present attempt has started.
        public var hasStarted = false
        /// When the program of the present attempt began.
        public var startedAt: Timestamp?
        /// When the last attempt ended.
        public var finishedAt: Timestamp?
        /// Why it did not pass.
        public var fault: StepFault?
    }

    /// What is to be run.
    public let plan: RunPlan
    /// How far the run is.
    public private(set) var phase: RunPhase = .pending
    /// Where each planned step stands.
    public private(set) var steps: [StepID: Step]
    /// Services whose probe has succeeded.
    public private(set) var readyServices: Set<String> = []
    /// Whether steps can be started.
    public private(set) var isCellReady = false
    /// When the run began.
    public private(set) var startedAt: Timestamp?
    /// When the run ended.
    public private(set) var finishedAt: Timestamp?
    /// Why the run did not pass.
    public private(set) var fault: StepFault?
    /// The step whose fault decided.
    public private(set) var decidedBy: StepID?
    private var serviceFaults: [String: StepFault] = [:]

    /// A run that has not begun.
    public init(_ plan: RunPlan) {
        self.plan = plan
        steps = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.id, Step()) })
    }

    /// Takes over where the steps of a run stood.
    mutating func resume(_ known: [StepID: Step], startedAt: Timestamp?) {
        phase = .running
        self.startedAt = startedAt
        for (id, step) in known where steps[id] != nil { steps[id] = step }
    }

    /// Where a step stands.
    public func step(_ id: StepID) -> Step { steps[id] ?? Step() }

    /// Where a gate stands.
    public func phase(of gate: GateName) -> RunPhase {
        let own = plan.steps.filter { $0.id.gate == gate }
        let required = own.filter { !$0.isAdvisory }.map { step($0.id).phase }
        let all = own.map { step($0.id).phase }
        if required.contains(.failed) { return all.allSatisfy(\.isFinal) ? .failed : .running }
        if required.contains(.error) { return all.allSatisfy(\.isFinal) ? .error : .running }
        if required.contains(.canceled) { return .canceled }
        // A gate without a required step has shown nothing; validation refuses it, and so does this.
        if all.allSatisfy(\.isFinal) { return required.isEmpty ? .error : .passed }
        return all.allSatisfy { $0 == .pending } ? .pending : .running
    }

    /// The gate whose steps may run now; nil where none may.
    private var openGate: GateName? {
        for gate in plan.gates {
            let phase = phase(of: gate)
            if phase == .passed { continue }
            return phase.isFinal ? nil : gate
        }
        return nil
    }

    /// Changes the state by an event and says what is to be done. An event that comes too late changes nothing.
    public mutating func apply(_ event: Event, at time: Timestamp) -> [Action] {
        if phase.isFinal { return [] }
        switch event {
        case .begin:
            guard phase == .pending else { return [] }
            phase = .running
            startedAt = time
            return [.startCell]
        case .cellReady: isCellReady = true
        case .cellFailed(let reason):
            return end(.error, StepFault(.infrastructure, reason), at: time)
        case .serviceReady(let name): readyServices.insert(name)
        case .serviceFailed(let name, let fault): serviceFaults[name] = fault
        case .stepStarted(let id, let attempt):
            guard isCurrent(id, attempt) else { return [] }
            steps[id]?.hasStarted = true
            steps[id]?.startedAt = time
            return []
        case .stepEnded(let id, let attempt, let outcome):
            guard isCurrent(id, attempt) else { return [] }
            settle(id, outcome, at: time)
        case .stepTimedOut(let id, let attempt):
            guard isCurrent(id, attempt), let limit = plan.step(id)?.timeout else { return [] }
            let fault = StepFault(
                .timeout, "\(id) took longer than its timeout of \(DurationSyntax.write(limit))")
            settle(id, .failed(fault), at: time)
            return [.stopStep(id, attempt: attempt)] + advance(at: time)
        case .cancel(let fault):
            return end(.canceled, fault, at: time)
        }
        return advance(at: time)
    }

    private func isCurrent(_ id: StepID, _ attempt: Int) -> Bool {
        let step = step(id)
        return step.phase == .running && step.attempt == attempt
    }

    private mutating func settle(_ id: StepID, _ outcome: StepOutcome, at time: Timestamp) {
        guard var step = steps[id] else { return }
        defer { steps[id] = step }
        switch outcome {
        case .passed: step.phase = .passed
        case .failed(let fault):
            step.phase = .failed
            step.fault = fault
        case .infrastructure(let fault):
            // Only a failure of the machinery is repeated: a red test that turns green the second time is still red.
            if let plan = plan.step(id), step.attempt <= plan.infraRetries {
                step.phase = .pending
                step.hasStarted = false
                step.startedAt = nil
                return
            }
            step.phase = .error
            step.fault = fault
        }
        step.finishedAt = time
    }

    // MARK: - Progress

    /// Fails what can no longer run, starts what can, and ends the run where nothing is left.
    private mutating func advance(at time: Timestamp) -> [Action] {
        guard phase == .running else { return [] }
        failBlockedSteps(at: time)
        guard let gate = openGate else { return conclude(at: time) }
        guard isCellReady else { return [] }
        var actions: [Action] = []
        var running = steps.values.count { $0.phase == .running }
        for planned in plan.steps where planned.id.gate == gate && running < plan.parallelism {
            guard var step = steps[planned.id], step.phase == .pending, isUnblocked(planned) else { continue }
            step.phase = .running
            step.attempt += 1
            step.hasStarted = false
            steps[planned.id] = step
            running += 1
            actions.append(.startStep(planned.id, attempt: step.attempt))
        }
        return actions
    }

    private func isUnblocked(_ planned: RunPlan.Step) -> Bool {
        let needs = planned.needs.allSatisfy { step(StepID(planned.id.gate, $0)).phase == .passed }
        return needs && planned.services.allSatisfy(readyServices.contains)
    }

    /// Steps of the open gate whose service or needed step has failed fail too, one after the other; where that closes
    /// the gate, the next one is looked at.
    private mutating func failBlockedSteps(at time: Timestamp) {
        while let gate = openGate {
            var changed = false
            for planned in plan.steps where planned.id.gate == gate && step(planned.id).phase == .pending {
                guard let fault = blockingFault(planned) else { continue }
                steps[planned.id]?.phase = .failed
                steps[planned.id]?.fault = fault
                steps[planned.id]?.finishedAt = time
                changed = true
            }
            guard changed else { return }
        }
    }

    private func blockingFault(_ planned: RunPlan.Step) -> StepFault? {
        for service in planned.services {
            if let fault = serviceFaults[service] { return fault }
        }
        for need in planned.needs {
            let phase = step(StepID(planned.id.gate, need)).phase
            if phase.isFinal, phase != .passed {
                return StepFault(
                    .dependency, "\(planned.id) did not run: \(need), which it needs, did not pass")
            }
        }
        return nil
    }

    /// No gate is open: either all have passed, or one has failed.
    private mutating func conclude(at time: Timestamp) -> [Action] {
        for gate in plan.gates {
            let phase = phase(of: gate)
            if phase == .passed { continue }
            let own = plan.steps.filter { $0.id.gate == gate && !$0.isAdvisory }
            let order: [RunPhase] = [.failed, .error]
            for wanted in order {
                // A step that failed by itself tells more than one that waited for it.
                let candidates = own.filter { step($0.id).phase == wanted }
                let first = candidates.first { step($0.id).fault?.code != .dependency } ?? candidates.first
                guard let first else { continue }
                decidedBy = first.id
                return end(phase, step(first.id).fault ?? StepFault(.infrastructure, "no reason"), at: time)
            }
            return end(
                .error, StepFault(.infrastructure, "the gate \(gate.rawValue) has no verdict"), at: time)
        }
        return end(plan.gates.isEmpty ? .error : .passed, nil, at: time)
    }

    private mutating func end(_ final: RunPhase, _ fault: StepFault?, at time: Timestamp) -> [Action] {
        var actions: [Action] = []
        for planned in plan.steps {
            guard var step = steps[planned.id] else { continue }
            if step.phase == .running {
                actions.append(.stopStep(planned.id, attempt: step.attempt))
                step.phase = .canceled
                step.finishedAt = time
            } else if step.phase == .pending, final == .canceled {
                step.phase = .canceled
            }
            steps[planned.id] = step
        }
        phase = final
        self.fault = fault
        finishedAt = time
        return actions + [.stopCell]
    }
}
