import Crypto

/// What a scanner found, in one form for all of them.
public struct Finding: Sendable, Hashable, Codable {
    /// Whether a vulnerability has been repaired by its authors.
    public enum FixState: String, Sendable, Hashable, Codable {
        case fixed, notFixed, wontFix, unknown
    }

    /// How a finding relates to the change.
    public enum Class: String, Sendable, Hashable, Codable {
        /// The change brought it in.
        case introduced
        /// An advisory that is new for what was there before.
        case discovered
    }

    /// Why a finding does not count.
    public struct Suppression: Sendable, Hashable, Codable {
        /// The ignore list, VEX, or the tool.
        public var by: String
        /// In the words of who suppressed it.
        public var reason: String
        /// The day the suppression ends, `2026-12-31`; nil where the report itself suppressed the finding.
        public var expires: String?
    }

    /// The scanner that reported it.
    public var tool: String
    /// Nil where the report does not say.
    public var toolVersion: String?
    /// The rule, or the id of the advisory.
    public var ruleID: String
    /// Other ids of the same advisory.
    public var aliases: [String] = []
    /// After the bands of the report's own scores.
    public var severity: Severity
    /// The CVSS score where there is one.
    public var score: Double?
    /// For people.
    public var message: String
    /// A path in the tree.
    public var path: String?
    /// Counted from 1.
    public var line: Int?
    /// The package URL of the component.
    public var component: String?
    /// The version that is there.
    public var installed: String?
    /// The versions that repair it, in the tool's order.
    public var fixedIn: [String] = []
    /// Whether there is a repair.
    public var fixState: FixState = .unknown
    /// Whether the vulnerability is known to be exploited.
    public var isExploited = false
    /// The percentile of EPSS, from 0 to 1.
    public var epss: Double?
    /// Stays the same while the finding does, though lines move.
    public var fingerprint: String = ""
    /// When the vulnerability was published, in RFC 3339; nil where nobody says so.
    public var publishedAt: String?
    /// Nil for a finding that counts.
    public var suppression: Suppression?
    /// Whether the change brought it in.
    public var classification: Class = .introduced

    /// Whether the finding is about a component and not about code.
    public var isAboutComponent: Bool { component != nil }

    /// One line for people: where, what, how bad.
    public var summary: String {
        if let component {
            let fix = fixedIn.isEmpty ? "no fix yet" : "fixed in \(fixedIn.joined(separator: ", "))"
            return "\(severity.rawValue): \(ruleID) in \(component) (\(fix)): \(message)"
        }
        let place = path.map { path in line.map { "\(path):\($0): " } ?? "\(path): " } ?? ""
        return "\(place)\(severity.rawValue): \(ruleID): \(message)"
    }
}

extension Finding {
    /// Gives every finding its fingerprint.
    ///
    /// Of code: the rule's family, the path, the text of the lines around it with white space evened out, and the
    /// how-manieth alike it is. Of components: the advisory and the package without its version.
    /// - Parameter lines: the lines of a path in the tree; nil where it cannot be read.
    public static func fingerprinted(
        _ findings: [Finding], lines: (String) -> [Substring]?
    ) -> [Finding] {
        var counts: [String: Int] = [:]
        var files: [String: [Substring]?] = [:]
        return findings.map { finding in
            var finding = finding
            let basis: String
            if let component = finding.component {
                let package =
                    component.split(separator: "@", maxSplits: 1).first.map(String.init) ?? component
                basis = "component\u{0}\(finding.ruleID)\u{0}\(package)"
            } else {
                let path = finding.path ?? ""
                if files[path] == nil { files[path] = .some(lines(path)) }
                let snippet = Self.snippet(files[path] ?? nil, around: finding.line)
                basis = "code\u{0}\(Self.family(finding.ruleID))\u{0}\(path)\u{0}\(snippet)"
            }
            let ordinal = counts[basis, default: 0]
            counts[basis] = ordinal + 1
            finding.fingerprint = SHA256.hash(data: Array("\(basis)\u{0}\(ordinal)".utf8)).hexadecimal
            return finding
        }
    }

    /// Semgrep names rules by the folder they lie in; the last part is the rule's own name.
    private static func family(_ rule: String) -> Substring {
        rule.split(separator: ".").last ?? Substring(rule)
    }

    private static func snippet(_ lines: [Substring]?, around line: Int?) -> String {
        guard let lines, let line, line >= 1, line <= lines.count else { return "" }
        let range = max(0, line - 3)...min(lines.count - 1, line + 1)
        return lines[range].map { text in
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
