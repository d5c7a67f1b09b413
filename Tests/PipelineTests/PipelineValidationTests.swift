import Testing

@testable import Pipeline

/// A change of the valid file, and the one fault that must come of it.
struct FaultyFile: Sendable, CustomTestStringConvertible {
    let code: DiagnosticCode
    let old: String
    let new: String
    /// The line of the fault in the changed file; nil where it does not matter.
    var line: Int?

    init(_ code: DiagnosticCode, _ old: String, _ new: String, line: Int? = nil) {
        self.code = code
        self.old = old
        self.new = new
        self.line = line
    }

    var testDescription: String { "\(code.rawValue): \(new)" }

    static let all: [FaultyFile] = [
        FaultyFile(.e102, "service: orders", "service: [orders", line: 3),
        FaultyFile(.e103, "service: orders", "service: orders\nservice: orders", line: 3),
        FaultyFile(.e104, "service: orders", "service: !secret orders", line: 2),
        FaultyFile(.e105, "    services: [db]", "    servces: [db]"),
        FaultyFile(.e105, "timeout: 8m", "timout: 8m"),
        FaultyFile(.e106, "timeout: 10m", "timeout: soon", line: 5),
        FaultyFile(.e106, "retry: { infra: 2 }", "needs: { a: b }"),
        FaultyFile(.e106, "cpu: \"2\"", "cpu: many"),
        FaultyFile(.e107, "version: 1", "version: 2", line: 1),
        FaultyFile(.e107, "version: 1\n", "", line: 1),
        FaultyFile(.e108, "service: orders", "service: Orders", line: 2),
        FaultyFile(.e108, "service: orders\n", "", line: 1),
        FaultyFile(.e109, "LANG: C.UTF-8", "LANG: on", line: 9),
        FaultyFile(.e109, "LANG: C.UTF-8", "LANG: 3.10", line: 9),
        FaultyFile(.e109, "LANG: C.UTF-8", "LANG: 010"),
        FaultyFile(.e109, "LANG: C.UTF-8", "LANG: 1e3"),
        FaultyFile(.e109, "LANG: C.UTF-8", "LANG: 12:30:45"),
        FaultyFile(.e110, "defaults:", "caches: {}\ndefaults:", line: 3),
        FaultyFile(.e110, "retry: { infra: 2 }", "matrix: { swift: [\"6.1\"] }"),
        FaultyFile(.e110, "retry: { infra: 2 }", "shards: 4"),
        FaultyFile(.e110, "retry: { infra: 2 }", "cache: [swiftpm]"),
        FaultyFile(.e110, "retry: { infra: 2 }", "docker: virtual"),
        FaultyFile(.e110, "max: 100MB", "max: 100MB, estargz_above: 50MB"),
        FaultyFile(
            .e110, "reports: [{ junit: \"out/unit*.xml\"",
            "reports: [{ coverage: out/cov.json }, { junit: \"out/unit*.xml\""),
        FaultyFile(.e201, "  lint:\n", "  linting:\n"),
        FaultyFile(.e202, "  build:\n", "  deploy: {}\n  build:\n"),
        FaultyFile(.e202, "defaults:", "jobs: {}\ndefaults:", line: 3),
        FaultyFile(.e203, "    steps:\n      format:", "    steps: {}\n    others:\n      format:"),
        FaultyFile(
            .e204, "sast: { use: semgrep, with: { rulesets: [default] } }\n      sca: {",
            "sast: { use: semgrep, advisory: true }\n      sca: { advisory: true,"),
        FaultyFile(.e205, "needs: [unit]", "needs: [format]"),
        FaultyFile(.e205, "needs: [unit]", "needs: [lint.format]"),
        FaultyFile(.e206, "needs: [unit]", "needs: [unti]"),
        FaultyFile(.e207, "retry: { infra: 2 }", "needs: [unit]"),
        FaultyFile(.e208, "      compile:", "      image:"),
        FaultyFile(.e208, "      compile:", "      Compile_It:"),
        FaultyFile(.e209, "retry: { infra: 2 }", "continue-on-error: true"),
        FaultyFile(.e209, "    services: [db]", "    if: always()"),
        FaultyFile(.e209, "retry: { infra: 2 }", "allow_failure: true"),
        FaultyFile(.e210, "retry: { infra: 2 }", "use: osv"),
        FaultyFile(.e210, "make slow }", "make slow }\n      empty: { timeout: 1m }"),
        FaultyFile(.e211, "make slow }", "make slow }\n      last: { needs: [slow], run: make last }"),
        FaultyFile(
            .e212, "        reports: [{ junit: \"out/unit*.xml\", min_tests: 2, max_skipped: 5% }]\n", ""),
        FaultyFile(
            .e213, "sast: { use: semgrep, with: { rulesets: [default] } }", "sast: { run: make check }"),
        FaultyFile(
            .e213, "sca: { use: osv, with: { targets: [Package.resolved], database: advisories } }",
            "sca: { run: make check }"),
        FaultyFile(.e301, "image: postgres:17.5@\(SamplePipelines.digest)", "image: postgres:17.5"),
        FaultyFile(.e303, "image: postgres:17.5@\(SamplePipelines.digest)", "image: postgres:latest"),
        FaultyFile(.e304, "timeout: 8m", "timeout: 8h"),
        FaultyFile(.e305, "memory: 4Gi", "memory: 4Ti"),
        FaultyFile(.e306, "retry: { infra: 2 }", "retry: 2"),
        FaultyFile(.e306, "retry: { infra: 2 }", "retry: { failure: 2 }"),
        FaultyFile(.e306, "retry: { infra: 2 }", "retry: { infra: 4 }"),
        FaultyFile(.e307, "use: semgrep, with: { rulesets: [default] }", "use: semgrepp"),
        FaultyFile(.e308, "rulesets: [default]", "ruleset: [default]"),
        FaultyFile(.e313, "shell: bash", "shell: fish"),
        FaultyFile(.e314, "artifacts: [{ paths: [out]", "artifacts: [{ paths: [../out]"),
        FaultyFile(.e314, "server: .build/release/Server", "server: /usr/bin/env"),
        FaultyFile(.e315, "junit: \"out/unit*.xml\"", "junit: \"/tmp/*.xml\""),
        FaultyFile(
            .e316, "server: .build/release/Server }",
            "server: .build/release/Server }\n      other: { run: make other, outputs: { server: out/server } }"
        ),
        FaultyFile(.e317, "from: outputs.server", "from: outputs.sever"),
        FaultyFile(.e318, "network: cell", "network: [\"*.example.com\"]"),
        FaultyFile(.e319, "retry: { infra: 2 }", "privileged: true"),
        FaultyFile(.e319, "retry: { infra: 2 }", "docker: privileged"),
        FaultyFile(.e319, "network: cell", "network: host"),
        FaultyFile(.e320, "LANG: C.UTF-8", "CI_COMMIT: abc"),
        FaultyFile(.e320, "LANG: C.UTF-8", "no-name: abc"),
        FaultyFile(.e321, "LANG: C.UTF-8", "LANG: ghp_0123456789abcdefghijABCDEFGHIJ012345"),
        FaultyFile(
            .e321, "REGISTRY_KEY: { from: orders-ci/registry, use_in: [test.unit], trust: candidate }",
            "REGISTRY_KEY: hunter2hunter2"),
        FaultyFile(.e401, "    services: [db]", "    services: [db, redis]"),
        FaultyFile(.e402, "    ready: { sql: SELECT 1, every: 200ms, timeout: 30s }\n", ""),
        FaultyFile(.e403, "ready: { sql: SELECT 1,", "ready: { sql: SELECT 1, tcp: 5432,"),
        FaultyFile(.e403, "ready: { sql: SELECT 1, every", "ready: { every"),
        FaultyFile(.e404, "every: 200ms", "every: 10ms"),
        FaultyFile(.e404, "timeout: 30s", "timeout: 5m"),
        FaultyFile(.e405, "port: 5432", "port: 0"),
        FaultyFile(.e406, "  db:\n", "  localhost: {image: host, run: x, port: 1, ready: {tcp: 1}}\n  db:\n"),
        FaultyFile(.e407, "@{host}", "@{hostname}"),
        FaultyFile(.e408, "POSTGRES_PASSWORD: { generate: 24 }", "POSTGRES_PASSWORD: secret12"),
        FaultyFile(
            .e409, "  db:\n",
            "  queue: { image: host, run: x, port: 1, ready: { tcp: 1 }, isolate: step }\n  db:\n"),
        FaultyFile(.e410, "    services: [db]\n", ""),
        FaultyFile(.e501, "artifacts: [{ paths: [out],", "artifacts: [{ paths: [],"),
        FaultyFile(.e506, "keep: 7d", "keep: 365d"),
        FaultyFile(.e601, "secrets: [REGISTRY_KEY]", "secrets: [REGISTRY_KEY, OTHER]"),
        FaultyFile(.e603, "use_in: [test.unit]", "use_in: [lint.format]"),
        FaultyFile(.e605, "trust: candidate", "trust: fork"),
        FaultyFile(.e607, "        secrets: [REGISTRY_KEY]\n", ""),
        FaultyFile(.e701, "platforms: [linux/amd64]", "tag: v1"),
        FaultyFile(
            .e702, "repository: registry.example.com/shop/orders",
            "repository: registry.example.com/orders:v1"),
        FaultyFile(.e703, "base: scratch", "base: debian:12"),
        FaultyFile(.e705, "base: scratch", "base: scratch\n      dockerfile: Dockerfile"),
        FaultyFile(.e707, "to: /app/Resources", "to: /app/server"),
        FaultyFile(.e708, "platforms: [linux/amd64]", "platforms: [plan9/mips]"),
        FaultyFile(.e709, "user: \"65532:65532\"", "user: root"),
        FaultyFile(.e710, "max: 100MB", "max: 300MB"),
        FaultyFile(.e711, "entrypoint: [/app/server]", "entrypoint: /app/server --serve"),
        FaultyFile(.e713, "      verify: { run: [/app/server, --selfcheck], timeout: 20s }\n", ""),
        FaultyFile(.e801, "fail_on: high", "fail_on: critical"),
        FaultyFile(.e808, "rulesets: [default]", "rulesets: [p/default]"),
        FaultyFile(.e809, "fail_on: high", "fail_on: dreadful"),
    ]
}

struct PipelineValidationTests {
    @Test func `a file with every key is valid and read whole`() throws {
        let result = PipelineFile.validate(Array(SamplePipelines.complete.utf8))
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
        let file = try #require(result.file)
        #expect(file.gates.map(\.name) == GateName.allCases)
        let unit = try #require(file.step(StepID(.test, "unit")))
        #expect(unit.timeout == .seconds(480))
        #expect(unit.services == ["db"])
        #expect(unit.infraRetries == 2)
        #expect(unit.reports.first?.maximumSkippedPercent == 5)
        #expect(unit.environment == [NameAndText("LANG", "C.UTF-8")])
        #expect(unit.action == .run(script: "swift test --xunit-output out/unit.xml", shell: "bash"))
        let style = try #require(file.step(StepID(.lint, "style")))
        #expect(style.reports.first?.failOn == .medium)
        #expect(file.service(named: "db")?.passwordVariable?.name == "POSTGRES_PASSWORD")
        #expect(file.policy.unfixed == .report)
        #expect(file.image?.maximumSize == 100_000_000)
        #expect(file.step(.image)?.needs == ["compile"])
        #expect(file.digest.count == 64)
    }

    @Test(arguments: FaultyFile.all)
    func `a fault is told with its code and place`(_ fault: FaultyFile) throws {
        try #require(SamplePipelines.complete.contains(fault.old), "the sample lacks \(fault.old)")
        let text = SamplePipelines.complete.replacing(fault.old, with: fault.new, maxReplacements: 1)
        let result = PipelineFile.validate(Array(text.utf8))
        let found = result.diagnostics.filter { $0.code == fault.code }
        let told = try #require(found.first, "found \(result.diagnostics)")
        #expect(told.line >= 1 && told.column >= 1)
        if let line = fault.line { #expect(told.line == line) }
        let isWarning = fault.code == .e410
        #expect((result.file == nil) == !isWarning, "\(result.diagnostics)")
        #expect(!told.message.isEmpty)
    }

    @Test func `every fault of a file is told in one pass, in its order`() {
        let text = SamplePipelines.complete
            .replacing("version: 1", with: "version: 9")
            .replacing("timeout: 8m", with: "timout: 8m")
            .replacing("user: \"65532:65532\"", with: "user: root")
            .replacing("needs: [unit]", with: "needs: [unti]")
        let result = PipelineFile.validate(Array(text.utf8))
        #expect(result.errors.map(\.code) == [.e107, .e105, .e206, .e709])
        #expect(result.errors.map(\.line) == result.errors.map(\.line).sorted())
        #expect(result.errors[1].hint == "did you mean \"timeout\"?")
        #expect(result.errors[1].pointer == "/gates/test/steps/unit/timout")
        #expect(
            result.errors[1].description
                == """
                .slipway/pipeline.yaml:33:9: error E105: unknown key "timout" in gates.test.steps.unit
                    hint: did you mean "timeout"?
                    fix: write timeout:
                """)
    }

    @Test func `every code of the validator has a file that leads to it`() {
        let elsewhere: Set<DiagnosticCode> = [
            // Files as a whole, files beside, and what only a run can tell; each has a test of its own.
            .e101, .e111, .e214, .e302, .e602, .e604, .e606, .e706, .e712, .e802, .e803, .e804, .e805, .e806,
            .e807,
        ]
        let covered = Set(FaultyFile.all.map(\.code)).union(elsewhere)
        #expect(covered == Set(DiagnosticCode.allCases))
    }

    @Test func `files that are no text, too large or empty are refused`() {
        #expect(PipelineFile.validate([0xff, 0xfe, 0x41]).errors.map(\.code) == [.e101])
        #expect(PipelineFile.validate([]).errors.map(\.code) == [.e101])
        let large = [UInt8](repeating: UInt8(ascii: "#"), count: PipelineFile.maximumSize + 1)
        #expect(PipelineFile.validate(large).errors.map(\.code) == [.e101])
    }

    @Test func `aliases that expand without end are refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...6 {
            let inner = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(inner)]\n"
        }
        #expect(PipelineFile.validate(Array(text.utf8)).errors.map(\.code) == [.e104])
    }

    @Test func `a file with more services or secrets than a run can have is refused`() throws {
        let services = (0..<60).map {
            "  s\($0): { image: host, run: x, port: \(9000 + $0), ready: { tcp: \(9000 + $0) } }"
        }
        let text = SamplePipelines.complete.replacing(
            "services:\n", with: "services:\n" + services.joined(separator: "\n") + "\n", maxReplacements: 1)
        #expect(PipelineFile.validate(Array(text.utf8)).errors.first?.code == .e111)
    }

    @Test func `a build gate without an image is refused`() throws {
        let start = try #require(SamplePipelines.complete.firstRange(of: "    image:\n      repository"))
        let text = String(SamplePipelines.complete[..<start.lowerBound])
        #expect(PipelineFile.validate(Array(text.utf8)).errors.map(\.code) == [.e214])
    }

    @Test func `images of other registries are refused where the installation names its own`() {
        var policy = OrganizationPolicy()
        policy.allowedRegistries = ["example.com"]
        let result = PipelineFile.validate(
            Array(SamplePipelines.complete.utf8), context: PipelineContext(policy: policy))
        #expect(result.errors.map(\.code) == [.e302])
    }

    @Test func `layers and rules that the tree does not have are refused`() {
        var context = PipelineContext()
        context.exists = { $0 != "Resources" }
        let result = PipelineFile.validate(Array(SamplePipelines.complete.utf8), context: context)
        #expect(result.errors.map(\.code) == [.e706])
    }

    @Test func `a Dockerfile that is not reproducible or holds a secret is refused`() throws {
        let text = try dockerfileVariant(args: "{ API_TOKEN: x1 }")
        var context = PipelineContext()
        context.exists = { _ in true }
        context.contents = { _ in
            "FROM debian:12 AS base\nADD https://example.com/x /x\nARG NPM_TOKEN\nFROM base\nFROM scratch\n"
        }
        let result = PipelineFile.validate(Array(text.utf8), context: context)
        #expect(result.errors.map(\.code) == [.e712, .e712, .e712, .e604])
    }

    @Test(arguments: [
        (
            "FROM a@sha256:\(String(repeating: "a", count: 64)) AS base\nCOPY --from=base /x /x\nFROM base\n",
            0
        ),
        ("FROM scratch AS one\nFROM scratch\nCOPY --from=0 /x /x\nCOPY --from=One /y /y\n", 0),
        ("FROM \\\n  debian:12\n", 1),
        ("FROM scratch\nCOPY --from=alpine:3 /x /x\n", 1),
        ("FROM scratch\nRUN --mount=type=bind,from=alpine,target=/a true\n", 1),
        ("FROM scratch\nADD [\"https://example.com/x\", \"/x\"]\nADD git@example.com:a/b.git /b\n", 2),
        ("FROM scratch\nENV PORT=1 NPM_TOKEN=x\n# FROM debian\nENV NAME a=b\n", 1),
        ("FROM scratch\nCOPY x \\\n# FROM debian:12\n  /y\nfrom debian:12\n", 1),
        ("FROM scratch\r\nADD https://example.com/x /x\r\nENV \\\r\n  NPM_TOKEN=x\r\nUSER 0\r\n", 2),
    ]) func `what a Dockerfile takes from elsewhere is pinned`(_ text: String, faults: Int) {
        #expect(Dockerfile(text).faults.count == faults)
    }

    private func dockerfileVariant(args: String) throws -> String {
        let lines = SamplePipelines.complete.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.filter { line in
            !line.contains("base: scratch") && !line.contains("- { from:")
        }
        return kept.joined(separator: "\n").replacing(
            "      layers:", with: "      dockerfile: Dockerfile\n      args: \(args)")
    }

    @Test func `a mistyped file never crashes the validator`() {
        // Every line removed, and every character replaced in turn by one that means something to YAML.
        let lines = SamplePipelines.complete.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var changed = lines
            changed.remove(at: index)
            _ = PipelineFile.validate(Array(changed.joined(separator: "\n").utf8))
        }
        let bytes = Array(SamplePipelines.complete.utf8)
        for index in stride(from: 0, to: bytes.count, by: 7) {
            for replacement in "{[:\"&*-!".utf8 {
                var changed = bytes
                changed[index] = replacement
                _ = PipelineFile.validate(changed)
            }
        }
    }
}
