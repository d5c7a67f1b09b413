import Inventory
import Manifest

/// An advisory in the OSV format, as far as it decides whether a package is affected.
///
/// Source: Open Source Vulnerability format 1.7.
public struct Advisory: Sendable, Hashable {
    /// A package that is affected in some of its versions.
    struct Affected: Sendable, Hashable {
        var ecosystem: String
        var name: String
        var ranges: [Range]
        /// Versions that are affected besides those of the ranges.
        var versions: [String]
        var severity: Severity?
    }

    struct Range: Sendable, Hashable {
        /// `SEMVER`, `ECOSYSTEM` or `GIT`.
        var type: String
        var events: [Event]
    }

    enum Event: Sendable, Hashable {
        case introduced(String)
        case fixed(String)
        case lastAffected(String)
        case limit(String)
    }

    /// `GHSA-…`, `PYSEC-…`, `GO-…`, `RUSTSEC-…`, `DSA-…`.
    public var id: String
    /// Other names of the same, such as its CVE.
    public var aliases: [String]
    /// One line.
    public var summary: String
    /// When it was published, in RFC 3339.
    public var published: String?
    /// Whether the advisory has been taken back.
    public var isWithdrawn: Bool
    /// In words; nil where only a score, or nothing, is known.
    public var severity: Severity?
    /// CVSS, 0 to 10.
    public var score: Double?
    var affected: [Affected]
}

extension Advisory {
    /// Reads an advisory.
    ///
    /// - Throws: ``PipelineError`` `invalidAdvisories` where it has no id or no list of affected packages.
    init(_ value: Value, name: String) throws(PipelineError) {
        guard let id = value["id"]?.stringValue, !id.isEmpty else {
            throw PipelineError(.invalidAdvisories, "\(name) is no advisory in OSV format: it has no id")
        }
        self.id = id
        aliases = (value["aliases"]?.texts ?? []) + (value["upstream"]?.texts ?? [])
        summary = value["summary"]?.stringValue ?? value["details"]?.stringValue.map(Self.firstLine) ?? id
        published = value["published"]?.stringValue
        isWithdrawn = value["withdrawn"]?.stringValue != nil
        let scores = Self.scores(value["severity"])
        score = scores.max()
        let word = value["database_specific", "severity"]?.stringValue
        severity = scores.max().flatMap { Severity(score: $0) } ?? word.flatMap { Severity(word: $0) }
        affected = (value["affected"]?.arrayValue ?? []).compactMap(Affected.init)
    }

    private static func firstLine(_ text: String) -> String {
        String(text.split(whereSeparator: \.isNewline).first ?? "")
    }

    fileprivate static func scores(_ value: Value?) -> [Double] {
        (value?.arrayValue ?? []).compactMap { entry in
            guard let text = entry["score"]?.stringValue else { return nil }
            return CVSSScore.base(text) ?? Double(text)
        }
    }

    /// The version order of an ecosystem, without its release (`Debian:12`); nil for one that is not known.
    static func order(of ecosystem: String) -> VersionOrder? {
        switch ecosystem.split(separator: ":").first {
        case "npm", "crates.io", "Go", "SwiftURL", "GitHub Actions", "Hex", "Pub": .semantic
        case "PyPI": .python
        case "Debian", "Ubuntu": .debian
        default: nil
        }
    }
}

extension Advisory.Affected {
    fileprivate init?(_ value: Value) {
        guard let ecosystem = value["package", "ecosystem"]?.stringValue,
            let name = value["package", "name"]?.stringValue
        else { return nil }
        self.ecosystem = ecosystem
        self.name = name
        versions = value["versions"]?.texts ?? []
        ranges = (value["ranges"]?.arrayValue ?? []).map { range in
            Advisory.Range(
                type: range["type"]?.stringValue ?? "ECOSYSTEM",
                events: (range["events"]?.arrayValue ?? []).flatMap(Self.events))
        }
        let scores = Advisory.scores(value["severity"])
        let words = [value["ecosystem_specific", "severity"], value["database_specific", "severity"]]
        let named = words.lazy.compactMap { $0?.stringValue.flatMap { Severity(word: $0) } }.first
        severity = scores.max().flatMap { Severity(score: $0) } ?? named
    }

    private static func events(_ value: Value) -> [Advisory.Event] {
        var events: [Advisory.Event] = []
        if let version = value["introduced"]?.stringValue { events.append(.introduced(version)) }
        if let version = value["fixed"]?.stringValue { events.append(.fixed(version)) }
        if let version = value["last_affected"]?.stringValue { events.append(.lastAffected(version)) }
        if let version = value["limit"]?.stringValue { events.append(.limit(version)) }
        return events
    }
}
