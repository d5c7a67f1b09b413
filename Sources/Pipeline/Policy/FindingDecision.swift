public import KubeModel

/// What a policy makes of the findings of a commit, with the rule that decided each.
public struct FindingDecision: Sendable, Hashable, Codable {
    /// A finding and what was decided.
    public struct Judged: Sendable, Hashable, Codable {
        /// What was found.
        public var finding: Finding
        /// Whether the finding fails the gate.
        public var blocks: Bool
        /// The rule that decided.
        public var rule: String
    }

    /// Every finding, with what was decided about it.
    public var judged: [Judged] = []
    /// Ignores that no finding matched, for a warning.
    public var unusedIgnores: [String] = []

    /// The findings that fail the gate.
    public var blocking: [Finding] { judged.filter(\.blocks).map(\.finding) }
}

/// What a change is compared with.
public struct FindingBaseline: Sendable, Hashable {
    /// Fingerprints of findings in code at the base; nil where the base was not scanned.
    public var fingerprints: Set<String>?
    /// Package URLs of the base's components; nil where they are not known.
    public var components: Set<String>?

    /// A base of which nothing is known: everything counts as brought in by the change.
    public init(fingerprints: Set<String>? = nil, components: Set<String>? = nil) {
        self.fingerprints = fingerprints
        self.components = components
    }

    /// How a finding relates to the change.
    func classify(_ finding: Finding) -> Finding.Class {
        if let component = finding.component {
            guard let components else { return .introduced }
            return components.contains(component) ? .discovered : .introduced
        }
        guard let fingerprints else { return .introduced }
        return fingerprints.contains(finding.fingerprint) ? .discovered : .introduced
    }
}

extension FindingPolicy {
    /// Judges findings: merge what tools say twice, suppress what is ignored, compare with the base, apply the threshold.
    ///
    /// - Parameter date: the present moment, for what may stay for a time; nil where nothing of that kind is judged.
    public func decide(
        _ findings: [Finding], ignores: IgnoreList = IgnoreList(),
        baseline: FindingBaseline = FindingBaseline(),
        service: String, failOn threshold: Severity? = nil, at date: Timestamp? = nil
    ) -> FindingDecision {
        var decision = FindingDecision()
        var used: Set<Int> = []
        for finding in Self.merged(findings) {
            var finding = finding
            let isKnownExploit = finding.isExploited
            if let index = ignores.entries.firstIndex(where: { $0.covers(finding, service: service) }) {
                used.insert(index)
                // An exploited vulnerability cannot be ignored (E807); the entry counts as used and does nothing.
                if !isKnownExploit || !blocksExploited {
                    let entry = ignores.entries[index]
                    finding.suppression = .init(by: entry.owner, reason: entry.reason, expires: entry.expires)
                }
            }
            finding.classification = self.baseline == .none ? .introduced : baseline.classify(finding)
            decision.judged.append(judge(finding, threshold: threshold ?? failOn, at: date))
        }
        decision.unusedIgnores = ignores.entries.indices.filter { !used.contains($0) }.map { index in
            let entry = ignores.entries[index]
            return "\(ignores.name):\(entry.line): warning E805: the ignore of \(entry.id) matches nothing"
        }
        return decision
    }

    private func judge(
        _ finding: Finding, threshold: Severity, at date: Timestamp?
    ) -> FindingDecision.Judged {
        func verdict(_ blocks: Bool, _ rule: String) -> FindingDecision.Judged {
            .init(finding: finding, blocks: blocks, rule: rule)
        }
        if let suppression = finding.suppression {
            let until = suppression.expires.map { " until \($0)" } ?? ""
            return verdict(false, "ignored by \(suppression.by)\(until): \(suppression.reason)")
        }
        guard finding.classification == .introduced else {
            if let date, let expiry = grace.expiry(of: finding, at: date) { return verdict(true, expiry) }
            return verdict(false, "was there before the change")
        }
        if finding.isExploited, blocksExploited { return verdict(true, "is known to be exploited") }
        guard finding.severity >= threshold else {
            return verdict(false, "\(finding.severity.rawValue) is less than \(threshold.rawValue)")
        }
        let isUnfixed = finding.isAboutComponent && finding.fixedIn.isEmpty && finding.fixState != .fixed
        if isUnfixed, unfixed == .report { return verdict(false, "nobody has repaired it yet") }
        return verdict(true, "\(finding.severity.rawValue) is \(threshold.rawValue) or more")
    }

    /// One finding for what several tools say of one component: the same advisory by any of its names.
    static func merged(_ findings: [Finding]) -> [Finding] {
        var result: [Finding] = []
        var places: [String: Int] = [:]
        for finding in findings {
            guard let component = finding.component else {
                result.append(finding)
                continue
            }
            let keys = ([finding.ruleID] + finding.aliases).map { "\(component)\u{0}\($0)" }
            if let place = keys.lazy.compactMap({ places[$0] }).first {
                result[place].merge(finding)
                for key in keys { places[key] = place }
            } else {
                for key in keys { places[key] = result.count }
                result.append(finding)
            }
        }
        return result
    }
}

extension Finding {
    /// Takes over what another tool knows of the same vulnerability; the worse opinion counts.
    mutating func merge(_ other: Finding) {
        severity = max(severity, other.severity)
        score = [score, other.score].compactMap(\.self).max()
        let names = [other.ruleID] + other.aliases
        aliases += names.filter { $0 != ruleID && !aliases.contains($0) }
        if fixedIn.isEmpty { fixedIn = other.fixedIn }
        if fixState == .unknown { fixState = other.fixState }
        isExploited = isExploited || other.isExploited
        epss = [epss, other.epss].compactMap(\.self).max()
        publishedAt = [publishedAt, other.publishedAt].compactMap(\.self).min()
        if suppression != nil, other.suppression == nil { suppression = nil }
    }
}
