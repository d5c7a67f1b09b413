/// How bad a finding is, lowest first.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case info, low, medium, high, critical

    /// Whether a severity is less than another.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The band of a CVSS score; nil for 0 and for what is no score.
    ///
    /// The bands are those of CVSS itself, which puts 9.0 into `critical`.
    init?(score: Double) {
        switch score {
        case 9.0...10.0: self = .critical
        case 7.0..<9.0: self = .high
        case 4.0..<7.0: self = .medium
        case 0.000_1..<4.0: self = .low
        default: return nil
        }
    }

    /// Reads the words of scanners in any case: `warning` and `moderate` are medium, `error` is high,
    /// `negligible`, `note` and `none` are less than low. Nil for any other word.
    init?(word: String) {
        switch word.lowercased() {
        case "critical": self = .critical
        case "high", "error", "important": self = .high
        case "medium", "moderate", "warning": self = .medium
        case "low", "minor", "note": self = .low
        case "info", "informational", "negligible", "none", "inventory", "experiment": self = .info
        default: return nil
        }
    }
}
