import AsyncHTTPClient
import ClusterTestSupport
import Foundation
import Git
import KubeClient
import KubeModel
import Manifest
import NIOCore
import NIOHTTP1
import Pipeline
import Slipway
import TestSupport
import Testing

/// From a push with a stock git client to main, with real gates.
@Suite(
    .serialized, .enabled(if: MergeGateFixture.isPossible, "needs root and git"),
    .enabled(if: MergeGateFixture.tools.semgrep != nil, "needs Semgrep: run Scripts/setup"),
    .enabled(if: Program.path("psql") != nil, "needs PostgreSQL: run Scripts/setup"))
struct MergeGateTests {
    /// A change that must not land: what it does, where it is stopped, and what its author is told.
    struct Fault: Sendable {
        var topic: String
        var files: [String: String]
        var gate: String
        var message: String
    }

    private static let faults = [
        Fault(
            topic: "layout", files: ["app/app.py": "def greet(name): \n    return name\n"], gate: "lint",
            message: "there are blanks at the ends of lines"),
        Fault(
            topic: "unit", files: ["app/total.sh": "echo $(($1 - $2))\n"], gate: "test",
            message: "Total.adds failed: -1 is not 5"),
        Fault(
            topic: "injection",
            files: ["app/app.py": "import os\n\n\ndef greet(name):\n    os.system('echo ' + name)\n"],
            gate: "security", message: "python-shell-injection"),
        Fault(
            topic: "lockfile", files: ["requirements.txt": "demo-cache==1.1\n"], gate: "security",
            message: "DEMO-1 in pkg:pypi/demo-cache@1.1 (fixed in 1.2)"),
    ]

    @Test func `what lands has passed all gates as it lands, and what fails is told at its gate`()
        async throws
    {
        try await MergeGateFixture.with { fixture in
            let ada = try await fixture.developer()
            let first = try await ada.commit(
                "Begin", ShopSource.files(secrets: "\(fixture.directory)/keys"))
            try await fixture.propose(ada, topic: "begin")
            try await fixture.approve("shop-1", head: first)
            _ = try await fixture.merged("shop-1")
            try await Self.expectTested(fixture, "shop-1")
            try await ada("fetch", "--quiet", "origin")

            var heads: [String] = []
            for (number, fault) in Self.faults.enumerated() {
                try await ada("checkout", "--quiet", "-B", fault.topic, "origin/main")
                heads.append(try await ada.commit("Break \(fault.topic)", fault.files))
                try await fixture.propose(ada, topic: fault.topic)
                try await fixture.approve("shop-\(number + 2)", head: heads[number])
            }
            for (number, fault) in Self.faults.enumerated() {
                let told = try await fixture.turnedAway("shop-\(number + 2)", head: heads[number])
                #expect(told.contains("\(fault.gate)."), "\(fault.topic): \(told)")
                #expect(told.contains(fault.message), "\(fault.topic): \(told)")
            }
            #expect(try await ada("ls-remote", "origin", "main").hasPrefix(try await Self.main(fixture)))
            #expect(
                try await fixture.git.commits(of: try await Self.head(fixture), firstParent: true).count == 1)

            // The same pull request, mended, lands.
            try await ada("checkout", "--quiet", "injection")
            let mended = try await ada.commit(
                "Greet politely", ["app/app.py": ShopSource.application + "\n\nGREETING = 'good day'\n"])
            try await fixture.propose(ada, topic: "injection")
            try await fixture.approve("shop-4", head: mended)
            _ = try await fixture.merged("shop-4")
            try await Self.expectTested(fixture, "shop-4")
            try await Self.expectLogs(fixture)
        }
    }

    /// Changes that would pass by showing nothing.
    private static let bypasses = [
        Fault(
            topic: "dropped-gate",
            files: [pipelineFile: ShopSource.pipeline.replacing("  lint:", with: "  style:")], gate: "E201",
            message: "the gate \"lint\" is missing"),
        Fault(
            topic: "advisory-only",
            files: [
                pipelineFile: ShopSource.pipeline.replacing(
                    "{ run: sh tests/layout.sh }", with: "{ run: sh tests/layout.sh, advisory: true }")
            ], gate: "E204", message: "all steps of the gate lint are advisory"),
        Fault(
            topic: "skipped-step",
            files: [
                pipelineFile: ShopSource.pipeline.replacing(
                    "{ run: sh tests/layout.sh }", with: "{ run: sh tests/layout.sh, when: never }")
            ], gate: "E209", message: "would let a gate pass without running"),
        Fault(
            topic: "no-tests", files: ["tests/unit.sh": "echo '<testsuite/>' >unit.xml\n"], gate: "test.unit",
            message: "ran no tests"),
        Fault(
            topic: "expired-ignore",
            files: [
                "requirements.txt": "demo-cache==1.1\n",
                ".slipway/ignore.yaml":
                    "ignores:\n  - { id: CVE-2026-1, scope: { purl: pkg:pypi/demo-cache }, reason: later, owner: ada, expires: 2026-01-01 }\n",
                pipelineFile: ShopSource.pipeline.replacing(
                    "  build:\n", with: "    policy: { ignore_file: .slipway/ignore.yaml }\n  build:\n"),
            ], gate: "security.", message: "E804"),
    ]
    private static let pipelineFile = ".slipway/pipeline.yaml"

    @Test func `what would pass by showing nothing is turned away`() async throws {
        try await MergeGateFixture.with(repository: .init(autoMerge: true)) { fixture in
            let ada = try await fixture.developer()
            try await ada.commit("Begin", ShopSource.files(secrets: "\(fixture.directory)/keys"))
            try await fixture.propose(ada, topic: "begin")
            _ = try await fixture.merged("shop-1")
            try await ada("fetch", "--quiet", "origin")
            let main = try await Self.head(fixture)
            var heads: [String] = []
            for fault in Self.bypasses {
                try await ada("checkout", "--quiet", "-B", fault.topic, "origin/main")
                heads.append(try await ada.commit("Try \(fault.topic)", fault.files))
                try await fixture.propose(ada, topic: fault.topic)
            }
            for (number, fault) in Self.bypasses.enumerated() {
                let told = try await fixture.turnedAway("shop-\(number + 2)", head: heads[number])
                #expect(told.contains(fault.gate), "\(fault.topic): \(told)")
                #expect(told.contains(fault.message), "\(fault.topic): \(told)")
            }
            #expect(try await Self.head(fixture) == main)
        }
    }

    private static func head(_ fixture: MergeGateFixture) async throws -> ObjectID {
        try #require(try await fixture.git.reference("refs/heads/main"))
    }

    private static func main(_ fixture: MergeGateFixture) async throws -> String {
        try await head(fixture).hex
    }

    /// The branch is at the commit that the run was about, the verdict is about its tree, and the auditor agrees.
    private static func expectTested(_ fixture: MergeGateFixture, _ name: String) async throws {
        let head = try await head(fixture)
        let pull = try await fixture.client.get(.pullRequests, name, namespace: "default")
        #expect(pull["status", "mergeCommit"]?.stringValue == head.hex)
        let runs = try await fixture.client.listAll(.pipelineRuns, namespace: "default")
        let run = try #require(runs.first { $0["spec", "commit"]?.stringValue == head.hex })
        #expect(run["status", "phase"]?.stringValue == "Passed")
        #expect(run["status", "verdict", "envelope"] != nil)
        try await fixture.client.wait(for: .repositories, "shop") {
            $0["status", "audit", "commit"]?.stringValue == head.hex && $0.conditions.isTrue("Attested")
        }
    }

    /// Logs over the API are for those who may read them, and the identity of runs can be checked by anybody.
    private static func expectLogs(_ fixture: MergeGateFixture) async throws {
        func get(_ path: String, token: String? = nil) async throws -> (status: UInt, body: String) {
            var request = HTTPClientRequest(url: "\(fixture.url)\(path)")
            if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 1 << 20)
            return (response.status.code, String(buffer: body))
        }
        let runs = try await fixture.client.listAll(.pipelineRuns, namespace: "default")
        let passed = try #require(runs.first { $0["status", "phase"]?.stringValue == "Passed" })
        let path = "/ci/runs/\(passed.metadata.name)/logs/test.unit"
        #expect(try await get(path, token: "ada-token").body.contains("2 and 3 make 5\n"))
        #expect(try await get(path, token: "eve-token").status == 403)
        #expect(try await get(path).status == 403)
        let discovery = try JSON.parse(try await get("/.well-known/openid-configuration").body)
        #expect(discovery["issuer"]?.stringValue == fixture.url)
        let keys = try JSON.parse(try await get("/.well-known/jwks").body)
        #expect(keys["keys"]?.arrayValue?.first?["kid"]?.stringValue?.isEmpty == false)
    }
}
