import Manifest

/// Reads what `semgrep scan --json` writes.
///
/// Source: semgrep_output_v1. The editions without login leave out `fingerprint` and `lines`, so neither is used.
struct SemgrepReader {
    let name: String

    func read(_ value: Value) throws(PipelineError) -> FindingReport {
        guard let results = value["results"]?.arrayValue, let paths = value["paths"] else {
            throw PipelineError(
                .invalidReport, "\(name) is no report of Semgrep: results or paths are missing")
        }
        var report = FindingReport(tool: "semgrep", toolVersion: value["version"]?.stringValue)
        report.looked = paths["scanned"]?.texts ?? []
        for error in value["errors"]?.arrayValue ?? [] where error["level"]?.stringValue == "error" {
            let message = error["message"]?.stringValue ?? "no message"
            let place = error["path"]?.stringValue.map { "\($0): " } ?? ""
            report.incompleteness.append("semgrep: \(place)\(message)")
        }
        for skipped in value["skipped_rules"]?.arrayValue ?? [] {
            let rule = skipped["rule_id"]?.stringValue ?? "a rule"
            report.incompleteness.append("semgrep skipped the rule \(rule)")
        }
        for result in results {
            report.findings.append(finding(result, version: report.toolVersion))
        }
        return report
    }

    private func finding(_ result: Value, version: String?) -> Finding {
        let extra = result["extra"]
        let word = extra?["severity"]?.stringValue ?? ""
        // The name of a rule begins with the folder it was read from, which differs from machine to machine.
        let fullName = result["check_id"]?.stringValue ?? "unnamed"
        let name = fullName.split(separator: ".").last.map(String.init) ?? fullName
        var finding = Finding(
            tool: "semgrep", toolVersion: version, ruleID: name, aliases: [fullName],
            // A severity that is not known must not let a finding pass.
            severity: Severity(word: word) ?? .high,
            message: extra?["message"]?.stringValue ?? "no message")
        finding.path = result["path"]?.stringValue
        finding.line = result["start", "line"]?.integerValue.map { Int($0) }
        if extra?["is_ignored"]?.boolValue == true {
            finding.suppression = .init(by: "inSource", reason: "nosemgrep", expires: nil)
        }
        return finding
    }
}
