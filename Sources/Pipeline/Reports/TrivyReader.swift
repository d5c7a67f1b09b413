import Manifest

/// Reads what `trivy --format json` writes (schema 2).
struct TrivyReader {
    let name: String

    func read(_ value: Value) throws(PipelineError) -> FindingReport {
        guard value["SchemaVersion"]?.integerValue == 2 else {
            throw PipelineError(.invalidReport, "\(name) is no report of Trivy with schema 2")
        }
        var report = FindingReport(tool: "trivy", toolVersion: value["Trivy", "Version"]?.stringValue)
        var looked: [String] = []
        for result in value["Results"]?.arrayValue ?? [] {
            let target = result["Target"]?.stringValue ?? "unnamed"
            looked.append(target)
            for entry in result["Vulnerabilities"]?.arrayValue ?? [] {
                if let finding = vulnerability(entry, target: target) { report.findings.append(finding) }
            }
            for entry in result["Misconfigurations"]?.arrayValue ?? [] {
                guard entry["Status"]?.stringValue == "FAIL" else { continue }
                report.findings.append(misconfiguration(entry, target: target))
            }
            for entry in result["Secrets"]?.arrayValue ?? [] {
                report.findings.append(secret(entry, target: target))
            }
        }
        // An empty list means that the scanner recognised nothing, which says nothing about the tree.
        report.looked = looked
        return report
    }

    private func severity(_ value: Value) -> Severity {
        value["Severity"]?.stringValue.flatMap { Severity(word: $0) } ?? .high
    }

    private func vulnerability(_ entry: Value, target: String) -> Finding? {
        let status = entry["Status"]?.stringValue ?? "unknown"
        if status == "not_affected" { return nil }
        let package = entry["PkgName"]?.stringValue ?? "unnamed"
        let installed = entry["InstalledVersion"]?.stringValue
        var finding = Finding(
            tool: "trivy", ruleID: entry["VulnerabilityID"]?.stringValue ?? "unnamed",
            aliases: entry["VendorIDs"]?.texts ?? [], severity: severity(entry),
            message: entry["Title"]?.stringValue ?? "\(package) \(installed ?? "")")
        finding.component =
            entry["PkgIdentifier", "PURL"]?.stringValue ?? "pkg:generic/\(package)@\(installed ?? "")"
        finding.path = entry["PkgPath"]?.stringValue ?? target
        finding.installed = installed
        let fixed = entry["FixedVersion"]?.stringValue ?? ""
        finding.fixedIn = fixed.split(separator: ",").map { $0.split(separator: " ").joined() }
        switch status {
        case "fixed": finding.fixState = .fixed
        case "will_not_fix", "end_of_life": finding.fixState = .wontFix
        case "affected", "fix_deferred", "under_investigation": finding.fixState = .notFixed
        default: finding.fixState = finding.fixedIn.isEmpty ? .unknown : .fixed
        }
        finding.score = score(entry)
        finding.publishedAt = entry["PublishedDate"]?.stringValue
        return finding
    }

    /// The highest CVSS score of version 3 of any source.
    private func score(_ entry: Value) -> Double? {
        (entry["CVSS"]?.objectValue?.values.compactMap { $0["V3Score"]?.doubleValue } ?? []).max()
    }

    private func misconfiguration(_ entry: Value, target: String) -> Finding {
        var finding = Finding(
            tool: "trivy", ruleID: entry["ID"]?.stringValue ?? "unnamed", severity: severity(entry),
            message: entry["Message"]?.stringValue ?? entry["Title"]?.stringValue ?? "no message")
        finding.path = target
        finding.line = entry["CauseMetadata", "StartLine"]?.integerValue.map { Int($0) }
        return finding
    }

    private func secret(_ entry: Value, target: String) -> Finding {
        var finding = Finding(
            tool: "trivy", ruleID: entry["RuleID"]?.stringValue ?? "unnamed", severity: severity(entry),
            message: entry["Title"]?.stringValue ?? "a secret in plain text")
        finding.path = target
        finding.line = entry["StartLine"]?.integerValue.map { Int($0) }
        return finding
    }
}
