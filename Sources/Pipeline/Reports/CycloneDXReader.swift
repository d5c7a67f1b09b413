import Manifest

/// Reads the vulnerabilities of a CycloneDX document (1.4 to 1.7), such as scanners write them.
struct CycloneDXReader {
    let name: String

    func read(_ value: Value) throws(PipelineError) -> FindingReport {
        guard value["bomFormat"]?.stringValue == "CycloneDX", value["specVersion"]?.stringValue != nil else {
            throw PipelineError(.invalidReport, "\(name) is no CycloneDX document")
        }
        var report = FindingReport(tool: "cyclonedx")
        let components = value["components"]?.arrayValue ?? []
        report.looked = components.compactMap { $0["purl"]?.stringValue ?? $0["name"]?.stringValue }
        let references = components.compactMap { component in
            component["bom-ref"]?.stringValue.map { ($0, component) }
        }
        let byReference = Dictionary(references, uniquingKeysWith: { first, _ in first })
        for entry in value["vulnerabilities"]?.arrayValue ?? [] {
            // What the author of the document has shown not to matter is no finding.
            let state = entry["analysis", "state"]?.stringValue
            if state == "not_affected" || state == "false_positive" || state == "resolved" { continue }
            for affected in entry["affects"]?.arrayValue ?? [.emptyObject] {
                let component = affected["ref"]?.stringValue.flatMap { byReference[$0] }
                report.findings.append(finding(entry, component))
            }
        }
        return report
    }

    private func finding(_ entry: Value, _ component: Value?) -> Finding {
        let ratings = entry["ratings"]?.arrayValue ?? []
        let words = ratings.compactMap { $0["severity"]?.stringValue.flatMap { Severity(word: $0) } }
        let scores = ratings.compactMap { $0["score"]?.doubleValue }
        let fromScore = scores.max().flatMap { Severity(score: $0) }
        var finding = Finding(
            tool: "cyclonedx", ruleID: entry["id"]?.stringValue ?? "unnamed",
            severity: words.max() ?? fromScore ?? .high,
            message: entry["description"]?.stringValue ?? "no description")
        finding.score = scores.max()
        finding.aliases = (entry["references"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
        let name = component?["name"]?.stringValue ?? "unnamed"
        let version = component?["version"]?.stringValue
        finding.component = component?["purl"]?.stringValue ?? "pkg:generic/\(name)@\(version ?? "")"
        finding.installed = version
        return finding
    }
}
