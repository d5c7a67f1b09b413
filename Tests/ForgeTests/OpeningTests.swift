import Forge
import Git
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

struct OpeningTests {
    private func spec(_ fixture: ForgeFixture, _ name: String) async throws -> PullRequestSpec {
        let object = try await fixture.client.get(.pullRequests, name, namespace: "default")
        return try ValueDecoder().decode(PullRequestSpec.self, from: object["spec"] ?? .null)
    }

    @Test func `a push opens a pull request and names it and its page`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            let head = try await ada.commit("Sell shoes\n\nThey sell well.", ["a": "1"])
            let outcome = try await ada.attempt(
                "push", "-o", "reviewer=bob", "-o", "draft", "origin", "HEAD:refs/for/main")
            #expect(outcome.code == 0, "\(outcome.error)")
            #expect(outcome.error.contains("remote: Pull request default/shop#1 opened: Sell shoes"))
            #expect(outcome.error.contains("\(fixture.forge.baseURL)/default/shop/pulls/1"))
            let spec = try await spec(fixture, "shop-1")
            #expect(spec.title == "Sell shoes" && spec.body == "They sell well." && spec.author == "ada")
            #expect(spec.head == head && spec.draft == true && spec.reviewers == ["bob"])
            let kept = try await fixture.git().reference("refs/pull/1/head")
            let direct = try await fixture.git().reference("refs/for/main")
            #expect(kept?.hex == head && direct == nil)
            let status = try await fixture.waitForReason("shop-1", "Draft")
            #expect(status.message?.contains("draft") == true)
        }
    }

    @Test func `a commit that says too much opens a pull request that says what fits`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            let words = String(repeating: "word ", count: 16_000)
            try ada.write("\(words.prefix(3_000))\n\n\(words)\n", to: "../message")
            try await ada("commit", "--quiet", "--allow-empty", "-F", "../message")
            let outcome = try await ada.attempt("push", "origin", "HEAD:refs/for/main")
            #expect(outcome.code == 0, "\(outcome.error)")
            let spec = try await spec(fixture, "shop-1")
            #expect(spec.title.count == 1024 && spec.title.hasSuffix("…"))
            #expect(spec.body?.count == 65_536 && spec.body?.hasSuffix("…") == true)
            for option in ["title=\(words.prefix(1_100))", "reviewer=\(words.prefix(300))"] {
                let refused = try await ada.attempt("push", "-o", option, "origin", "HEAD:refs/for/main")
                #expect(refused.code != 0 && refused.error.contains("characters at most"), "\(refused.error)")
            }
        }
    }

    @Test func `a commit that unfolds to more files than there is memory is refused`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            let own = GitRepository(path: "\(ada.directory)/.git", program: fixture.program)
            var tree = try await own.edit(nil, [.write("x", [1])])
            for _ in 0..<10 {
                tree = try await own.writeTree(
                    (0..<20).map { TreeEntry(name: "d\($0)", mode: .tree, id: tree) })
            }
            let commit = Commit(
                tree: tree, parents: [], author: Signature(name: "Ada", email: "a@example.org", seconds: 1),
                message: "Unfold")
            try await own.write(commit)
            let outcome = try await ada.attempt("push", "origin", "\(commit.id):refs/for/main")
            #expect(outcome.code != 0 && outcome.error.contains("unfolds to more files"), "\(outcome.error)")
        }
    }

    @Test func `a rewritten branch updates its pull request`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            try await ada.commit("One", ["a": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            // Amended, continued, rebased by a new root: still the same.
            try ada.write("2", to: "a")
            try await ada("commit", "--quiet", "--all", "--amend", "--no-edit")
            let amended = try await ada.attempt("push", "origin", "HEAD:refs/for/main")
            #expect(amended.error.contains("shop#1 updated: One"), "\(amended.error)")
            let head = try await ada.commit("Two", ["b": "1"])
            let continued = try await ada.attempt("push", "origin", "HEAD:refs/for/main")
            #expect(continued.error.contains("shop#1 updated"), "\(continued.error)")
            #expect(try await spec(fixture, "shop-1").head == head)

            let again = try await ada.attempt("push", "origin", "HEAD:refs/for/main")
            #expect(again.error.contains("shop#1 is up to date"), "\(again.error)")
        }
    }

    @Test func `topics and change ids name a pull request across branches`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            let ada = try await fixture.developer(clones: false)
            try await ada.commit("One", ["a": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main/shoes")
            try await ada("checkout", "--quiet", "--orphan", "other")
            try await ada.commit("Other", ["a": "2"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            try await ada("push", "--quiet", "-o", "topic=shoes", "origin", "HEAD:refs/for/main")
            #expect(try await spec(fixture, "shop-1").title == "Other")
            let three = try await ada.attempt("push", "-o", "topic=hats", "origin", "HEAD:refs/for/main")
            #expect(three.error.contains("shop#3 opened"), "\(three.error)")

            try await ada("checkout", "--quiet", "--orphan", "third")
            try await ada.commit("Coats\n\nChange-Id: I77", ["c": "2"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            try await ada("checkout", "--quiet", "--orphan", "fourth")
            try await ada.commit("Coats and more\n\nChange-Id: I77", ["c": "3"])
            let four = try await ada.attempt("push", "-o", "title=All coats", "origin", "HEAD:refs/for/main")
            #expect(four.error.contains("shop#4 updated: All coats"), "\(four.error)")
        }
    }

    @Test func `pull requests pushed at once get numbers of their own`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository("shop", .init())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        let ada = try await fixture.developer(number % 2 == 0 ? "Ada" : "Bob", clones: false)
                        try await ada.commit("Change \(number)", ["f\(number)": "1"])
                        try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
                    }
                }
                try await group.waitForAll()
            }
            let pulls = try await fixture.client.listAll(.pullRequests, namespace: "default")
            #expect(Set(pulls.map(\.metadata.name)) == Set((1...6).map { "shop-\($0)" }))
            #expect(Set(pulls.compactMap { $0["spec", "title"]?.stringValue }).count == 6)
        }
    }

    struct Refusal: Sendable, CustomStringConvertible {
        var arguments: [String]
        var message: String
        var description: String { arguments.joined(separator: " ") }
    }

    @Test func `what makes no pull request is refused with a reason`() async throws {
        try await ForgeFixture.with { fixture in
            try await fixture.repository()
            let ada = try await fixture.begin()
            let refusals = [
                Refusal(arguments: ["HEAD:refs/for/main"], message: "there is nothing to merge"),
                Refusal(arguments: ["HEAD:refs/for/other"], message: "pull requests are for main"),
                Refusal(arguments: ["-o", "draft=maybe", "HEAD:refs/for/main"], message: "is true or false"),
                Refusal(
                    arguments: ["-o", "revewer=bob", "HEAD:refs/for/main"],
                    message: "\"revewer\" is not known"),
                Refusal(arguments: ["-o", "pr=99", "HEAD:refs/for/main"], message: "nothing to merge"),
            ]
            for refusal in refusals {
                let options = refusal.arguments.dropLast()
                let outcome = try await ada.run(["push"] + options + ["origin"] + refusal.arguments.suffix(1))
                #expect(
                    outcome.code != 0 && outcome.error.contains(refusal.message),
                    "\(refusal): \(outcome.error)")
            }
            try await ada.commit("New", ["n": "1"])
            let unknown = try await ada.attempt("push", "-o", "pr=99", "origin", "HEAD:refs/for/main")
            #expect(unknown.error.contains("there is no pull request 99"), "\(unknown.error)")
            let eve = try await ada.attempt("push", fixture.url(token: "eve-token"), "HEAD:refs/for/main")
            #expect(eve.code != 0)
            let nobody = try await ada.attempt("push", fixture.url(token: "wrong"), "HEAD:refs/for/main")
            #expect(nobody.code != 0)
        }
    }
}
