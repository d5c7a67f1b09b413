import Forge
import Git
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

struct MergingTests {
    @Test func `what was tested is what lands, first commit included`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.begin()
            let first = try #require(try await git.reference("refs/heads/main"))
            #expect(try await ada("rev-parse", "main") == first.hex)

            let head = try await ada.commit("Sell shoes\n\nFixes: 12", ["shoes": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            let status = try await fixture.waitForPhase("shop-2", .merged)
            let main = try await git.commit("refs/heads/main")
            #expect(main.id.hex == status.mergeCommit)
            #expect(main.parents.map(\.hex) == [first.hex, head])
            #expect(main.subject == "Merge #2: Sell shoes")
            #expect(main.trailer("Pull-Request") == "default/shop#2" && main.trailer("Fixes") == "12")
            #expect(try await git.merge(first, #require(ObjectID(head))) == .clean(main.tree))
            try await fixture.wait(.repositories, "shop") {
                $0["status", "audit", "commit"]?.stringValue == main.id.hex
                    && $0.conditions.isTrue("Attested")
            }
            // The page is for those who may read.
            let candidates = try await git.references("refs/slipway/candidates/")
            #expect(candidates.count <= 1)
        }
    }

    @Test func `a failing change is turned away with its reason and comes back with a new commit`()
        async throws
    {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.begin()
            let main = try await git.reference("refs/heads/main")
            try await ada.commit("Bad", ["fail": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            let status = try await fixture.waitForReason("shop-2", "PipelineFailed")
            #expect(status.message?.contains("gate test: the tree says so (PipelineRun shop-c") == true)
            #expect(try await git.reference("refs/heads/main") == main)
            try await ada("rm", "--quiet", "fail")
            try ada.write("good", to: "good")
            try await ada("add", "good")
            try await ada("commit", "--quiet", "--amend", "-m", "Good")
            try await ada("push", "--quiet", "-o", "pr=2", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForPhase("shop-2", .merged)
        }
    }

    @Test func `conflicts and missing pipelines are told to the author`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository()
            let ada = try await fixture.begin()
            let other = try await fixture.developer("Bob")
            try await ada.commit("Ours", ["README.md": "ours\n"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForPhase("shop-2", .merged)
            try await other.commit("Theirs", ["README.md": "theirs\n"])
            try await other("push", "--quiet", "origin", "HEAD:refs/for/main")
            let conflict = try await fixture.waitForReason("shop-3", "Conflict")
            #expect(conflict.message == "conflicts with main in README.md; rebase it and push again")

            try await ada("fetch", "--quiet")
            try await ada("reset", "--quiet", "--hard", "origin/main")
            try await ada("rm", "--quiet", ".slipway/pipeline.yaml")
            try await ada.commit("Drop the gates", ["x": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            let removed = try await fixture.waitForReason("shop-4", "PipelineRemoved")
            #expect(removed.message?.contains(".slipway/pipeline.yaml") == true)
        }
    }

    @Test func `of two beginnings one lands, and the other does not stop those behind it`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            let bob = try await fixture.developer("Bob", clones: false)
            try await ada.commit("Ours", [".slipway/pipeline.yaml": "version: 1\n"])
            try await bob.commit("Theirs", [".slipway/pipeline.yaml": "version: 1\n", "x": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            try await bob("push", "--quiet", "origin", "HEAD:refs/for/main")
            let client = ForgeClient(address: fixture.forge.baseURL, token: "ada-token")
            for number in 1...2 {
                _ = try await client.act("merge", namespace: "default", pullRequest: "shop-\(number)")
                if number == 1 { _ = try await fixture.waitForPhase("shop-1", .merged) }
            }
            let refused = try await fixture.waitForReason("shop-2", "Conflict")
            #expect(refused.message?.contains("no common history; rebase") == true, "\(refused)")
            try await ada("fetch", "--quiet", "origin")
            try await ada("reset", "--quiet", "--hard", "origin/main")
            try await ada.commit("Next", ["y": "1"])
            try await ada("push", "--quiet", "-o", "auto-merge", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForPhase("shop-3", .merged)
        }
    }

    @Test func `a run that says more than an object holds ends like others`() async throws {
        try await ForgeFixture.with(runsGates: false) { fixture in
            try await fixture.repository()
            let ada = try await fixture.developer(clones: false)
            try await ada.commit("One", [".slipway/pipeline.yaml": "version: 1\n"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            var run = try await fixture.wait(.pipelineRuns, "shop-c1-0") { _ in true }
            var status = PipelineRunStatus(phase: "Failed")
            status.message = String(repeating: "nothing works; ", count: 200_000)
            run["status"] = try ValueEncoder().encode(status)
            try await fixture.client.update(.pipelineRuns, run, namespace: "default", subresource: "status")
            let refused = try await fixture.waitForReason("shop-1", "PipelineFailed")
            #expect(refused.message?.hasPrefix("nothing works; nothing") == true)
            #expect(refused.message?.hasSuffix("… (PipelineRun shop-c1-0)") == true)
            #expect(refused.message?.utf8.count ?? 0 < 4_096)
        }
    }

    @Test func `the text of a pull request is the merge's, with whichever line ends`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.begin()
            try ada.write("1", to: "shoes")
            try await ada("add", "shoes")
            try await ada(
                "commit", "--quiet", "--cleanup=verbatim", "-m",
                "Sell shoes\r\n\r\nThey sell well.\r\n\r\nIn pairs.\r\n\r\nFixes: 12\r\n")
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForPhase("shop-2", .merged)
            let main = try await git.commit("refs/heads/main")
            #expect(main.body.hasPrefix("They sell well.\n\nIn pairs.\n\nFixes: 12\nPull-Request: "))
        }
    }

    @Test func `approvals of others are needed, and a new push takes them back`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init(requiredApprovals: 1))
            let ada = try await fixture.developer(clones: false)
            try await ada.commit("One", [".slipway/pipeline.yaml": "version: 1\n"])
            try await ada("push", "--quiet", "-o", "auto-merge", "origin", "HEAD:refs/for/main")
            let waiting = try await fixture.waitForReason("shop-1", "NeedsApproval")
            #expect(waiting.message == "needs 1 approval of others than its author")

            func client(_ user: String) -> ForgeClient {
                ForgeClient(address: fixture.forge.baseURL, token: "\(user)-token")
            }
            func approve(_ user: String, _ state: String = "Approved") async throws {
                _ = try await client(user).act(
                    "review", namespace: "default", pullRequest: "shop-1", ["state": state])
            }
            let own = await #expect(throws: ForgeError.self) { try await approve("ada") }
            #expect(own?.code == .forbidden)
            let reader = await #expect(throws: ForgeError.self) { try await approve("eve") }
            #expect(reader?.code == .forbidden)
            let nobody = await #expect(throws: ForgeError.self) { try await approve("nobody") }
            #expect(nobody?.code == .unauthenticated)
            // Nobody is told which pull requests there are.
            let missing = await #expect(throws: ForgeError.self) {
                try await client("nobody").act("merge", namespace: "default", pullRequest: "shop-99")
            }
            #expect(missing?.code == .unauthenticated)
            try await approve("bob", "ChangesRequested")
            _ = try await fixture.waitForReason("shop-1", "ChangesRequested")

            // Bob pushes to Ada's pull request: his word no longer counts.
            try ada.write("2", to: "a")
            try await ada("add", "a")
            try await ada("commit", "--quiet", "--amend", "--no-edit")
            try await ada(
                "push", "--quiet", "-o", "pr=1", fixture.url(token: "bob-token"), "HEAD:refs/for/main")
            let pusher = await #expect(throws: ForgeError.self) { try await approve("bob") }
            #expect(pusher?.code == .forbidden)
            try await ada("commit", "--quiet", "--amend", "-m", "Two")
            try await ada("push", "--quiet", "-o", "pr=1", "origin", "HEAD:refs/for/main")
            try await approve("bob")
            let merged = try await fixture.waitForPhase("shop-1", .merged)
            #expect(merged.reviews?.last?.state == .approved)
            // What Bob pushed may still be in it, which whoever lets it into production has to know.
            let spec = try await fixture.client.get(.pullRequests, "shop-1", namespace: "default")["spec"]
            #expect(spec?["pusher"] == "ada" && spec?["earlierPushers"] == ["ada", "bob"])
        }
    }

    @Test func `nothing lands before somebody asks, nor after it was closed`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            try await ada.commit("One", [".slipway/pipeline.yaml": "version: 1\n"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForReason("shop-1", "NotRequested")
            let client = ForgeClient(address: fixture.forge.baseURL, token: "bob-token")
            let stale = await #expect(throws: ForgeError.self) {
                try await client.act(
                    "merge", namespace: "default", pullRequest: "shop-1", ["head": ObjectID.zero.hex])
            }
            #expect(stale?.code == .conflict)
            _ = try await client.act("close", namespace: "default", pullRequest: "shop-1")
            _ = try await fixture.waitForPhase("shop-1", .closed)
            let closed = await #expect(throws: ForgeError.self) {
                try await client.act("merge", namespace: "default", pullRequest: "shop-1")
            }
            #expect(closed?.code == .conflict)
            let main = try await git.reference("refs/heads/main")
            #expect(main == nil)
        }
    }

    @Test func `a repository without gates merges at once, squashed where it asks for that`() async throws {
        try await ForgeFixture.with(runsGates: false) { fixture in
            let git = try await fixture.repository(
                "config", .init(mergeMethod: .squash, gates: RepositorySpec.Gates.none, autoMerge: true))
            let ada = try await fixture.developer(repository: "config", clones: false)
            try await ada.commit("Begin", ["a": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForPhase("config-1", .merged)
            try await ada.commit("One", ["b": "0"])
            try await ada(
                "commit", "--quiet", "--amend", "--no-edit", "--author", "Carol <carol@example.org>")
            try await ada.commit("More\n\nCo-authored-by: Dan  Doe <dan@example.org>", ["b": "1"])
            try await ada.commit("Two\n\nCo-authored-by: Carol <carol@example.org>", ["b": "2"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForPhase("config-2", .merged)
            let main = try await git.commit("refs/heads/main")
            // Who wrote what was squashed stays known.
            let others = main.trailers.filter { $0.name == "Co-authored-by" }.map(\.value)
            #expect(others.sorted() == ["Carol <carol@example.org>", "Dan Doe <dan@example.org>"])
            #expect(main.parents.count == 1 && main.subject == "Two (#2)")
            #expect(try await git.blob("b", at: main.id) == Array("2".utf8))
        }
    }

    @Test(arguments: ["commit", "tree", "skipped"])
    func `a verdict that is about something else lets nothing land`(_ part: String) async throws {
        try await ForgeFixture.with(gates: { verdict in
            switch part {
            case "commit": verdict.commit = ObjectID.emptyTree.hex
            case "tree": verdict.tree = ObjectID.emptyTree.hex
            default: verdict.gates[3].result = .skipped
            }
        }) { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.developer(clones: false)
            try await ada.commit("One", [".slipway/pipeline.yaml": "version: 1\n"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            let object = try await fixture.wait(.pullRequests, "shop-1") {
                $0["status", "evictedHead"]?.stringValue != nil
            }
            let reason = object["status", "reason"]?.stringValue
            #expect(reason == "PipelineFailed" || reason == "Unattested")
            let main = try await git.reference("refs/heads/main")
            #expect(main == nil)
        }
    }
}
