import Manifest

/// Reads SARIF 2.1.0.
///
/// Source: the OASIS schema, and how GitHub reads `security-severity`.
struct SARIFReader {
    let name: String

    func read(_ value: Value) throws(PipelineError) -> FindingReport {
        guard let runs = value["runs"]?.arrayValue else {
            throw PipelineError(.invalidReport, "\(name) is no SARIF report: it has no runs")
        }
        var report = FindingReport(tool: "sarif")
        if runs.isEmpty { report.incompleteness.append("\(name) has no run: nothing was scanned") }
        for (index, run) in runs.enumerated() {
            read(run, number: index, into: &report)
        }
        return report
    }

    private func read(_ run: Value, number: Int, into report: inout FindingReport) {
        let driver = run["tool", "driver"]
        let tool = driver?["name"]?.stringValue ?? "unknown tool"
        let version = driver?["semanticVersion"]?.stringValue ?? driver?["version"]?.stringValue
        report.tool = tool
        report.toolVersion = version
        for invocation in run["invocations"]?.arrayValue ?? [] {
            if invocation["executionSuccessful"]?.boolValue != true {
                report.incompleteness.append("\(tool) says that it did not finish (executionSuccessful)")
            }
            for note in invocation["toolExecutionNotifications"]?.arrayValue ?? [] {
                guard note["level"]?.stringValue == "error" else { continue }
                let text = note["message", "text"]?.stringValue ?? "no message"
                report.incompleteness.append("\(tool): \(text)")
            }
        }
        // Absent or null results mean that none were produced; an empty list means that nothing was found.
        guard let results = run["results"]?.arrayValue else {
            report.incompleteness.append("\(tool) produced no results")
            return
        }
        let rules = RuleTable(run)
        for result in results {
            guard let finding = finding(result, rules, tool: tool, version: version, run: run) else {
                continue
            }
            report.findings.append(finding)
        }
    }

    private func finding(
        _ result: Value, _ rules: RuleTable, tool: String, version: String?, run: Value
    ) -> Finding? {
        // Only `fail` says that something is wrong; `open` and `review` are for people to decide.
        let kind = result["kind"]?.stringValue ?? "fail"
        guard kind == "fail" || kind == "open" || kind == "review" else { return nil }
        if result["baselineState"]?.stringValue == "absent" { return nil }
        let rule = rules.rule(of: result)
        let id =
            result["ruleId"]?.stringValue ?? result["rule", "id"]?.stringValue ?? rule?["id"]?.stringValue
        var finding = Finding(
            tool: tool, toolVersion: version, ruleID: id ?? "unnamed", severity: .medium,
            message: message(result, rule))
        finding.score = securitySeverity(result) ?? rule.flatMap(securitySeverity)
        finding.severity = severity(result, rule, score: finding.score)
        if let location = result["locations"]?[0]?["physicalLocation"] {
            finding.path = path(location["artifactLocation"], run)
            finding.line = location["region", "startLine"]?.integerValue.map { Int($0) }
        }
        finding.suppression = suppression(result)
        return finding
    }

    private func severity(_ result: Value, _ rule: Value?, score: Double?) -> Severity {
        if let score { return Severity(score: score) ?? .info }
        let level =
            result["level"]?.stringValue ?? rule?["defaultConfiguration", "level"]?.stringValue ?? "warning"
        switch level {
        case "error": return .high
        case "note": return .low
        case "none": return .info
        default: return .medium
        }
    }

    /// `properties["security-severity"]`, a number that is written as a string.
    private func securitySeverity(_ value: Value) -> Double? {
        guard let property = value["properties", "security-severity"] else { return nil }
        let number = property.stringValue.flatMap { Double($0) } ?? property.doubleValue
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    private func message(_ result: Value, _ rule: Value?) -> String {
        result["message", "text"]?.stringValue ?? result["message", "markdown"]?.stringValue
            ?? rule?["shortDescription", "text"]?.stringValue ?? rule?["name"]?.stringValue ?? "no message"
    }

    /// A path relative to the tree: `file:` URIs and escapes are resolved, a base below the root is put before.
    private func path(_ location: Value?, _ run: Value) -> String? {
        var location = location
        if location?["uri"] == nil, let index = location?["index"]?.integerValue, index >= 0,
            let artifact = run["artifacts"]?[Int(index)]
        {
            location = artifact["location"]
        }
        guard var uri = location?["uri"]?.stringValue else { return nil }
        if uri.hasPrefix("file://") { uri.removeFirst("file://".count) }
        return uri.removingPercentEscapes.trimmingPrefix("./")
    }

    /// Suppressions count unless they are under review or rejected.
    private func suppression(_ result: Value) -> Finding.Suppression? {
        let suppressions = result["suppressions"]?.arrayValue ?? []
        let statuses = suppressions.map { $0["status"]?.stringValue ?? "accepted" }
        guard !suppressions.isEmpty, statuses.allSatisfy({ $0 == "accepted" }) else { return nil }
        let justification = suppressions[0]["justification"]?.stringValue ?? "none given"
        let kind = suppressions[0]["kind"]?.stringValue ?? "inSource"
        return Finding.Suppression(by: kind, reason: justification, expires: nil)
    }

    /// The rules of the driver and of its extensions.
    private struct RuleTable {
        private let driver: [Value]
        private let extensions: [[Value]]
        private let byID: [String: Value]

        init(_ run: Value) {
            driver = run["tool", "driver", "rules"]?.arrayValue ?? []
            extensions = (run["tool", "extensions"]?.arrayValue ?? []).map { $0["rules"]?.arrayValue ?? [] }
            let all = driver + extensions.flatMap(\.self)
            let pairs = all.compactMap { rule in rule["id"]?.stringValue.map { ($0, rule) } }
            byID = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }

        func rule(of result: Value) -> Value? {
            let index = result["ruleIndex"]?.integerValue ?? result["rule", "index"]?.integerValue ?? -1
            if index >= 0 {
                var table = driver
                if let component = result["rule", "toolComponent", "index"]?.integerValue,
                    extensions.indices.contains(Int(component))
                {
                    table = extensions[Int(component)]
                }
                if table.indices.contains(Int(index)) { return table[Int(index)] }
            }
            guard let id = result["ruleId"]?.stringValue else { return nil }
            if let rule = byID[id] { return rule }
            // `CA1000/1` is a variant of the rule CA1000.
            return id.lastIndex(of: "/").flatMap { byID[String(id[..<$0])] }
        }
    }
}

extension String {
    /// The text with `%20` and its like replaced, where the result is UTF-8.
    var removingPercentEscapes: String {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        let bytes = Array(utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(validating: result, as: UTF8.self) ?? self
    }

    func trimmingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
