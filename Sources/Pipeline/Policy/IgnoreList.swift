public import KubeModel
import Manifest

/// The findings that a repository has decided to live with for a while, and who answers for that.
public struct IgnoreList: Sendable, Hashable {
    /// One decision.
    public struct Entry: Sendable, Hashable {
        /// The rule or advisory, never a pattern.
        public var id: String
        /// Where it holds: all that are given must fit.
        public var service: String?
        /// The package URL it is limited to.
        public var component: String?
        /// The path it is limited to.
        public var path: String?
        /// Why it may be ignored.
        public var reason: String
        /// Who has decided so.
        public var owner: String
        /// The last day, `2026-12-31`.
        public var expires: String
        /// Where the entry stands, for messages.
        public var line: Int

        /// Whether the entry is about a finding.
        func covers(_ finding: Finding, service: String) -> Bool {
            guard finding.ruleID == id || finding.aliases.contains(id) else { return false }
            if let own = self.service, own != service { return false }
            if let path, !Glob(path).matches(finding.path ?? "") { return false }
            if let component {
                guard let other = finding.component else { return false }
                // A package URL without a version stands for every version.
                guard other == component || other.hasPrefix("\(component)@") else { return false }
            }
            return true
        }
    }

    /// In the order of the file.
    public var entries: [Entry] = []
    /// What the file is called in messages.
    public var name: String

    /// A list of nothing.
    public init(name: String = "none") { self.name = name }
}

extension IgnoreList {
    /// Reads a file of ignores; every fault is told, and an entry with a fault ignores nothing.
    ///
    /// - Parameter date: the present day, against which expiry counts.
    public static func read(
        _ bytes: [UInt8], name: String, date: Timestamp, policy: OrganizationPolicy = OrganizationPolicy()
    ) -> (list: IgnoreList, diagnostics: [PipelineDiagnostic]) {
        var reader = PipelineReader(file: name, context: PipelineContext(policy: policy))
        var list = IgnoreList(name: name)
        do {
            let stream = try YAMLStream(bytes, file: nil, limits: .init(depth: 16, bytes: 1 << 20))
            guard let document = stream.documents.first, !document.root.isEmpty else { return (list, []) }
            let root = PipelineCursor(document.root)
            for entry in reader.entries(root, known: ["version", "ignores"]) {
                guard entry.name == "ignores" else {
                    _ = reader.integer(entry.value, in: 1...1, code: .e107)
                    continue
                }
                guard entry.value.node.kind == .sequence else {
                    reader.report(.e106, at: entry.value, "ignores must be a list")
                    continue
                }
                for (index, item) in entry.value.node.items.enumerated() {
                    let place = entry.value.child(item, String(index))
                    if let ignore = reader.ignore(place, date: date) { list.entries.append(ignore) }
                }
            }
        } catch {
            reader.report(
                PipelineDiagnostic(
                    code: .e102, weight: .error, file: name, line: error.position?.line ?? 1,
                    column: error.position?.column ?? 1, pointer: "", message: error.message))
        }
        return (list, reader.diagnostics)
    }
}

extension PipelineReader {
    fileprivate mutating func ignore(_ cursor: PipelineCursor, date: Timestamp) -> IgnoreList.Entry? {
        let faults = diagnostics.count
        var fields: [String: String] = [:]
        var scope: [String: String] = [:]
        var places: [String: PipelineCursor] = [:]
        let known = ["id", "scope", "reason", "owner", "expires", "evidence_url"]
        for entry in entries(cursor, known: known) {
            places[entry.name] = entry.value
            guard entry.name == "scope" else {
                fields[entry.name] = nonEmptyText(entry.value)
                continue
            }
            for field in entries(entry.value, known: ["service", "purl", "path"]) {
                scope[field.name] = nonEmptyText(field.value)
            }
        }
        let missing =
            ["id", "reason", "owner", "expires"].filter { fields[$0] == nil }
            + (scope.isEmpty ? ["scope"] : [])
        if !missing.isEmpty, cursor.node.kind == .mapping {
            report(
                .e802, at: cursor,
                "the ignore of \(fields["id"] ?? "nothing") has no \(missing.joined(separator: ", "))",
                hint: "whoever ignores a finding says where, why, who answers for it, and until when")
        }
        if let id = fields["id"], let place = places["id"], id.contains("*") || id.contains("?") {
            report(.e806, at: place, "the id \(id) is a pattern", fix: "write an entry for each id")
        }
        if let expires = fields["expires"], let place = places["expires"] {
            checkExpiry(
                expires, of: fields["id"] ?? "", owner: fields["owner"] ?? "nobody", at: place, date: date)
        }
        guard diagnostics.count == faults else { return nil }
        return IgnoreList.Entry(
            id: fields["id"] ?? "", service: scope["service"], component: scope["purl"], path: scope["path"],
            reason: fields["reason"] ?? "", owner: fields["owner"] ?? "", expires: fields["expires"] ?? "",
            line: cursor.node.position.line)
    }

    private mutating func checkExpiry(
        _ text: String, of id: String, owner: String, at cursor: PipelineCursor, date: Timestamp
    ) {
        guard let day = Self.day(text) else {
            report(.e802, at: cursor, "expires is \"\(text)\", which is no day", fix: "write 2026-12-31")
            return
        }
        let today = date.seconds / 86_400
        let last = day.seconds / 86_400
        if last < today {
            report(
                .e804, at: cursor, "the ignore of \(id) expired on \(text)",
                hint: "\(owner) answers for it", fix: "repair the finding, or decide anew with a new day")
        } else if last - today > Int64(context.policy.maximumIgnoreDays) {
            report(
                .e803, at: cursor, "the ignore of \(id) runs to \(text)",
                hint: "the most is \(context.policy.maximumIgnoreDays) days", fix: "choose a day sooner")
        }
    }

    private static func day(_ text: String) -> Timestamp? {
        let isDay = text.utf8.count == 10 && text.split(separator: "-").count == 3
        return isDay ? Timestamp(rfc3339: "\(text)T00:00:00Z") : Timestamp(rfc3339: text)
    }
}
