import Manifest

/// What a scanner's report says: findings, and whether the scanner did its work.
public struct FindingReport: Sendable, Hashable {
    /// The scanner as it names itself.
    public var tool: String
    /// Nil where the report does not say.
    public var toolVersion: String?
    /// What counts as a finding, levels and suppressions read.
    public var findings: [Finding] = []
    /// What the scanner looked at: paths of files, or the targets it recognised; nil where the format does not tell.
    public var looked: [String]?
    /// Why the scanner's work is not complete; such a report fails its step.
    public var incompleteness: [String] = []
}

extension FindingReport {
    /// The most bytes of a report.
    public static let maximumSize = 64 << 20

    /// Reads a report of a format that holds findings.
    ///
    /// - Throws: ``PipelineError`` `invalidReport`.
    public init(
        _ format: ReportRequest.Format, _ bytes: [UInt8], name: String
    ) throws(PipelineError) {
        guard bytes.count <= Self.maximumSize else {
            throw PipelineError(.invalidReport, "\(name) has more than 64 MiB")
        }
        let value: Value
        do {
            value = try JSON.parse(bytes)
        } catch {
            throw PipelineError(.invalidReport, "\(name) is no JSON: \(error); was the scanner cut short?")
        }
        guard value.objectValue != nil else {
            throw PipelineError(.invalidReport, "\(name) is no report: it holds \(value.kindDescription)")
        }
        switch format {
        case .sarif: self = try SARIFReader(name: name).read(value)
        case .semgrep: self = try SemgrepReader(name: name).read(value)
        case .trivy: self = try TrivyReader(name: name).read(value)
        case .grype: self = try GrypeReader(name: name).read(value)
        case .cyclonedx: self = try CycloneDXReader(name: name).read(value)
        case .junit: throw PipelineError(.invalidReport, "\(name) is a JUnit report, which has no findings")
        }
    }
}

extension Value {
    /// The texts of a list; an empty list where there is none.
    var texts: [String] { (arrayValue ?? []).compactMap(\.stringValue) }
}
