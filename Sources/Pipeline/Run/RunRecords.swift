public import KubeModel
import Synchronization

/// What is known of a run's steps besides their phase: logs, evidence, the last line for live views.
final class RunRecords: Sendable {
    struct Record: Sendable, Hashable {
        var log: String?
        var evidence: [String] = []
        var notes: [String] = []
        var firstLineAt: Timestamp?
    }

    private struct State {
        var records: [StepID: Record] = [:]
        var writers: [StepID: LogWriter] = [:]
        var artifact: PipelineRunStatus.Artifact?
    }

    private let state = Mutex(State())

    subscript(step: StepID) -> Record { state.withLock { $0.records[step] ?? Record() } }

    func change(_ step: StepID, _ change: (inout Record) -> Void) {
        state.withLock { change(&$0.records[step, default: Record()]) }
    }

    /// The image that the run has published.
    var artifact: PipelineRunStatus.Artifact? { state.withLock { $0.artifact } }

    func setArtifact(_ artifact: PipelineRunStatus.Artifact?) { state.withLock { $0.artifact = artifact } }

    /// The log that is being written for a step.
    func setWriter(_ writer: LogWriter?, of step: StepID) { state.withLock { $0.writers[step] = writer } }

    /// The last line of a step that runs.
    func lastLine(of step: StepID) -> String? { state.withLock { $0.writers[step] }?.lastLine }
}

/// A run at one moment, for whoever shows or stores it.
public struct RunSnapshot: Sendable {
    /// The name of the PipelineRun object.
    public var name: String
    /// Where everything stands.
    public var state: RunState
    let records: RunRecords

    /// The last line that a running step has written.
    public func lastLine(of step: StepID) -> String? { records.lastLine(of: step) }

    /// What reports of a step said, for people.
    public func notes(of step: StepID) -> [String] { records[step].notes }

    /// The digest of a step's log.
    public func log(of step: StepID) -> String? { records[step].log }

    /// When the first line of a step's log came.
    public func firstLine(of step: StepID) -> Timestamp? { records[step].firstLineAt }

    /// The status of the object, without verdict and conditions.
    func status() -> PipelineRunStatus {
        var status = PipelineRunStatus(phase: state.phase.rawValue)
        status.reason = reason
        status.message = message
        status.startedAt = state.startedAt?.rfc3339Micro
        status.finishedAt = state.finishedAt?.rfc3339Micro
        status.gates = state.plan.gates.map(gate)
        status.artifact = records.artifact
        return status
    }

    private var reason: String? {
        if let fault = state.fault { return fault.code.rawValue }
        switch state.phase {
        case .running where !state.isCellReady: return "Provisioning"
        case .running: return currentGate.map { "Running" + $0.rawValue.capitalizedFirst }
        default: return nil
        }
    }

    private var message: String? {
        if let fault = state.fault {
            return state.decidedBy.map { "\($0): \(fault.message)" } ?? fault.message
        }
        guard state.phase == .running else { return nil }
        if !state.isCellReady { return "the cell is being made" }
        guard let gate = currentGate else { return nil }
        let own = state.plan.steps.filter { $0.id.gate == gate }
        let running = own.filter { state.step($0.id).phase == .running }.map(\.id.name)
        if !running.isEmpty { return "\(gate.rawValue): \(running.joined(separator: ", "))" }
        let missing = Set(own.filter { state.step($0.id).phase == .pending }.flatMap(\.services))
            .subtracting(state.readyServices)
        return "\(gate.rawValue): waiting for \(missing.sorted().joined(separator: ", "))"
    }

    private var currentGate: GateName? { state.plan.gates.first { !state.phase(of: $0).isFinal } }

    private func gate(_ name: GateName) -> PipelineRunStatus.Gate {
        let planned = state.plan.steps.filter { $0.id.gate == name }
        var gate = PipelineRunStatus.Gate(
            name: name.rawValue, phase: state.phase(of: name).rawValue, steps: planned.map(step))
        let steps = planned.map { state.step($0.id) }
        gate.startedAt = steps.compactMap(\.startedAt).min()?.rfc3339Micro
        if state.phase(of: name).isFinal {
            gate.finishedAt = steps.compactMap(\.finishedAt).max()?.rfc3339Micro
        }
        return gate
    }

    private func step(_ planned: RunPlan.Step) -> PipelineRunStatus.Step {
        let step = state.step(planned.id)
        let record = records[planned.id]
        var status = PipelineRunStatus.Step(name: planned.id.name, phase: step.phase.rawValue)
        status.reason = step.fault?.code.rawValue
        status.message = step.fault?.message
        status.advisory = planned.isAdvisory ? true : nil
        status.attempts = step.attempt == 0 ? nil : step.attempt
        status.startedAt = step.startedAt?.rfc3339Micro
        status.finishedAt = step.finishedAt?.rfc3339Micro
        status.log = record.log
        status.evidence = record.evidence.isEmpty ? nil : record.evidence
        return status
    }
}

extension String {
    /// The word with a capital, as reasons have it.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
