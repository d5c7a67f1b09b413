import Forge
import Git
import KubeClient
import KubeModel
import Manifest
import Sigstore
import TestSupport
import Testing

struct LaneTests {
    /// Runs a body with a repository of two services, and a closure that answers a PipelineRun once it is there.
    private static func with(
        _ body:
            @Sendable (ForgeFixture, ClientGit, @Sendable (String) async throws -> Void) async throws -> Void
    ) async throws {
        try await ForgeFixture.with(runsGates: false) { fixture in
            let gates = ScriptedGates(
                client: fixture.client, key: fixture.gateKey, repositories: "\(fixture.directory)/git",
                program: fixture.program)
            let answer: @Sendable (String) async throws -> Void = { run in
                try await gates.answer(try await fixture.wait(.pipelineRuns, run) { _ in true })
            }
            try await fixture.repository()
            let ada = try await fixture.developer(clones: false)
            try await ada.commit(
                "Begin",
                ["a/.slipway/pipeline.yaml": "version: 1\n", "b/.slipway/pipeline.yaml": "version: 1\n"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            for run in ["shop-c1-0", "shop-c1-1"] { try await answer(run) }
            _ = try await fixture.waitForPhase("shop-1", .merged)
            try await ada("fetch", "--quiet", "origin")
            try await body(fixture, ada, answer)
        }
    }

    private static func push(_ ada: ClientGit, _ title: String, _ files: [String: String]) async throws {
        try await ada("checkout", "--quiet", "--detach", "origin/main")
        try await ada.commit(title, files)
        try await ada("push", "--quiet", "-o", "topic=\(title)", "origin", "HEAD:refs/for/main")
    }

    @Test func `a tested change follows another service's merge without being tested again`() async throws {
        try await Self.with { fixture, ada, answer in
            try await Self.push(ada, "a", ["a/x": "1"])
            _ = try await fixture.waitForPhase("shop-2", .testing)
            try await Self.push(ada, "b", ["b/x": "1"])
            try await answer("shop-c3-0")
            let other = try await fixture.waitForPhase("shop-3", .merged)
            try await answer("shop-c2-0")
            let merged = try await fixture.waitForPhase("shop-2", .merged)
            let git = fixture.git()
            let commit = try await git.commit("refs/heads/main")
            #expect(commit.id.hex == merged.mergeCommit && commit.parents.first?.hex == other.mergeCommit)
            #expect(
                try await git.files(at: commit.id).map(\.path).filter { $0.hasSuffix("/x") } == [
                    "a/x", "b/x",
                ])
            let runs = try await fixture.client.listAll(.pipelineRuns, namespace: "default")
            #expect(runs.count == 4)
            let record = try #require(try await git.object("refs/slipway/records/\(commit.id)"))
            let envelope = try Envelope(json: record.content)
            let payload = try JSON.parse(envelope.payload)
            let tested = try #require(payload["tested", "commit"]?.stringValue.flatMap { ObjectID($0) })
            #expect(
                payload["commit"]?.stringValue == commit.id.hex
                    && payload["tree"]?.stringValue == commit.tree.hex)
            #expect(try await git.commit(tested).parents.first != commit.parents.first)
            try await fixture.wait(.repositories, "shop") {
                $0["status", "audit", "commit"]?.stringValue == commit.id.hex
                    && $0.conditions.isTrue("Attested")
            }
        }
    }

    @Test func `a change of the whole repository has the queue to itself`() async throws {
        try await Self.with { fixture, ada, answer in
            try await Self.push(ada, "a", ["a/x": "1"])
            _ = try await fixture.waitForPhase("shop-2", .testing)
            try await Self.push(ada, "root", ["README.md": "1"])
            let whole = try await fixture.waitForReason("shop-3", "WaitsForLanes")
            #expect(whole.message == "concerns the whole repository and waits for shop-2")
            try await Self.push(ada, "b", ["b/x": "1"])
            let behind = try await fixture.waitForReason("shop-4", "WaitsForRepository")
            #expect(behind.message == "shop-3 concerns the whole repository and comes first")
            try await answer("shop-c2-0")
            for run in ["shop-c3-0", "shop-c3-1"] { try await answer(run) }
            try await answer("shop-c4-0")
            let last = try await fixture.waitForPhase("shop-4", .merged)
            let repository = try await fixture.wait(.repositories, "shop") {
                $0["status", "head"]?.stringValue == last.mergeCommit
                    && $0["status", "lanes"]?.arrayValue?.isEmpty == true
            }
            #expect(repository.conditions.isTrue("Ready"))
        }
    }

    @Test func `a change that leaves the queue ends its runs`() async throws {
        try await Self.with { fixture, ada, answer in
            try await Self.push(ada, "a", ["a/x": "1"])
            _ = try await fixture.wait(.pipelineRuns, "shop-c2-0") { _ in true }
            try await Self.push(ada, "a", ["a/x": "2"])
            try await fixture.wait(.pipelineRuns, "shop-c2-0") { $0["spec", "cancel"]?.boolValue == true }
            try await answer("shop-c3-0")
            _ = try await fixture.waitForPhase("shop-2", .merged)
            #expect(
                try await fixture.git().blob("a/x", at: try await fixture.git().commit("refs/heads/main").id)
                    == [0x32])
        }
    }
}
