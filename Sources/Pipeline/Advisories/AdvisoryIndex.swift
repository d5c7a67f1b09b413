public import Inventory
import Manifest

/// Advisories by the packages they are about.
public struct AdvisoryIndex: Sendable {
    private var byPackage: [String: [Entry]] = [:]
    /// How many advisories there are, withdrawn ones not counted.
    public private(set) var count = 0

    private struct Entry: Sendable {
        var advisory: Advisory
        var affected: Advisory.Affected
    }

    /// An index of nothing.
    public init() {}

    /// Adds an advisory, or a list of them, in OSV's JSON.
    ///
    /// - Throws: ``PipelineError`` `invalidAdvisories`: a database that cannot be read whole is not used.
    public mutating func add(_ bytes: [UInt8], name: String) throws(PipelineError) {
        let value: Value
        do {
            value = try JSON.parse(bytes)
        } catch {
            throw PipelineError(.invalidAdvisories, "\(name) is no JSON: \(error)")
        }
        for entry in value.arrayValue ?? [value] { try add(entry, name: name) }
    }

    private mutating func add(_ value: Value, name: String) throws(PipelineError) {
        let advisory = try Advisory(value, name: name)
        guard !advisory.isWithdrawn else { return }
        count += 1
        for affected in advisory.affected {
            let key = Self.key(affected.ecosystem, affected.name)
            byPackage[key, default: []].append(Entry(advisory: advisory, affected: affected))
        }
    }

    /// The vulnerabilities of components, one finding for each.
    ///
    /// A finding that nobody has rated counts as high, so that it is looked at.
    public func findings(for components: [Component]) -> [Finding] {
        var findings: [Finding] = []
        for component in components {
            for (name, version) in Self.lookups(component) {
                for entry in byPackage[name] ?? [] {
                    guard let match = entry.affected.match(version) else { continue }
                    findings.append(Self.finding(component, version, entry, match))
                }
            }
        }
        return findings
    }

    private static func finding(
        _ component: Component, _ version: String, _ entry: Entry, _ match: AdvisoryMatch
    ) -> Finding {
        let advisory = entry.advisory
        var finding = Finding(
            tool: "osv", ruleID: advisory.id, aliases: advisory.aliases,
            severity: match.severity ?? advisory.severity ?? .high, message: advisory.summary)
        finding.score = advisory.score
        finding.publishedAt = advisory.published
        finding.component = component.package.description
        finding.installed = version
        finding.path = component.location
        finding.line = component.line
        finding.fixedIn = match.fixedIn
        finding.fixState = match.fixedIn.isEmpty ? .notFixed : .fixed
        return finding
    }

    /// The keys under which a component's advisories stand, and the version each counts.
    private static func lookups(_ component: Component) -> [(key: String, version: String)] {
        let package = component.package
        let version = package.version ?? ""
        let full = [package.namespace, package.name].compactMap(\.self).joined(separator: "/")
        switch package.type {
        case "npm": return [(key("npm", full), version)]
        case "pypi": return [(key("PyPI", package.name), version)]
        case "golang": return [(key("Go", full), version)]
        case "cargo": return [(key("crates.io", package.name), version)]
        case "swift", "github": return [(key("SwiftURL", swiftName(package)), version)]
        case "deb":
            // Debian's advisories name source packages; the release is part of the ecosystem.
            let name = component.source?.name ?? package.name
            let sourceVersion = component.source?.version ?? version
            let release = release(of: package)
            let distribution = package.namespace == "ubuntu" ? "Ubuntu" : "Debian"
            let names = release.map { ["\(distribution):\($0)", distribution] } ?? [distribution]
            return names.map { (key($0, name), sourceVersion) }
        default: return []
        }
    }

    /// `debian-12` in the qualifier `distro` is the release 12.
    private static func release(of package: PackageURL) -> String? {
        guard let distro = package.qualifiers["distro"] else { return nil }
        return distro.split(separator: "-").last.map(String.init)
    }

    private static func swiftName(_ package: PackageURL) -> String {
        let host = package.type == "github" ? "github.com" : nil
        return [host, package.namespace, package.name].compactMap(\.self).joined(separator: "/")
    }

    private static func key(_ ecosystem: String, _ name: String) -> String {
        var name = name
        switch ecosystem.split(separator: ":").first {
        case "PyPI": name = PackageURL.normalizedPythonName(name)
        case "SwiftURL":
            name = name.lowercased()
            for prefix in ["https://", "http://", "git://"] { name = name.trimmingPrefix(prefix) }
            if name.hasSuffix(".git") { name = String(name.dropLast(4)) }
        default: break
        }
        return "\(ecosystem)\u{0}\(name)"
    }
}
