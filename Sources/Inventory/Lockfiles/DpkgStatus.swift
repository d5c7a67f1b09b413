/// The database of dpkg: stanzas of `Field: value` lines (deb-status(5)).
enum DpkgStatus {
    static func components(
        of bytes: [UInt8], location: String, distribution: Distribution?
    ) throws(InventoryError) -> [Component] {
        var components: [Component] = []
        var fields: [String: String] = [:]
        var start = 1
        // A stray byte of another encoding in a description must not hide the packages.
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            if line.isEmpty {
                if let component = component(fields, start, location, distribution) {
                    components.append(component)
                }
                fields = [:]
                start = index + 2
                continue
            }
            if line.first == " " || line.first == "\t" { continue }
            guard let colon = line.firstIndex(of: ":") else {
                throw InventoryError(
                    .syntax, "a line of the package database has no field name", line: index + 1)
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields[String(line[..<colon])] = String(value)
        }
        if let component = component(fields, start, location, distribution) { components.append(component) }
        return components
    }

    private static func component(
        _ fields: [String: String], _ line: Int, _ location: String, _ distribution: Distribution?
    ) -> Component? {
        guard let name = fields["Package"], let version = fields["Version"] else { return nil }
        // Images without a package manager keep no status; everything they list is there.
        if let status = fields["Status"], !status.hasSuffix(" installed") { return nil }
        var qualifiers: [String: String] = [:]
        if let architecture = fields["Architecture"] { qualifiers["arch"] = architecture }
        if let distribution {
            qualifiers["distro"] = distribution.identifier + (distribution.version.map { "-\($0)" } ?? "")
        }
        var source = Component.Source(name: name, version: version)
        if let text = fields["Source"] {
            let parts = text.split(separator: " ", maxSplits: 1)
            source.name = String(parts[0])
            if parts.count == 2 { source.version = String(parts[1].filter { $0 != "(" && $0 != ")" }) }
        }
        let package = PackageURL(
            type: "deb", namespace: distribution?.identifier ?? "debian", name: name, version: version,
            qualifiers: qualifiers)
        return Component(package, location: location, line: line, source: source)
    }
}
