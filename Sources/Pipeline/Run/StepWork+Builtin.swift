import Inventory
import KubeClient
import KubeModel

extension StepWork {
    /// Runs a built-in step and judges what it found.
    func use(
        _ builtin: BuiltinStep, _ step: PipelineStep, attempt: Int, log: LogWriter
    ) async throws -> StepOutcome {
        _ = try await base.wait { $0 }
        switch builtin {
        case .osv(let targets, let database):
            emit(.stepStarted(step.id, attempt: attempt))
            return try await scanDependencies(step, targets: targets, database: database, log: log)
        case .semgrep(let rulesets):
            let program = try tool(
                services.tools.semgrep, "semgrep", "run Scripts/setup, or pip install semgrep")
            let rules = try rulePaths(rulesets)
            let base = session.baseCommit.map { _ in cell.manifest.places.base(run.uid, files) }
            let script = StepCommand.semgrep(program, rules: rules, base: base)
            return try await scan(step, attempt: attempt, script: script, log: log) { evaluation in
                evaluation.judgeSemgrep(baseDirectory: base == nil ? nil : files.base(run.uid))
            }
        case .trivy(let targets):
            let program = try tool(services.tools.trivy, "trivy", "install Trivy, or use osv")
            let script = StepCommand.trivy(program, targets: targets)
            return try await scan(step, attempt: attempt, script: script, log: log) { evaluation in
                evaluation.judgeScanner(.trivy, prefix: ".slipway-ci/trivy-", baseline: baseline())
            }
        case .grype(let targets):
            let program = try tool(services.tools.grype, "grype", "install Grype, or use osv")
            let script = StepCommand.grype(program, targets: targets)
            return try await scan(step, attempt: attempt, script: script, log: log) { evaluation in
                evaluation.judgeScanner(.grype, prefix: ".slipway-ci/grype-", baseline: baseline())
            }
        }
    }

    private func tool(_ path: String?, _ name: String, _ advice: String) throws -> String {
        guard let path else {
            throw StepFailure(fault: StepFault(.missingTool, "\(name) is not on this machine; \(advice)"))
        }
        return path
    }

    private func rulePaths(_ rulesets: [String]) throws -> [String] {
        try rulesets.map { name in
            guard name == "default" else { return "\(cell.manifest.places.source(run.uid, files))/\(name)" }
            guard let rules = services.tools.rules else {
                throw StepFailure(
                    fault: StepFault(.missingTool, "the project's own rules are not on this machine"))
            }
            return rules
        }
    }

    /// Runs a scanner's script in the step's container and judges its reports.
    private func scan(
        _ step: PipelineStep, attempt: Int, script: String, log: LogWriter,
        judge: @escaping @Sendable (ReportEvaluation) -> ReportEvaluation.Outcome
    ) async throws -> StepOutcome {
        let command = StepCommand.script(script, shell: "sh", timeout: step.timeout)
        if var fault = try await runContainer(step, attempt: attempt, command: command, log: log) {
            if fault.code == .exitCode { fault = StepFault(.scannerIncomplete, fault.message) }
            return .failed(fault)
        }
        let evaluation = try await ignoring(evaluation(of: step))
        let outcome = await services.run { judge(evaluation) }
        return await settle(step, outcome, fault: nil, log: log)
    }

    /// The same evaluation with the ignores of the tree.
    ///
    /// - Throws: ``StepFailure`` where the file has faults: an expired ignore fails the gate.
    private func ignoring(_ evaluation: ReportEvaluation) async throws -> ReportEvaluation {
        guard let path = run.file.policy.ignoreFile else { return evaluation }
        let (source, date, policy) = (files.source(run.uid), services.timeline.date, services.policy)
        // What is there and cannot be read is no list of nothing.
        let bytes: [UInt8]?
        do {
            bytes = try await services.work.run { try FileWork.read(path, within: source, limit: 1 << 20) }
        } catch let error as PipelineError {
            throw StepFailure(fault: StepFault(.ignores, error.message))
        }
        guard let bytes else { return evaluation }
        let (list, diagnostics) = IgnoreList.read(bytes, name: path, date: date, policy: policy)
        let errors = diagnostics.filter { $0.weight == .error }
        guard errors.isEmpty else {
            let text = errors.map(\.description).joined(separator: "\n")
            throw StepFailure(fault: StepFault(.ignores, text))
        }
        return ReportEvaluation(
            step: evaluation.step, service: evaluation.service, policy: evaluation.policy, ignores: list,
            date: date, workspace: evaluation.workspace, visiblePaths: evaluation.visiblePaths)
    }

    private func scanDependencies(
        _ step: PipelineStep, targets: [String], database: String?, log: LogWriter
    ) async throws -> StepOutcome {
        let source = files.source(run.uid)
        let places = database.map { ["\(source)/\($0)"] } ?? services.tools.advisories
        let scan = DependencyScan(advisories: places)
        let evaluation = try await ignoring(evaluation(of: step))
        let (service, commit, baseline) = (run.file.service, run.spec.commit, baseline)
        let outcome = await services.run { () -> ReportEvaluation.Outcome in
            var outcome = ReportEvaluation.Outcome()
            do throws(PipelineError) {
                let result = try scan.scan(source, targets: targets)
                let summary =
                    "\(result.components.count) components of \(result.lockfiles.joined(separator: ", "))"
                outcome.notes.append("\(summary), compared with \(result.advisoryCount) advisories")
                let bill = DependencyScan.billOfMaterials(result.components, service: service, commit: commit)
                outcome.evidence.append(("bom.json", bill))
                if result.lockfiles.isEmpty {
                    outcome.fail(.scannerIncomplete, "the tree has no lockfile that the scan could read")
                }
                evaluation.judge(result.findings, baseline: baseline(), failOn: nil, &outcome)
            } catch {
                outcome.fail(.scannerIncomplete, error.message)
            }
            return outcome
        }
        return await settle(step, outcome, fault: nil, log: log)
    }

    /// The components of the base tree; blocks.
    private var baseline: @Sendable () -> FindingBaseline {
        let base = files.base(run.uid)
        let isKnown = session.baseCommit != nil
        return {
            guard isKnown,
                let (components, _) = try? DependencyScan(advisories: []).components(of: base, targets: [])
            else { return FindingBaseline() }
            return FindingBaseline(components: Set(components.map(\.package.description)))
        }
    }
}

extension ReportEvaluation {
    /// Judges the two reports of Semgrep: of the commit, and of the base where the commit has findings.
    func judgeSemgrep(baseDirectory: String?) -> Outcome {
        var outcome = Outcome()
        do throws(PipelineError) {
            let bytes = try FileWork.read(
                ".slipway-ci/head.json", within: workspace, limit: FindingReport.maximumSize)
            guard let bytes else {
                outcome.fail(.report, "semgrep has left no report")
                return outcome
            }
            outcome.evidence.append(("head.json", bytes))
            let head = try FindingReport(.semgrep, bytes, name: "head.json")
            if let reason = head.incompleteness.first { outcome.fail(.scannerIncomplete, reason) }
            let looked = head.looked ?? []
            outcome.notes.append("semgrep \(head.toolVersion ?? "") looked at \(looked.count) files")
            if looked.isEmpty {
                outcome.fail(.scannerIncomplete, "semgrep looked at no file: no rule fits the tree")
            }
            var baseline = FindingBaseline()
            if let baseDirectory,
                let text = try FileWork.read(
                    ".slipway-ci/base.json", within: workspace, limit: FindingReport.maximumSize)
            {
                let base = try FindingReport(.semgrep, text, name: "base.json")
                let located = ReportEvaluation(
                    step: step, service: service, policy: policy, ignores: ignores, date: date,
                    workspace: baseDirectory,
                    visiblePaths: visiblePaths)
                baseline.fingerprints = Set(located.fingerprinted(base.findings).map(\.fingerprint))
            }
            judge(head.findings, baseline: baseline, failOn: nil, &outcome)
        } catch {
            outcome.fail(.report, error.message)
        }
        return outcome
    }

    /// Judges the reports of a scanner of dependencies.
    func judgeScanner(_ format: ReportRequest.Format, prefix: String, baseline: FindingBaseline) -> Outcome {
        var outcome = Outcome()
        let paths = FileWork.files(matching: Glob("\(prefix)*.json"), in: workspace)
        if paths.isEmpty { outcome.fail(.report, "\(step.id) has left no report") }
        var findings: [Finding] = []
        do throws(PipelineError) {
            for path in paths {
                let bytes = try FileWork.read("\(workspace)/\(path)", limit: FindingReport.maximumSize)
                outcome.evidence.append((path, bytes))
                let report = try FindingReport(format, bytes, name: path)
                if let reason = report.incompleteness.first { outcome.fail(.scannerIncomplete, reason) }
                if let looked = report.looked, looked.isEmpty {
                    outcome.fail(.scannerIncomplete, "\(report.tool) recognised nothing in \(path)")
                }
                findings += report.findings
            }
        } catch {
            outcome.fail(.report, error.message)
        }
        judge(findings, baseline: baseline, failOn: nil, &outcome)
        return outcome
    }
}
