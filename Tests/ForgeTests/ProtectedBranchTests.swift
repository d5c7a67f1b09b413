import Forge
import Git
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

/// Branches besides the default one that only the merge queue moves.
struct ProtectedBranchTests {
    private static let spec = RepositorySpec(protectedBranches: ["release/*"], autoMerge: true)

    @Test func `a pull request lands on the protected branch that its push names`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository("shop", Self.spec)
            let ada = try await fixture.begin()
            let begun = try #require(try await git.reference("refs/heads/main"))
            try await ada("push", "--quiet", "origin", "HEAD:refs/heads/release/1")
            try await ada.commit("Mend it", ["mend": "1"])
            let told = try await ada.attempt("push", "origin", "HEAD:refs/for/release/1/mending")
            #expect(told.code == 0, "\(told.error)")
            let mended = try await fixture.waitForPhase("shop-2", .merged)
            #expect(mended.message?.hasPrefix("merged into release/1 as ") == true, "\(mended)")
            let release = try #require(try await git.reference("refs/heads/release/1"))
            #expect(release.hex == mended.mergeCommit)
            #expect(try await git.reference("refs/heads/main") == begun)

            // The same change for main is another pull request, tested on its own.
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            let landed = try await fixture.waitForPhase("shop-3", .merged)
            #expect(try await git.reference("refs/heads/main")?.hex == landed.mergeCommit)
            #expect(try await git.reference("refs/heads/release/1") == release)
            let runs = try await fixture.client.listAll(.pipelineRuns, namespace: "default")
            #expect(Set(runs.compactMap { $0["spec", "commit"]?.stringValue }).count == 3)

            // A failing change is turned away there, too; and the next one lands on what is there.
            try await ada("fetch", "--quiet", "origin")
            try await ada("checkout", "--quiet", "--detach", release.hex)
            try await ada.commit("Break it", ["fail": ""])
            try await ada("push", "--quiet", "-o", "topic=bad", "origin", "HEAD:refs/for/release/1")
            _ = try await fixture.waitForReason("shop-4", "PipelineFailed")
            try await ada("checkout", "--quiet", "--detach", release.hex)
            try await ada.commit("Mend more", ["more": "1"])
            try await ada("push", "--quiet", "-o", "topic=good", "origin", "HEAD:refs/for/release/1")
            let next = try await fixture.waitForPhase("shop-5", .merged)
            let tip = try #require(try await git.reference("refs/heads/release/1"))
            #expect(tip.hex == next.mergeCommit)
            #expect(try await git.commit(tip).parents.first == release)
        }
    }

    @Test func `no branch takes what was tested for another, and none begins with what was not`() async throws
    {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository("shop", Self.spec)
            let ada = try await fixture.begin()
            try await ada("push", "--quiet", "origin", "HEAD:refs/heads/release/1")
            try await ada.commit("Go on", ["x": "1"])
            // Its base is where both branches are.
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            let landed = try #require(try await fixture.waitForPhase("shop-2", .merged).mergeCommit)
            let local = try ClientGit(fixture.directory)
            let moved = try await local.run(
                ["--git-dir", git.path, "update-ref", "refs/heads/release/1", landed])
            #expect(moved.code != 0 && moved.error.contains("was made for the default branch"), "\(moved)")
            #expect(try await ada.attempt("push", "origin", "HEAD:refs/heads/release/2").code != 0)
            #expect(try await ada.attempt("push", "origin", ":refs/heads/release/1").code != 0)
            try await ada("push", "--quiet", "origin", "HEAD:refs/heads/free")
            for (target, words) in [
                ("free", "free of default/shop is not protected"),
                ("release/9", "default/shop has no branch release/9"),
                ("other", "default/shop has no branch other"),
            ] {
                let told = try await ada.attempt("push", "origin", "HEAD:refs/for/\(target)")
                #expect(told.code != 0 && told.error.contains(words), "\(told.error)")
            }
            // From what has landed, a new one may begin.
            try await ada("fetch", "--quiet", "origin")
            try await ada("push", "--quiet", "origin", "\(landed):refs/heads/release/2")
            #expect(try await git.reference("refs/heads/release/2")?.hex == landed)
        }
    }
}
