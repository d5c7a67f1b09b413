import KubeModel
import Manifest

extension RunState {
    /// The state of a run that was under way when its controller ended; a fresh one where it had not begun.
    ///
    /// Steps that were running are running still, as far as anybody knows: whoever resumes the run looks.
    init(_ plan: RunPlan, resuming status: Value?, records: RunRecords) {
        self.init(plan)
        guard let status, status["phase"]?.stringValue == RunPhase.running.rawValue,
            let read = try? ValueDecoder().decode(PipelineRunStatus.self, from: status)
        else { return }
        records.setArtifact(read.artifact)
        var steps: [StepID: Step] = [:]
        for gate in read.gates ?? [] {
            guard let name = GateName(rawValue: gate.name) else { continue }
            for told in gate.steps {
                let id = StepID(name, told.name)
                var step = Step()
                step.phase = RunPhase(rawValue: told.phase) ?? .pending
                step.attempt = told.attempts ?? 0
                step.startedAt = told.startedAt.flatMap { Timestamp(rfc3339: $0) }
                step.finishedAt = told.finishedAt.flatMap { Timestamp(rfc3339: $0) }
                if let reason = told.reason.flatMap({ StepFault.Code(rawValue: $0) }) {
                    step.fault = StepFault(reason, told.message ?? "")
                }
                steps[id] = step
                records.change(id) { record in
                    record.log = told.log
                    record.evidence = told.evidence ?? []
                }
            }
        }
        // A file that has changed under the run is impossible, as the commit is fixed; other steps are left as they are.
        resume(steps, startedAt: read.startedAt.flatMap { Timestamp(rfc3339: $0) })
    }
}
