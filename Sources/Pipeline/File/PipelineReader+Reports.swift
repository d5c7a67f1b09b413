import Manifest

extension PipelineReader {
    /// The reports of a step.
    mutating func reports(_ cursor: PipelineCursor) -> [ReportRequest] {
        guard cursor.node.kind == .sequence else {
            report(.e106, at: cursor, "reports must be a list, not \(cursor.kindDescription)")
            return []
        }
        var result: [ReportRequest] = []
        let formats = ReportRequest.Format.allCases.map(\.rawValue)
        let rules = KeyRules.none.later(
            "coverage", "remove it; gates on coverage come with a later version")
        for (index, item) in cursor.node.items.enumerated() {
            let place = cursor.child(item, String(index))
            let known = formats + ["fail_on", "min_tests", "max_skipped", "format", "min_diff"]
            var request: ReportRequest?
            var fields: [String: PipelineCursor] = [:]
            for entry in entries(place, known: known, rules: rules) {
                guard let format = ReportRequest.Format(rawValue: entry.name) else {
                    fields[entry.name] = entry.value
                    continue
                }
                if request != nil {
                    report(.e106, at: entry.value, "a report has one format", fix: "split the entry")
                }
                guard let path = nonEmptyText(entry.value) else { continue }
                let glob = treePath(path, at: entry.value, code: .e315) ?? "unreadable"
                request = ReportRequest(format: format, glob: glob)
            }
            guard var request else {
                let isCoverage = item.target.entries.contains { $0.key.target.scalarText == "coverage" }
                if !isCoverage, item.target.kind == .mapping {
                    report(
                        .e106, at: place, "the report has no format",
                        fix: "name one of \(formats.joined(separator: ", "))")
                }
                continue
            }
            readReportOptions(fields, into: &request)
            result.append(request)
        }
        return result
    }

    private mutating func readReportOptions(
        _ fields: [String: PipelineCursor], into request: inout ReportRequest
    ) {
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "fail_on": request.failOn = severity(value)
            case "min_tests": request.minimumTests = integer(value, in: 1...1_000_000) ?? 1
            case "max_skipped": request.maximumSkippedPercent = percent(value)
            default:
                report(
                    .e110, at: value, "\"\(name)\" belongs to coverage, which is not supported yet",
                    fix: "remove it")
            }
        }
        let isJUnit = request.format == .junit
        if !isJUnit, let place = fields["min_tests"] ?? fields["max_skipped"] {
            report(.e106, at: place, "\(place.name) belongs to junit, not to \(request.format.rawValue)")
        }
        if isJUnit, let place = fields["fail_on"] {
            report(.e106, at: place, "fail_on belongs to findings: any failing test fails a JUnit report")
        }
    }

    /// A severity by its own name, or by a level of SARIF.
    mutating func severity(_ cursor: PipelineCursor) -> Severity? {
        guard let text = text(cursor) else { return nil }
        if let severity = Severity(word: text) { return severity }
        report(
            .e809, at: cursor, "there is no severity \"\(text)\"",
            hint: "known: \(Severity.allCases.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    private mutating func percent(_ cursor: PipelineCursor) -> Double? {
        guard let text = text(cursor) else { return nil }
        if text.hasSuffix("%"), let number = Double(text.dropLast()), (0...100).contains(number) {
            return number
        }
        report(.e106, at: cursor, "\(cursor.name) is \"\(text)\", which is no share", fix: "write 5%")
        return nil
    }

    // MARK: - Policy

    /// The policy of the `security` gate.
    mutating func policy(_ cursor: PipelineCursor) -> FindingPolicy {
        var policy = FindingPolicy()
        let known = ["fail_on", "baseline", "unfixed", "ignore_file", "kev", "grace"]
        let rules = KeyRules.none.later("epss", "remove it")
        for entry in entries(cursor, known: known, rules: rules) {
            switch entry.name {
            case "fail_on":
                guard let severity = severity(entry.value) else { continue }
                policy.failOn = severity
                let loosest = context.policy.loosestFailOn
                if severity > loosest {
                    report(
                        .e801, at: entry.value,
                        "fail_on: \(severity.rawValue) is looser than the installation's",
                        fix: "write \(loosest.rawValue) or less")
                }
            case "baseline": policy.baseline = word(entry.value, FindingPolicy.Baseline.self) ?? .mergeBase
            case "unfixed": policy.unfixed = word(entry.value, FindingPolicy.Unfixed.self) ?? .fail
            case "kev": policy.blocksExploited = blocking(entry.value)
            case "grace": policy.grace = grace(entry.value)
            default:
                guard let path = nonEmptyText(entry.value) else { continue }
                policy.ignoreFile = treePath(path, at: entry.value)
            }
        }
        return policy
    }

    /// `discovered: { critical: 72h, high: 14d }`.
    private mutating func grace(_ cursor: PipelineCursor) -> FindingGrace {
        var grace = FindingGrace()
        for entry in entries(cursor, known: ["discovered"]) {
            for term in entries(entry.value, known: Severity.allCases.map(\.rawValue).reversed()) {
                guard let severity = Severity(rawValue: term.name), let text = text(term.value) else {
                    continue
                }
                guard let time = DurationSyntax.parse(text), time >= .seconds(3600) else {
                    report(
                        .e106, at: term.value, "the grace of \(term.name) is \"\(text)\"",
                        hint: "an hour or more", fix: "write 72h or 14d")
                    continue
                }
                grace.terms.append(.init(severity: severity, seconds: time.components.seconds))
            }
        }
        return grace
    }

    private mutating func blocking(_ cursor: PipelineCursor) -> Bool {
        guard let text = text(cursor) else { return true }
        if text == "block" { return true }
        report(
            text == "report" ? .e801 : .e106, at: cursor, "kev is \"\(text)\"",
            hint: "what is known to be exploited always stops a change", fix: "write block")
        return true
    }

    // MARK: - Built-in steps

    /// A built-in step and its options.
    mutating func builtin(_ cursor: PipelineCursor, options: PipelineCursor?) -> BuiltinStep {
        let names = ["semgrep", "osv", "trivy", "grype"]
        let fallback = BuiltinStep.osv(targets: [], database: nil)
        guard let name = text(cursor) else { return fallback }
        guard names.contains(name) else {
            let nearest = NameSuggestion.nearest(to: name, among: names)
            report(
                .e307, at: cursor, "there is no built-in step \"\(name)\"",
                hint: nearest.map { "did you mean \"\($0)\"?" } ?? "known: \(names.joined(separator: ", "))")
            return fallback
        }
        var known = name == "semgrep" ? ["rulesets"] : ["targets"]
        if name == "osv" { known.append("database") }
        var lists: [String: [String]] = [:]
        var database: String?
        if let options {
            for (key, value) in options.node.entries where !known.contains(key.target.scalarText) {
                let nearest = NameSuggestion.nearest(to: key.target.scalarText, among: known)
                let option = key.target.scalarText
                report(
                    .e308, at: key, pointer: options.child(value, option).pointer,
                    "\(name) has no option \"\(option)\"",
                    hint: nearest.map { "did you mean \"\($0)\"?" }
                        ?? "known: \(known.joined(separator: ", "))")
            }
            for (key, value) in options.node.entries where known.contains(key.target.scalarText) {
                let option = key.target.scalarText
                let place = options.child(value, option)
                if option == "database" {
                    database = nonEmptyText(place).flatMap { treePath($0, at: place) }
                } else if option == "rulesets" {
                    lists[option] = rulesets(place)
                } else {
                    lists[option] = texts(place).compactMap { treePath($0.0, at: $0.1) }
                }
                if option != "database", lists[option]?.isEmpty ?? true, place.node.items.isEmpty {
                    report(.e308, at: place, "\(option) is empty", fix: "remove it for the default")
                }
            }
        }
        let targets = lists["targets"] ?? []
        switch name {
        case "semgrep": return .semgrep(rulesets: lists["rulesets"] ?? ["default"])
        case "trivy": return .trivy(targets: targets)
        case "grype": return .grype(targets: targets)
        default: return .osv(targets: targets, database: database)
        }
    }

    private mutating func rulesets(_ cursor: PipelineCursor) -> [String] {
        texts(cursor).compactMap { name, place in
            if name == "default" { return name }
            let isRemote =
                name.hasPrefix("p/") || name.hasPrefix("r/") || name == "auto" || name.contains("://")
            guard !isRemote else {
                report(
                    .e808, at: place, "the rules \(name) would be fetched while the gate runs",
                    hint: "they can be others tomorrow, and the gate must work without a network",
                    fix: "write default, or a folder of the repository such as ./semgrep")
                return nil
            }
            let path = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
            guard let safe = treePath(path, at: place) else { return nil }
            if let exists = context.exists, !exists(safe) {
                report(.e308, at: place, "the rules \(name) do not exist in the tree")
            }
            return safe
        }
    }
}
