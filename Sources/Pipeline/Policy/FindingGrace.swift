import KubeModel

/// How long a vulnerability of what was there before a change may stay, counted from the day it was published.
///
/// Who repairs it in time is never stopped by it; after that time nothing lands without the repair.
public struct FindingGrace: Sendable, Hashable, Codable {
    /// The time for one severity.
    public struct Term: Sendable, Hashable, Codable {
        /// For findings of this severity.
        public var severity: Severity
        /// Counted from the day of publication.
        public var seconds: Int64

        /// Gives findings of a severity a time.
        public init(severity: Severity, seconds: Int64) {
            self.severity = severity
            self.seconds = seconds
        }
    }

    /// At most one for each severity; those without may stay for ever.
    public var terms: [Term] = []

    /// A grace of some terms; none gives no time.
    public init(terms: [Term] = []) { self.terms = terms }

    /// Why a finding may not stay any longer; nil where it may, or where nobody knows since when it is known.
    func expiry(of finding: Finding, at date: Timestamp) -> String? {
        // What is exploited has no more time than the worst.
        let severity = finding.isExploited ? .critical : finding.severity
        guard let term = terms.first(where: { $0.severity == severity }),
            let published = finding.publishedAt.flatMap({ Timestamp(rfc3339: $0) }),
            date > published.advanced(by: .seconds(term.seconds))
        else { return nil }
        let days = term.seconds / 86_400
        let time = days > 0 ? "\(days) day\(days == 1 ? "" : "s")" : "\(term.seconds / 3600) hours"
        return "is known since \(published.rfc3339.prefix(10)), longer than the \(time) of grace"
    }
}
