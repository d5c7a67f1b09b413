import KubeClient
import KubeModel
import Manifest

/// The parts of a session that do things; every one ends in an event.
struct StepWork: Sendable {
    let session: RunSession
    /// The steps whose work copy is there, or the reason why it cannot be.
    let copies: Feed<[StepID: String]>
    /// Whether the source tree is there: nil not yet, empty for yes, else why not.
    let source: Feed<String?>
    /// Whether the tree of the base is there, likewise; only scanners look at it.
    let base: Feed<String?>
    let emit: @Sendable (RunState.Event) -> Void

    var run: RunContext { session.run }
    var services: RunServices { session.services }
    var files: RunFiles { services.files }
    var cell: PodCell { session.cell }

    // MARK: - Steps

    /// Runs one attempt of a step and tells how it ended.
    func run(_ id: StepID, attempt: Int) async {
        guard let step = run.file.step(id) else { return }
        let key = LogStore.Key(uid: run.uid, step: id, attempt: attempt)
        do {
            let log = try await services.logs.begin(key)
            session.records.setWriter(log, of: id)
            let outcome = await outcome(of: step, attempt: attempt, log: log)
            let digest = try await services.logs.finish(key, log)
            session.records.setWriter(nil, of: id)
            session.records.change(id) { $0.log = digest }
            if Task.isCancelled { return }
            emit(.stepEnded(id, attempt: attempt, outcome))
        } catch {
            emit(.stepEnded(id, attempt: attempt, .infrastructure(StepFault(.infrastructure, "\(error)"))))
        }
    }

    private func outcome(of step: PipelineStep, attempt: Int, log: LogWriter) async -> StepOutcome {
        do {
            for name in step.secrets {
                if let fault = session.secrets.faults[name] { return .failed(fault) }
            }
            try await prepared(step.id, attempt: attempt)
            let limit = step.timeout + .seconds(15)
            let outcome = try await services.timeline.withTimeout(limit) {
                try await perform(step, attempt: attempt, log: log)
            }
            guard let outcome else {
                return .failed(
                    StepFault(
                        .timeout,
                        "\(step.id) took longer than its timeout of \(DurationSyntax.write(step.timeout))"))
            }
            guard case .failed(let told) = outcome else { return outcome }
            let fault = session.secrets.masking(told)
            log.append("\nslipway: \(fault.code.rawValue): \(fault.message)\n")
            return .failed(fault)
        } catch let failure as StepFailure {
            return .failed(session.secrets.masking(failure.fault))
        } catch {
            let fault = session.secrets.masking(StepFault(.infrastructure, "\(step.id): \(error)"))
            log.append("\nslipway: \(fault.code.rawValue): \(fault.message)\n")
            return .infrastructure(fault)
        }
    }

    private func prepared(_ id: StepID, attempt: Int) async throws {
        _ = try await source.wait { $0 }
        if attempt > 1 {
            copies.update { $0[id] = nil }
            let work = files.work(run.uid, id)
            try await services.work.run { try FileWork.empty(work) }
            await copy(id)
        }
        let fault = try await copies.wait { $0[id] }
        if !fault.isEmpty { throw PipelineError(.cellFailed, fault) }
    }

    private func perform(_ step: PipelineStep, attempt: Int, log: LogWriter) async throws -> StepOutcome {
        switch step.action {
        case .run(let script, let shell):
            let command = StepCommand.script(script, shell: shell, timeout: step.timeout)
            if let fault = try await runContainer(step, attempt: attempt, command: command, log: log) {
                return await judged(step, log: log, failing: fault)
            }
            return await judged(step, log: log, failing: nil)
        case .use(let builtin): return try await use(builtin, step, attempt: attempt, log: log)
        case .image: return try await buildImage(step, attempt: attempt, log: log)
        }
    }

    /// Runs a container to its end; its fault, nil for exit code 0.
    func runContainer(
        _ step: PipelineStep, attempt: Int, command: [String], log: LogWriter
    ) async throws -> StepFault? {
        let name = RunContext.container(step.id, attempt: attempt)
        let ports = AssignedPortNumbers(cell.feed.pod ?? .emptyObject)
        try await prepareDatabases(for: step, attempt: attempt)
        let container = cell.manifest.step(step, attempt: attempt, command: command, ports: ports)
        try await cell.start(container)
        try await cell.waitForStart(of: name)
        emit(.stepStarted(step.id, attempt: attempt))
        if case .hosts(let hosts) = step.network {
            let reached = hosts.isEmpty ? "nothing" : hosts.map(\.asWritten).joined(separator: ", ")
            log.append("slipway: beside the services of its run the step reaches \(reached)\n")
        }
        let masker = Feed(try SecretMasker(session.secrets.masked))
        let (records, id, timeline) = (session.records, step.id, services.timeline)
        let ended = try await withThrowingTaskGroup(of: ContainerCondition?.self) { group in
            group.addTask {
                try await cell.followLog(of: name) { chunk in
                    var shown: [UInt8] = []
                    masker.update { shown = $0.mask(chunk) }
                    guard !shown.isEmpty else { return }
                    log.append(shown)
                    records.change(id) { if $0.firstLineAt == nil { $0.firstLineAt = timeline.date } }
                }
                return nil
            }
            group.addTask { try await cell.waitForEnd(of: name) }
            var ended: ContainerCondition?
            while let result = try await group.next() { if let result { ended = result } }
            return ended
        }
        var rest: [UInt8] = []
        masker.update { rest = $0.finish() }
        log.append(rest)
        guard let ended, let code = ended.exitCode else {
            throw PipelineError(.cellFailed, "the container of \(step.id) is gone")
        }
        return Self.fault(of: step, ended, code: code, lastLine: log.lastLine)
    }

    static func fault(
        of step: PipelineStep, _ ended: ContainerCondition, code: Int64, lastLine: String
    ) -> StepFault? {
        if code == 0 { return nil }
        if ended.reason == "OOMKilled" {
            return StepFault(.outOfMemory, "\(step.id) ran out of memory; raise its resources.memory")
        }
        if code == StepCommand.timeoutCode {
            return StepFault(
                .timeout, "\(step.id) took longer than its timeout of \(DurationSyntax.write(step.timeout))")
        }
        let line = lastLine.isEmpty ? "" : ": \(lastLine)"
        return StepFault(.exitCode, "\(step.id) ended with \(code)\(line)")
    }

    // MARK: - What is left behind

    /// Reads the reports of a step, keeps its artifacts and outputs, and makes its outcome of them.
    private func judged(_ step: PipelineStep, log: LogWriter, failing fault: StepFault?) async -> StepOutcome
    {
        let evaluation = evaluation(of: step)
        let outcome = await services.run { evaluation.evaluate() }
        return await settle(step, outcome, fault: fault, log: log)
    }

    func evaluation(of step: PipelineStep) -> ReportEvaluation {
        ReportEvaluation(
            step: step, service: run.file.service, policy: run.file.policy, ignores: IgnoreList(),
            date: services.timeline.date,
            workspace: files.work(run.uid, step.id),
            visiblePaths: [
                cell.manifest.places.workspace(run.uid, step.id, files), files.work(run.uid, step.id),
                cell.manifest.places.source(run.uid, files),
            ])
    }

    /// Keeps evidence and decides: what the reports say is more telling than the exit code of the program.
    func settle(
        _ step: PipelineStep, _ evaluation: ReportEvaluation.Outcome, fault: StepFault?, log: LogWriter
    ) async -> StepOutcome {
        var fault = fault
        let tells: Set<StepFault.Code> = [.testsFailed, .findings]
        if let found = evaluation.fault,
            fault == nil || (fault?.code == .exitCode && tells.contains(found.code))
        {
            fault = found
        }
        if fault == nil, let missing = await keepOutputs(step) { fault = missing }
        var evidence: [String] = []
        let store = services.logs.content
        for (_, bytes) in evaluation.evidence {
            if let digest = try? await services.work.run({ try store.put(bytes) }) { evidence.append(digest) }
        }
        evidence += await keepArtifacts(of: step, failed: fault != nil)
        let (notes, kept) = (session.secrets.masking(evaluation.notes), evidence)
        session.records.change(step.id) { record in
            record.evidence = kept
            record.notes = notes
        }
        for note in notes { log.append("slipway: \(note)\n") }
        return fault.map { .failed($0) } ?? .passed
    }

    private func keepOutputs(_ step: PipelineStep) async -> StepFault? {
        let (work, outputs) = (files.work(run.uid, step.id), files.outputs(run.uid))
        return await services.run {
            for output in step.outputs {
                let from = "\(work)/\(output.text)"
                do {
                    try FileWork.copy(from, to: "\(outputs)/\(output.name)", within: work)
                } catch {
                    return StepFault(
                        .output, "\(step.id) has not left its output \(output.name) at \(output.text)")
                }
            }
            return nil
        }
    }

    /// Keeps the artifacts of a step one after the other, however large they are together; answers their digests.
    private func keepArtifacts(of step: PipelineStep, failed: Bool) async -> [String] {
        let work = files.work(run.uid, step.id)
        let store = services.logs.content
        return await services.run {
            var digests: [String] = []
            for artifact in step.artifacts {
                if artifact.condition == .failure && !failed || artifact.condition == .success && failed {
                    continue
                }
                for path in artifact.paths.flatMap({ FileWork.artifacts(at: $0, in: work) }) {
                    if let bytes = try? FileWork.read(path, within: work, limit: 64 << 20),
                        let digest = try? store.put(bytes)
                    {
                        digests.append(digest)
                    }
                }
            }
            return digests
        }
    }
}
