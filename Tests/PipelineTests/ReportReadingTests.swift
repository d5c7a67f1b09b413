import Testing

@testable import Pipeline

struct ReportReadingTests {
    private func report(_ format: ReportRequest.Format, _ text: String) throws -> FindingReport {
        try FindingReport(format, Array(text.utf8), name: "report.json")
    }

    // MARK: - SARIF

    private func sarif(rules: String = "[]", results: String, extra: String = "") -> String {
        #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T","version":"1","rules":\#(rules)}}\#(extra)\#(results)}]}"#
    }

    @Test func `severity of SARIF is the score of the rule before its level`() throws {
        let rules = #"""
            [{"id":"A","properties":{"security-severity":"9.0"}},{"id":"B","defaultConfiguration":{"level":"error"}},{"id":"C"},
            {"id":"D","properties":{"security-severity":"5.5"},"defaultConfiguration":{"level":"error"}}]
            """#
        let results = #"""
            ,"results":[{"ruleId":"A","ruleIndex":0,"message":{"text":"a"}},{"ruleId":"B","message":{"text":"b"}},
            {"ruleId":"C","message":{"text":"c"}},{"ruleIndex":3,"message":{"text":"d"}},{"ruleId":"B/1","level":"note","message":{"text":"e"}}]
            """#
        let found = try report(.sarif, sarif(rules: rules, results: results))
        #expect(found.findings.map(\.severity) == [.critical, .high, .medium, .medium, .low])
        #expect(found.findings[3].ruleID == "D")
    }

    @Test func `what passed, does not apply, is absent or suppressed is no open finding`() throws {
        let results = #"""
            ,"results":[{"ruleId":"A","kind":"pass","message":{"text":"a"}},{"ruleId":"A","kind":"notApplicable","message":{"text":"a"}},
            {"ruleId":"A","baselineState":"absent","message":{"text":"a"}},
            {"ruleId":"A","suppressions":[{"kind":"inSource","justification":"test"}],"message":{"text":"a"}},
            {"ruleId":"A","suppressions":[{"kind":"external","status":"rejected"}],"message":{"text":"a"}}]
            """#
        let found = try report(.sarif, sarif(results: results))
        #expect(found.findings.map { $0.suppression != nil } == [true, false])
    }

    @Test func `places of SARIF become paths of the tree`() throws {
        let results = #"""
            ,"results":[{"ruleId":"A","message":{"text":"a"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"./src/a%20b.py"},"region":{"startLine":7}}}]},
            {"ruleId":"A","message":{"text":"a"},"locations":[{"physicalLocation":{"artifactLocation":{"index":0}}}]}]
            """#
        let extra = #","artifacts":[{"location":{"uri":"lib/x.c"}}]"#
        let found = try report(.sarif, sarif(results: results, extra: extra))
        #expect(found.findings.map(\.path) == ["src/a b.py", "lib/x.c"])
        #expect(found.findings.first?.line == 7)
    }

    @Test(arguments: [
        #"{"version":"2.1.0","runs":[]}"#,
        #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}}}]}"#,
        #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":null}]}"#,
        #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[],"invocations":[{"executionSuccessful":false}]}]}"#,
        #"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[],"invocations":[{}]}]}"#,
    ])
    func `a SARIF report of a tool that did not finish is incomplete`(_ text: String) throws {
        #expect(try !report(.sarif, text).incompleteness.isEmpty)
    }

    @Test func `an empty list of results is a clean report`() throws {
        let found = try report(.sarif, sarif(results: #","results":[]"#))
        #expect(found.incompleteness.isEmpty && found.findings.isEmpty)
    }

    // MARK: - Scanners

    @Test func `Semgrep's errors and skipped rules make its report incomplete`() throws {
        let clean = #"{"version":"1.1","results":[],"errors":[],"paths":{"scanned":["a.py"]}}"#
        let found = try report(.semgrep, clean)
        #expect(found.incompleteness.isEmpty)
        #expect(found.looked == ["a.py"])
        let broken = #"""
            {"results":[],"errors":[{"level":"error","message":"cannot parse","path":"b.py"},{"level":"warn","message":"slow"}],
            "skipped_rules":[{"rule_id":"x"}],"paths":{"scanned":["a.py"]}}
            """#
        #expect(try report(.semgrep, broken).incompleteness.count == 2)
        #expect(throws: PipelineError.self) { try report(.semgrep, #"{"errors":[]}"#) }
    }

    @Test func `severities of Semgrep, old and new, are read`() throws {
        let results = ["ERROR", "WARNING", "INFO", "CRITICAL", "HIGH", "LOW", "UNHEARD_OF"].map { word in
            #"{"check_id":"r","path":"a.py","start":{"line":3},"extra":{"message":"m","severity":"\#(word)"}}"#
        }.joined(separator: ",")
        let found = try report(
            .semgrep, #"{"results":[\#(results)],"errors":[],"paths":{"scanned":["a.py"]}}"#)
        #expect(found.findings.map(\.severity) == [.high, .medium, .info, .critical, .high, .low, .high])
    }

    @Test func `Trivy's vulnerabilities, misconfigurations and secrets are findings`() throws {
        let text = #"""
            {"SchemaVersion":2,"Results":[{"Target":"go.sum","Vulnerabilities":[
            {"VulnerabilityID":"CVE-1","PkgName":"p","PkgIdentifier":{"PURL":"pkg:golang/p@v1"},"InstalledVersion":"v1","FixedVersion":"v1.1, v2","Status":"fixed","Severity":"HIGH","CVSS":{"nvd":{"V3Score":7.5},"ghsa":{"V3Score":8.1}}},
            {"VulnerabilityID":"CVE-2","PkgName":"q","InstalledVersion":"1","Status":"will_not_fix","Severity":"LOW"},
            {"VulnerabilityID":"CVE-3","PkgName":"q","Status":"not_affected","Severity":"CRITICAL"}],
            "Misconfigurations":[{"ID":"M1","Severity":"MEDIUM","Status":"FAIL","CauseMetadata":{"StartLine":4}},{"ID":"M2","Severity":"HIGH","Status":"PASS"}],
            "Secrets":[{"RuleID":"aws","Severity":"CRITICAL","StartLine":9,"Title":"AWS key"}]}]}
            """#
        let found = try report(.trivy, text)
        #expect(found.findings.map(\.ruleID) == ["CVE-1", "CVE-2", "M1", "aws"])
        #expect(found.findings[0].fixedIn == ["v1.1", "v2"] && found.findings[0].score == 8.1)
        #expect(found.findings[1].fixState == .wontFix)
        #expect(found.looked == ["go.sum"])
        #expect(try report(.trivy, #"{"SchemaVersion":2}"#).looked == [])
        #expect(throws: PipelineError.self) { try report(.trivy, #"{"SchemaVersion":1}"#) }
    }

    @Test func `Grype's matches carry fixes, exploitation and aliases`() throws {
        let text = #"""
            {"matches":[{"vulnerability":{"id":"GHSA-1","severity":"Critical","fix":{"versions":["2.0"],"state":"fixed"},"knownExploited":[{"cve":"CVE-9"}],"epss":[{"epss":0.9,"percentile":0.99}],"cvss":[{"metrics":{"baseScore":9.8}}]},
            "relatedVulnerabilities":[{"id":"CVE-9"}],"artifact":{"name":"p","version":"1.0","purl":"pkg:npm/p@1.0","locations":[{"path":"/package-lock.json"}]}},
            {"vulnerability":{"id":"CVE-2","severity":"Negligible","fix":{"state":"wont-fix"}},"artifact":{"name":"q","version":"1"}}],
            "descriptor":{"name":"grype","version":"0.9","db":{"built":"2026"}}}
            """#
        let found = try report(.grype, text)
        #expect(found.findings.first?.isExploited == true)
        #expect(found.findings.first?.aliases == ["CVE-9"])
        #expect(found.findings.first?.epss == 0.99)
        #expect(found.findings.last?.severity == .info)
        #expect(found.incompleteness.isEmpty)
        #expect(try report(.grype, #"{"matches":[],"descriptor":{}}"#).incompleteness.count == 1)
    }

    @Test func `CycloneDX vulnerabilities count unless their author has cleared them`() throws {
        let text = #"""
            {"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"p","version":"1","purl":"pkg:npm/p@1","bom-ref":"r"}],
            "vulnerabilities":[{"id":"CVE-1","ratings":[{"severity":"low"},{"severity":"critical"}],"affects":[{"ref":"r"}]},
            {"id":"CVE-2","analysis":{"state":"not_affected"},"affects":[{"ref":"r"}]}]}
            """#
        let found = try report(.cyclonedx, text)
        #expect(found.findings.map(\.ruleID) == ["CVE-1"])
        #expect(found.findings.first?.severity == .critical)
        #expect(found.findings.first?.component == "pkg:npm/p@1")
    }

    // MARK: - JUnit

    private func junit(_ text: String) throws -> JUnitReport {
        try JUnitReport(Array(text.utf8), name: "out.xml")
    }

    @Test func `tests are counted case by case and totals are not believed`() throws {
        let text = """
            <?xml version="1.0"?>
            <testsuites><testsuite name="s" tests="99" failures="0" errors="0">
            <testcase classname="A" name="one" time="1,234.5"/>
            <testcase classname="A" name="two"><failure message="1 &lt; 2">trace</failure></testcase>
            <testcase classname="A" name="three"><skipped/></testcase>
            <testsuite name="inner"><testcase name="four"><error><![CDATA[boom <x>]]></error></testcase></testsuite>
            <testcase classname="A" name="five"><rerunFailure message="flaky"/><system-out>text</system-out></testcase>
            </testsuite></testsuites>
            """
        let report = try junit(text)
        #expect(report.executed == 4 && report.skipped == 1)
        #expect(report.failures.map(\.test) == ["A.two", "four"])
        #expect(report.failures.map(\.message) == ["1 < 2", "boom <x>"])
        #expect(report.seconds == 1234.5)
    }

    @Test func `a root of testsuite is read, another is refused`() throws {
        #expect(try junit("<testsuite><testcase name=\"a\"/></testsuite>").executed == 1)
        #expect(throws: PipelineError.self) { try junit("<html/>") }
    }

    @Test(arguments: [
        "", "<testsuite>", "<testsuite><testcase></testsuite>", "text", "<testsuite/><testsuite/>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><testsuite/>", "<testsuite a=b/>",
        "<testsuite>&unknown;</testsuite>",
    ])
    func `XML that is cut off or declares entities is refused`(_ text: String) {
        #expect(throws: PipelineError.self) { try junit(text) }
    }

    @Test func `a report that is cut off at any byte is never read as complete`() throws {
        let text =
            #"<testsuites><testsuite name="s"><testcase name="a" classname="B"/><testcase name="b"/></testsuite></testsuites>"#
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count {
            #expect(throws: PipelineError.self) { try JUnitReport(Array(bytes[..<length]), name: "x") }
        }
    }
}
