import Inventory
import Testing

@testable import Pipeline

struct AdvisoryMatchingTests {
    private func findings(_ advisories: String, _ package: PackageURL, source: Component.Source? = nil) throws
        -> [Finding]
    {
        var index = AdvisoryIndex()
        try index.add(Array(advisories.utf8), name: "advisories.json")
        var component = Component(package, location: "lock")
        component.source = source
        return index.findings(for: [component])
    }

    private func advisory(_ ecosystem: String, _ name: String, _ body: String, extra: String = "") -> String {
        #"{"id":"TEST-1","aliases":["CVE-2026-1"],"summary":"bad"\#(extra),"affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"\#(name)"},\#(body)}]}"#
    }

    private static let branches = #"""
        "ranges":[{"type":"SEMVER","events":[{"introduced":"2.0.0"},{"fixed":"2.3.1"},{"introduced":"0"},{"fixed":"1.9.4"},{"introduced":"3.0.0-beta"},{"last_affected":"3.1.0"}]}]
        """#

    @Test(arguments: [
        ("0.0.1", true), ("1.9.3", true), ("1.9.4", false), ("1.99.0", false), ("2.0.0-rc.1", false),
        ("2.0.0", true),
        ("2.3.0", true), ("2.3.1-rc.1", true), ("2.3.1", false), ("3.0.0-alpha", false), ("3.0.0-beta", true),
        ("3.1.0", true), ("3.1.1", false), ("not a version", false),
    ])
    func `events of several branches are evaluated in the order of versions`(
        _ version: String, _ affected: Bool
    ) throws {
        let found = try findings(
            advisory("npm", "left-pad", Self.branches),
            PackageURL(type: "npm", name: "left-pad", version: version))
        #expect(!found.isEmpty == affected)
    }

    @Test func `a finding names the repairs above the present version`() throws {
        let found = try findings(
            advisory("npm", "left-pad", Self.branches),
            PackageURL(type: "npm", name: "left-pad", version: "1.2.0"))
        #expect(found.first?.fixedIn == ["1.9.4", "2.3.1"])
        #expect(found.first?.fixState == .fixed)
        #expect(found.first?.component == "pkg:npm/left-pad@1.2.0")
    }

    @Test func `limits bound a range and lists of versions add to it`() throws {
        let body = #"""
            "ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"limit":"2.0.0"}]}],"versions":["5.0.0"]
            """#
        let text = advisory("crates.io", "serde", body)
        let affected = try ["0.9.0", "1.5.0", "2.0.0", "5.0.0"].filter { version in
            try !findings(text, PackageURL(type: "cargo", name: "serde", version: version)).isEmpty
        }
        #expect(affected == ["1.5.0", "5.0.0"])
    }

    @Test func `Python names and versions are compared as Python does`() throws {
        let body = #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.0rc1"}]}]"#
        let text = advisory("PyPI", "Flask_Login", body)
        let package = { PackageURL(type: "pypi", name: "flask.login", version: $0) }
        #expect(try findings(text, package("2.0b1")).count == 1)
        #expect(try findings(text, package("2.0")).isEmpty)
    }

    @Test func `Debian packages are looked up by their source and release`() throws {
        let body =
            #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.11-1~deb12u2"}]}]"#
        let text = advisory("Debian:12", "openssl", body)
        let package = PackageURL(
            type: "deb", namespace: "debian", name: "libssl3", version: "3.0.11-1~deb12u1",
            qualifiers: ["distro": "debian-12"])
        let source = Component.Source(name: "openssl", version: "3.0.11-1~deb12u1")
        #expect(try findings(text, package, source: source).count == 1)
        let fixed = Component.Source(name: "openssl", version: "3.0.11-1~deb12u2")
        #expect(try findings(text, package, source: fixed).isEmpty)
        var other = package
        other.qualifiers = ["distro": "debian-11"]
        #expect(try findings(text, other, source: source).isEmpty)
    }

    @Test func `Go modules and Swift packages are looked up by their path`() throws {
        let body = #""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.8.0"}]}]"#
        let module = PackageURL(type: "golang", namespace: "golang.org/x", name: "net", version: "v1.7.0")
        #expect(try findings(advisory("Go", "golang.org/x/net", body), module).count == 1)
        let swift = PackageURL(type: "swift", namespace: "github.com/Vapor", name: "Vapor", version: "1.7.9")
        #expect(
            try findings(advisory("SwiftURL", "https://github.com/vapor/vapor.git", body), swift).count == 1)
    }

    @Test func `severity comes from the vector, else from the database, else counts as high`() throws {
        let body = #""ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]"#
        let package = PackageURL(type: "npm", name: "x", version: "1.0.0")
        func severity(_ extra: String) throws -> Severity? {
            try findings(advisory("npm", "x", body, extra: extra), package).first?.severity
        }
        let vector =
            #","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]"#
        #expect(try severity(vector) == .critical)
        #expect(try severity(#","database_specific":{"severity":"MODERATE"}"#) == .medium)
        #expect(try severity("") == .high)
    }

    @Test func `withdrawn advisories are not counted and broken ones stop the scan`() throws {
        let withdrawn = advisory(
            "npm", "x", #""versions":["1.0.0"]"#, extra: #","withdrawn":"2026-01-01T00:00:00Z""#)
        #expect(try findings(withdrawn, PackageURL(type: "npm", name: "x", version: "1.0.0")).isEmpty)
        #expect(throws: PipelineError.self) {
            try findings("{}", PackageURL(type: "npm", name: "x", version: "1"))
        }
        #expect(throws: PipelineError.self) {
            try findings("{", PackageURL(type: "npm", name: "x", version: "1"))
        }
    }
}
