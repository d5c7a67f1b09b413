import Foundation
import KubeModel
import TestSupport
import Testing

@testable import Pipeline

/// Real tools on real trees.
@Suite(.serialized, .enabled(if: PipelineFixture.isPossible, "needs root and git"))
struct BuiltinStepTests {
    private static let tools = ToolPaths.find(environment: ProcessInfo.processInfo.environment)

    private static let advisory = PipelineParts.advisory("GHSA-test")

    private static func pipeline(_ steps: String, policy: String = "") -> String {
        ScriptPipeline.file(security: steps).replacing("  build:\n", with: "\(policy)  build:\n")
    }

    @Test(.timeLimit(.minutes(5)), .enabled(if: tools.semgrep != nil, "needs Semgrep: run Scripts/setup"))
    func `Semgrep finds a planted injection, and only what the change brings in counts`() async throws {
        let file = Self.pipeline(
            "      sast: { use: semgrep }\n      sca: { use: osv, with: { database: advisories } }")
        let bad = "import os\n\ndef run(name):\n    os.system('ls ' + name)\n"
        try await withPipeline(configure: { configuration in
            configuration.images = RecordingImageBuilder()
            if let tools = try? Self.tools.withRules(in: configuration.files) { configuration.tools = tools }
        }) { fixture in
            let clean = try await fixture.commit([
                ".slipway/pipeline.yaml": file, "app.py": "print('hello')\n",
                "requirements.txt": "demo-cache==1.2\n",
                "advisories/one.json": Self.advisory,
            ])
            let planted = try await fixture.commit(["app.py": bad], on: clean)
            let later = try await fixture.commit(["other.py": "print(1)\n"], on: planted)
            try await fixture.submit("planted", commit: planted, base: clean) { $0.gates = ["security"] }
            try await fixture.submit("later", commit: later, base: planted) { $0.gates = ["security"] }
            let found = try await fixture.ended("planted")
            #expect(found.reason == "R22", "\(found.message ?? "")")
            #expect(
                found.message?.contains("security.sast: app.py:4: high:") ?? false, "\(found.message ?? "")")
            #expect(found.message?.contains("python-shell-injection") ?? false)
            let passed = try await fixture.ended("later")
            #expect(passed.phase == "Passed", "\(passed.message ?? "")")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the dependency scan finds a planted entry, and an ignore holds until its day`() async throws {
        let steps = """
                  sast: { run: "echo '{\\"runs\\":[{\\"tool\\":{\\"driver\\":{\\"name\\":\\"t\\"}},\\"results\\":[]}]}' > s.sarif", reports: [{ sarif: s.sarif }] }
                  sca: { use: osv, with: { database: advisories } }
            """
        let file = Self.pipeline(steps, policy: "    policy: { ignore_file: .slipway/ignore.yaml }\n")
        @Sendable func ignore(_ day: String) -> String {
            "ignores:\n  - { id: CVE-2026-1, scope: { purl: pkg:pypi/demo-cache }, reason: not reached, owner: ann, expires: \(day) }\n"
        }
        let soon = Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 30 * 86_400).rfc3339.prefix(10)
        let contents = [
            ".slipway/pipeline.yaml": file, "requirements.txt": "demo-cache==1.1\n",
            "advisories/one.json": Self.advisory,
        ]
        try await withPipeline { fixture in
            let planted = try await fixture.commit(contents)
            let ignored = try await fixture.commit(
                [".slipway/ignore.yaml": ignore(String(soon))], on: planted)
            let expired = try await fixture.commit(
                [".slipway/ignore.yaml": ignore("2026-01-01")], on: planted)
            let unread = try await fixture.commit(["requirements.txt": "demo-cache\n"], on: planted)
            let later = try await fixture.commit(["b.txt": "b"], on: planted)
            for (name, commit) in [
                ("planted", planted), ("ignored", ignored), ("expired", expired), ("unread", unread),
            ] {
                try await fixture.submit(name, commit: commit) { $0.gates = ["security"] }
            }
            try await fixture.submit("later", commit: later, base: planted) { $0.gates = ["security"] }
            let found = try await fixture.ended("planted")
            #expect(found.reason == "R22")
            #expect(
                found.message?.contains("GHSA-test in pkg:pypi/demo-cache@1.1 (fixed in 1.2)") ?? false,
                "\(found)")
            #expect(try await fixture.ended("ignored").phase == "Passed")
            let over = try await fixture.ended("expired")
            #expect(over.reason == "R23" && over.message?.contains("E804") ?? false, "\(over.message ?? "")")
            let passed = try await fixture.ended("later")
            #expect(passed.phase == "Passed", "\(passed.message ?? "")")
            let log = try fixture.log(try #require(passed.gates?.first?.steps.first { $0.name == "sca" }))
            #expect(log.contains("was there before the change"))
            _ = try await fixture.ended("unread")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a tree without lockfiles, or without advisories, is no clean one`()
        async throws
    {
        let steps = """
                  sast: { run: "echo '{\\"runs\\":[{\\"tool\\":{\\"driver\\":{\\"name\\":\\"t\\"}},\\"results\\":[]}]}' > s.sarif", reports: [{ sarif: s.sarif }] }
                  sca: { use: osv, with: { database: advisories } }
            """
        try await withPipeline { fixture in
            let bare = try await fixture.commit([
                ".slipway/pipeline.yaml": Self.pipeline(steps), "advisories/one.json": Self.advisory,
            ])
            let without = try await fixture.commit([
                ".slipway/pipeline.yaml": Self.pipeline(steps), "requirements.txt": "demo-cache==1.1\n",
            ])
            try await fixture.submit("bare", commit: bare) { $0.gates = ["security"] }
            try await fixture.submit("without", commit: without) { $0.gates = ["security"] }
            #expect(try await fixture.ended("bare").reason == "R08")
            #expect(try await fixture.ended("without").reason == "R08")
        }
    }

    private static let postgres = """
        services:
        \(PipelineParts.postgres)
          broken:
            image: host
            run: echo "cannot open the disk" >&2; exit 3
            port: 6000
            ready: { tcp: 6000, timeout: 20s }
        """

    @Test(
        .timeLimit(.minutes(5)),
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/lib/postgresql"), "needs PostgreSQL"))
    func `steps that want it have a database each, and see no rows of the others`() async throws {
        let services = Self.postgres.replacing("    port: 5432", with: "    port: 5432\n    isolate: step")
        let count = "psql -qtA -v ON_ERROR_STOP=1 \"$DATABASE_URL\""
        let unit = """
            \(count) -c "CREATE TABLE t (n int); INSERT INTO t VALUES (1); SELECT count(*), current_database() FROM t"
            echo '<testsuite><testcase name="a"/></testsuite>' > unit.xml
            """
        let other = "\(count) -c 'CREATE TABLE t (n int); SELECT count(*), current_database() FROM t'"
        let file = ScriptPipeline.file(
            unit: unit, services: services.components(separatedBy: "  broken:")[0],
            uses: "    services: [db]",
            extra: "      two-by-two:\n        run: |\n          \(other)")
        try await withPipeline { fixture in
            let commit = try await fixture.commit([".slipway/pipeline.yaml": file])
            try await fixture.submit("one", commit: commit) { $0.gates = ["test"] }
            let status = try await fixture.ended("one")
            #expect(status.phase == "Passed", "\(status.message ?? "")")
            let steps = try #require(status.gates?.last?.steps)
            let logs = try steps.map { try fixture.log($0).split(separator: "\n").first.map(String.init) }
            #expect(logs == ["1|shop_test_unit", "0|shop_test_two_by_two"])
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/lib/postgresql"), "needs PostgreSQL"))
    func `a step has a real database with a password of its own run`() async throws {
        let unit = """
            psql -qtA "$DATABASE_URL" -c "CREATE TABLE t (n int); INSERT INTO t VALUES (41); SELECT n + 1 FROM t"
            echo "$DATABASE_URL"
            echo '<testsuite><testcase name="a"/></testsuite>' > unit.xml
            """
        let file = ScriptPipeline.file(
            lint: "echo lint", unit: unit, services: Self.postgres, uses: "    services: [db]",
            extra: "      other: { advisory: true, services: [broken], run: \"true\" }")
        try await withPipeline { fixture in
            let commit = try await fixture.commit([".slipway/pipeline.yaml": file])
            try await fixture.submit("one", commit: commit) { $0.gates = ["lint", "test"] }
            let status = try await fixture.ended("one")
            #expect(status.phase == "Passed", "\(status.message ?? "")")
            let steps = try #require(status.gates?.last?.steps)
            let log = try fixture.log(try #require(steps.first { $0.name == "unit" }))
            #expect(log.hasPrefix("42\npostgres://shop:***@127.0.0.1:5432/shop\n"), "\(log)")
            let other = try #require(steps.first { $0.name == "other" })
            #expect(other.reason == "R04")
            #expect(other.message?.contains("cannot open the disk") ?? false, "\(other.message ?? "")")
        }
    }
}
