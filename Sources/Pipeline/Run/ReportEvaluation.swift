import KubeModel

/// What is made of the reports that a step has left in its work copy.
///
/// Nothing that was asked for and is not there passes: a missing report, a report without tests, a scanner that saw
/// nothing.
struct ReportEvaluation: Sendable {
    let step: PipelineStep
    let service: String
    let policy: FindingPolicy
    let ignores: IgnoreList
    /// The present moment, for what may stay for a time.
    let date: Timestamp
    /// The directory of the work copy.
    let workspace: String
    /// What the container calls that directory, which absolute paths in reports begin with.
    let visiblePaths: [String]

    /// What came of a step's reports.
    struct Outcome: Sendable {
        var fault: StepFault?
        /// Contents to keep as evidence, by name.
        var evidence: [(name: String, bytes: [UInt8])] = []
        var decision: FindingDecision?
        /// Lines for people.
        var notes: [String] = []
    }

    /// Reads and judges every report; blocks.
    func evaluate(baseline: FindingBaseline = FindingBaseline()) -> Outcome {
        var outcome = Outcome()
        for request in step.reports {
            let paths = FileWork.files(matching: Glob(request.glob), in: workspace)
            guard !paths.isEmpty else {
                outcome.fail(.report, "\(step.id) has left no report at \(request.glob)")
                continue
            }
            if request.format == .junit {
                judgeTests(request, paths, &outcome)
            } else {
                judgeFindings(request, paths, baseline, &outcome)
            }
        }
        return outcome
    }

    // MARK: - Tests

    private func judgeTests(_ request: ReportRequest, _ paths: [String], _ outcome: inout Outcome) {
        var report = JUnitReport()
        for path in paths {
            do throws(PipelineError) {
                let bytes = try FileWork.read("\(workspace)/\(path)", limit: JUnitReport.maximumSize)
                outcome.evidence.append((path, bytes))
                report = report + (try JUnitReport(bytes, name: path))
            } catch {
                return outcome.fail(.report, error.message)
            }
        }
        outcome.notes.append(
            "\(report.executed) tests, \(report.failures.count) failed, \(report.skipped) skipped")
        if let first = report.failures.first {
            let place = first.file.map { file in " (\(file)\(first.line.map { ":\($0)" } ?? ""))" } ?? ""
            let more = report.failures.count > 1 ? " and \(report.failures.count - 1) more" : ""
            return outcome.fail(
                .testsFailed, "\(first.test) failed\(place): \(first.message.firstLine)\(more)")
        }
        if report.executed == 0 {
            return outcome.fail(.noTests, "\(step.id) ran no tests: \(request.glob) lists none that ran")
        }
        if report.executed < request.minimumTests {
            return outcome.fail(
                .noTests,
                "\(step.id) ran \(report.executed) tests, fewer than the \(request.minimumTests) of min_tests"
            )
        }
        if let limit = request.maximumSkippedPercent {
            let share = Double(report.skipped) * 100 / Double(report.executed + report.skipped)
            if share > limit {
                outcome.fail(
                    .noTests,
                    "\(step.id) skipped \(report.skipped) of \(report.executed + report.skipped) tests, more than \(limit) %"
                )
            }
        }
    }

    // MARK: - Findings

    private func judgeFindings(
        _ request: ReportRequest, _ paths: [String], _ baseline: FindingBaseline, _ outcome: inout Outcome
    ) {
        var findings: [Finding] = []
        for path in paths {
            do throws(PipelineError) {
                let bytes = try FileWork.read("\(workspace)/\(path)", limit: FindingReport.maximumSize)
                outcome.evidence.append((path, bytes))
                let report = try FindingReport(request.format, bytes, name: path)
                if let reason = report.incompleteness.first {
                    return outcome.fail(.scannerIncomplete, "\(path): \(reason)")
                }
                findings += report.findings
            } catch {
                return outcome.fail(.report, error.message)
            }
        }
        judge(findings, baseline: baseline, failOn: request.failOn, &outcome)
    }

    /// Judges findings and notes the first that blocks.
    func judge(
        _ findings: [Finding], baseline: FindingBaseline, failOn: Severity?, _ outcome: inout Outcome
    ) {
        let prints = fingerprinted(findings)
        let decision = policy.decide(
            prints, ignores: ignores, baseline: baseline, service: service, failOn: failOn, at: date)
        var merged = outcome.decision ?? FindingDecision()
        merged.judged += decision.judged
        merged.unusedIgnores += decision.unusedIgnores
        outcome.decision = merged
        for judged in decision.judged.prefix(200) {
            outcome.notes.append(
                "\(judged.blocks ? "blocks" : "passes"): \(judged.finding.summary) [\(judged.rule)]")
        }
        if let first = decision.blocking.first {
            let more = decision.blocking.count > 1 ? " and \(decision.blocking.count - 1) more" : ""
            outcome.fail(.findings, "\(first.summary)\(more)")
        }
    }

    /// Findings with paths in the tree and fingerprints.
    func fingerprinted(_ findings: [Finding]) -> [Finding] {
        let located = findings.map { finding in
            var finding = finding
            finding.path = finding.path.map(relative)
            return finding
        }
        return Finding.fingerprinted(located, lines: lines)
    }

    /// The lines of a file of the work copy.
    private func lines(_ path: String) -> [Substring]? {
        guard NameRules.isRelative(path), FileWork.isPlainFile("\(workspace)/\(path)"),
            let bytes = try? FileWork.read(path, within: workspace, limit: 8 << 20)
        else { return nil }
        // Scanners count line feeds, with a carriage return before them or not.
        return String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// A path in the tree, whatever the scanner called the work copy.
    private func relative(_ path: String) -> String {
        for prefix in visiblePaths where path.hasPrefix("\(prefix)/") {
            return String(path.dropFirst(prefix.utf8.count + 1))
        }
        return path.trimmingPrefix("./")
    }
}

extension ReportEvaluation.Outcome {
    /// Notes a fault; the first one counts.
    mutating func fail(_ code: StepFault.Code, _ message: String) {
        if fault == nil { fault = StepFault(code, message) }
    }
}

extension String {
    /// The text up to the first line break.
    var firstLine: String { String(split(whereSeparator: \.isNewline).first ?? "") }
}
