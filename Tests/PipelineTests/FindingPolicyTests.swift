import Foundation
import KubeModel
import TestSupport
import Testing

@testable import Pipeline

struct FindingPolicyTests {
    private func code(_ severity: Severity, rule: String = "r", path: String = "a.py", line: Int = 3)
        -> Finding
    {
        var finding = Finding(tool: "t", ruleID: rule, severity: severity, message: "m")
        finding.path = path
        finding.line = line
        return finding
    }

    private func component(_ severity: Severity, _ id: String = "CVE-1", _ package: String = "pkg:npm/p@1")
        -> Finding
    {
        var finding = Finding(tool: "t", ruleID: id, severity: severity, message: "m")
        finding.component = package
        finding.fixedIn = ["2"]
        return finding
    }

    private func blocked(_ decision: FindingDecision) -> [String] { decision.blocking.map(\.ruleID) }

    @Test func `findings at or above the threshold block`() {
        let findings = Severity.allCases.map { code($0, rule: $0.rawValue) }
        #expect(blocked(FindingPolicy().decide(findings, service: "s")) == ["high", "critical"])
    }

    @Test func `what was there before the change is reported and does not block`() {
        var findings = [code(.critical, rule: "old"), code(.critical, rule: "new")]
        findings = Finding.fingerprinted(findings) { _ in nil }
        let baseline = FindingBaseline(
            fingerprints: [findings[0].fingerprint], components: ["pkg:npm/old@1"])
        findings += [
            component(.critical, "CVE-OLD", "pkg:npm/old@1"),
            component(.critical, "CVE-NEW", "pkg:npm/new@1"),
        ]
        let decision = FindingPolicy().decide(findings, baseline: baseline, service: "s")
        #expect(blocked(decision) == ["new", "CVE-NEW"])
        #expect(
            decision.judged.map(\.finding.classification) == [
                .discovered, .introduced, .discovered, .introduced,
            ])
        var strict = FindingPolicy()
        strict.baseline = .none
        #expect(strict.decide(findings, baseline: baseline, service: "s").blocking.count == 4)
    }

    @Test func `what was there before may stay for its time of grace, and no longer`() throws {
        var policy = FindingPolicy()
        policy.grace.terms = [
            .init(severity: .critical, seconds: 72 * 3600), .init(severity: .high, seconds: 14 * 86_400),
        ]
        var finding = component(.high, "CVE-OLD", "pkg:npm/old@1")
        finding.publishedAt = "2026-01-01T00:00:00Z"
        let baseline = FindingBaseline(fingerprints: [], components: ["pkg:npm/old@1"])
        func blocks(_ finding: Finding, _ day: String) throws -> Bool {
            let date = try #require(Timestamp(rfc3339: "\(day)T00:00:01Z"))
            return !policy.decide([finding], baseline: baseline, service: "s", at: date).blocking.isEmpty
        }
        #expect(try !blocks(finding, "2026-01-14"))
        #expect(try blocks(finding, "2026-01-15"))
        // What is exploited has the time of the worst.
        finding.isExploited = true
        #expect(try !blocks(finding, "2026-01-03"))
        #expect(try blocks(finding, "2026-01-04"))
        // Nobody knows since when, or there is no term.
        finding.publishedAt = nil
        #expect(try !blocks(finding, "2030-01-01"))
        #expect(try !blocks(component(.medium, "CVE-M", "pkg:npm/old@1"), "2030-01-01"))
    }

    @Test func `without a known base everything counts as brought in`() {
        #expect(blocked(FindingPolicy().decide([component(.high)], service: "s")) == ["CVE-1"])
    }

    @Test func `vulnerabilities without a repair can be reported only`() {
        var finding = component(.critical)
        finding.fixedIn = []
        finding.fixState = .notFixed
        var policy = FindingPolicy()
        #expect(policy.decide([finding], service: "s").blocking.count == 1)
        policy.unfixed = .report
        #expect(policy.decide([finding], service: "s").blocking.isEmpty)
        #expect(policy.decide([code(.critical)], service: "s").blocking.count == 1)
    }

    @Test func `exploited vulnerabilities block at any severity and cannot be ignored`() throws {
        var finding = component(.low)
        finding.isExploited = true
        let ignores = try list(
            "{ id: CVE-1, scope: { purl: pkg:npm/p }, reason: r, owner: o, expires: 2026-02-01 }")
        #expect(FindingPolicy().decide([finding], ignores: ignores, service: "s").blocking.count == 1)
    }

    @Test func `two tools that name one vulnerability differently make one finding`() {
        var one = component(.low, "CVE-1")
        one.aliases = ["GHSA-1"]
        var other = component(.critical, "GHSA-1")
        other.isExploited = true
        let decision = FindingPolicy().decide([one, other], service: "s")
        #expect(decision.judged.count == 1)
        #expect(decision.blocking.first?.severity == .critical)
    }

    // MARK: - Ignores

    /// 2026-01-15
    private static let today = Timestamp(seconds: 1_768_435_200)

    private func read(_ entry: String) -> (list: IgnoreList, diagnostics: [PipelineDiagnostic]) {
        IgnoreList.read(Array("ignores:\n  - \(entry)\n".utf8), name: "ignore.yaml", date: Self.today)
    }

    private func list(_ entry: String) throws -> IgnoreList {
        let (list, diagnostics) = read(entry)
        try #require(diagnostics.isEmpty, "\(diagnostics)")
        return list
    }

    @Test func `an ignore with owner, reason and a day covers what its scope names`() throws {
        let ignores = try list(
            "{ id: r, scope: { path: \"src/**\" }, reason: generated, owner: ann, expires: 2026-03-01 }")
        let findings = [code(.high, path: "src/x/a.py"), code(.high, path: "lib/a.py")]
        let decision = FindingPolicy().decide(findings, ignores: ignores, service: "s")
        #expect(decision.blocking.map(\.path) == ["lib/a.py"])
        #expect(decision.judged.first?.rule == "ignored by ann until 2026-03-01: generated")
        #expect(decision.unusedIgnores.isEmpty)
    }

    @Test func `an alias of the advisory is as good as its id, another service is not`() throws {
        var finding = component(.high, "GHSA-1")
        finding.aliases = ["CVE-7"]
        let entry =
            "{ id: CVE-7, scope: { service: orders, purl: pkg:npm/p }, reason: r, owner: o, expires: 2026-02-01 }"
        let ignores = try list(entry)
        #expect(FindingPolicy().decide([finding], ignores: ignores, service: "orders").blocking.isEmpty)
        let other = FindingPolicy().decide([finding], ignores: ignores, service: "billing")
        #expect(other.blocking.count == 1)
        #expect(other.unusedIgnores.first?.contains("E805") == true)
    }

    @Test(arguments: [
        (DiagnosticCode.e802, "{ id: r, scope: { path: a }, reason: r, expires: 2026-02-01 }"),
        (.e802, "{ id: r, reason: r, owner: o, expires: 2026-02-01 }"),
        (.e802, "{ id: r, scope: { path: a }, reason: r, owner: o, expires: tomorrow }"),
        (.e803, "{ id: r, scope: { path: a }, reason: r, owner: o, expires: 2026-12-31 }"),
        (.e804, "{ id: r, scope: { path: a }, reason: r, owner: o, expires: 2026-01-14 }"),
        (.e806, "{ id: \"CVE-*\", scope: { path: a }, reason: r, owner: o, expires: 2026-02-01 }"),
        (.e105, "{ id: r, scope: { path: a }, reason: r, owner: o, expires: 2026-02-01, why: x }"),
    ])
    func `an ignore that is not complete, or over, is a fault and ignores nothing`(
        _ code: DiagnosticCode, _ entry: String
    ) {
        let (list, diagnostics) = read(entry)
        #expect(diagnostics.map(\.code) == [code])
        #expect(list.entries.isEmpty)
    }

    @Test func `an ignore holds on its last day`() throws {
        _ = try list("{ id: r, scope: { path: a }, reason: r, owner: o, expires: 2026-01-15 }")
    }

    // MARK: - Fingerprints

    @Test func `a fingerprint survives moved lines and white space and changes with the code`() {
        let before = ["import os", "", "def f(x):", "    os.system(x)", "    return 1"]
        let moved = ["# new", "# lines"] + before.map { $0.replacing("    ", with: "\t") }
        func fingerprint(_ lines: [String], _ line: Int) -> String {
            let finding = code(.high, line: line)
            let texts = lines.map { Substring($0) }
            return Finding.fingerprinted([finding]) { _ in texts }[0].fingerprint
        }
        #expect(fingerprint(before, 4) == fingerprint(moved, 6))
        var changed = before
        changed[3] = "    os.system(y)"
        #expect(fingerprint(before, 4) != fingerprint(changed, 4))
    }

    /// An old finding must not speak for a new one in the same file.
    @Test(arguments: ["\n", "\r\n"])
    func `a finding has its own fingerprint, whichever way lines end`(_ end: String) async throws {
        try await withTemporaryDirectory { directory in
            let lines =
                (0..<20).map { "line \($0)" } + ["run(old)"] + (0..<20).map { "more \($0)" } + ["run(new)"]
            try Data(lines.joined(separator: end).utf8).write(to: URL(filePath: "\(directory)/a.py"))
            let evaluation = ReportEvaluation(
                step: PipelineStep(
                    id: StepID(.security, "sast"), action: .run(script: "x", shell: "sh"), image: .host,
                    timeout: .seconds(1)),
                service: "shop", policy: FindingPolicy(), ignores: IgnoreList(), date: Timestamp(seconds: 0),
                workspace: directory, visiblePaths: [])
            let prints = [21, 42].map { line -> String in
                var finding = code(.high, line: line)
                finding.path = "a.py"
                return evaluation.fingerprinted([finding])[0].fingerprint
            }
            #expect(prints[0] != prints[1])
        }
    }

    @Test func `equal findings are told apart and a package keeps its fingerprint through versions`() {
        let twice = Finding.fingerprinted([code(.high), code(.high)]) { _ in nil }
        #expect(twice[0].fingerprint != twice[1].fingerprint)
        let versions = ["pkg:npm/p@1", "pkg:npm/p@2"].map { package in
            Finding.fingerprinted([component(.high, "CVE-1", package)]) { _ in nil }[0].fingerprint
        }
        #expect(versions[0] == versions[1])
    }

    @Test(arguments: [
        ("out/*.xml", "out/a.xml", true), ("out/*.xml", "out/b/a.xml", false),
        ("out/**", "out/b/a.xml", true),
        ("**/a.xml", "a.xml", true), ("out/unit*.xml", "out/unit-swift-testing.xml", true),
        ("a?c", "abc", true),
        ("a[b-d]c", "acc", true), ("a[!b-d]c", "acc", false), ("./out/a", "out/a", true), ("*", "a/b", false),
        ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ("**/b/**/d", "a/b/c/b/d", true), ("**/b/**/d", "a/c/d", false), ("a/**/**/b", "a/b", true),
        ("**", "a/b", true), ("a/**", "a", true), ("**/a/*", "a/a/b", true), ("**/a/*", "a/a/b/c", false),
        // Each of them can stand for any number of folders; all ways to do so must not be tried.
        (String(repeating: "**/a/", count: 24) + "z", String(repeating: "a/", count: 60) + "y", false),
    ])
    func `patterns match paths`(_ pattern: String, _ path: String, _ matches: Bool) {
        #expect(Glob(pattern).matches(path) == matches)
    }
}
