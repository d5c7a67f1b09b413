import Manifest

/// Reads what `grype -o json` writes.
struct GrypeReader {
    let name: String

    func read(_ value: Value) throws(PipelineError) -> FindingReport {
        guard let matches = value["matches"]?.arrayValue, let descriptor = value["descriptor"] else {
            throw PipelineError(
                .invalidReport, "\(name) is no report of Grype: matches or descriptor are missing")
        }
        var report = FindingReport(tool: "grype", toolVersion: descriptor["version"]?.stringValue)
        if descriptor["db"] == nil {
            report.incompleteness.append("grype names no vulnerability database in \(name)")
        }
        for match in matches { report.findings.append(finding(match, version: report.toolVersion)) }
        return report
    }

    private func finding(_ match: Value, version: String?) -> Finding {
        let vulnerability = match["vulnerability"] ?? .emptyObject
        let artifact = match["artifact"] ?? .emptyObject
        let package = artifact["name"]?.stringValue ?? "unnamed"
        let installed = artifact["version"]?.stringValue
        var finding = Finding(
            tool: "grype", toolVersion: version, ruleID: vulnerability["id"]?.stringValue ?? "unnamed",
            severity: vulnerability["severity"]?.stringValue.flatMap { Severity(word: $0) } ?? .high,
            message: vulnerability["description"]?.stringValue ?? "\(package) \(installed ?? "")")
        finding.aliases = (match["relatedVulnerabilities"]?.arrayValue ?? []).compactMap {
            $0["id"]?.stringValue
        }
        .filter { $0 != finding.ruleID }
        finding.component =
            artifact["purl"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            ?? "pkg:generic/\(package)@\(installed ?? "")"
        finding.path = artifact["locations"]?[0]?["path"]?.stringValue
        finding.installed = installed
        finding.fixedIn = vulnerability["fix", "versions"]?.texts ?? []
        switch vulnerability["fix", "state"]?.stringValue {
        case "fixed": finding.fixState = .fixed
        case "not-fixed": finding.fixState = .notFixed
        case "wont-fix": finding.fixState = .wontFix
        default: finding.fixState = .unknown
        }
        let scores = (vulnerability["cvss"]?.arrayValue ?? []).compactMap {
            $0["metrics", "baseScore"]?.doubleValue
        }
        finding.score = scores.max()
        finding.isExploited = !(vulnerability["knownExploited"]?.arrayValue ?? []).isEmpty
        finding.epss = vulnerability["epss"]?[0]?["percentile"]?.doubleValue
        return finding
    }
}
