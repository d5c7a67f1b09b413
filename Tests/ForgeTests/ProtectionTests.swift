import Forge
import Foundation
import Git
import KubeModel
import Manifest
import TestSupport
import Testing

struct ProtectionTests {
    @Test func `no push moves a protected branch`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository(
                "shop", .init(protectedBranches: ["release/*"], autoMerge: true))
            let ada = try await fixture.begin()
            let main = try await git.reference("refs/heads/main")
            try await ada.commit("Sneak in", ["x": "1"])
            let admin = fixture.url(token: "admin-token")
            for url in ["origin", admin] {
                for refspec in [
                    "HEAD:refs/heads/main", "+HEAD:refs/heads/main", ":refs/heads/main",
                    "HEAD:refs/heads/release/1",
                    "HEAD:refs/pull/1/head", "HEAD:refs/slipway/records/x", "HEAD:refs/notes/x",
                    ":refs/for/main",
                ] {
                    let outcome = try await ada.attempt("push", "--force", url, refspec)
                    #expect(outcome.code != 0, "\(refspec)")
                }
            }
            let told = try await ada.attempt("push", "origin", "HEAD:main")
            #expect(told.error.contains("open a pull request with: git push origin HEAD:refs/for/main"))
            // One refused reference refuses the others of the push.
            #expect(try await ada.attempt("push", "origin", "HEAD:refs/heads/free", "HEAD:main").code != 0)
            let free = try await git.reference("refs/heads/free")
            #expect(free == nil)
            #expect(try await git.reference("refs/heads/main") == main)

            try await ada("push", "--quiet", "origin", "HEAD:refs/heads/free", "HEAD:refs/tags/v1")
            try await ada("push", "--quiet", "--force", "origin", "HEAD~1:refs/heads/free")
            #expect(try await ada.attempt("push", "--force", "origin", "HEAD~1:refs/tags/v1").code != 0)
            #expect(try await ada.attempt("push", "origin", ":refs/tags/v1").code != 0)
        }
    }

    /// Git reads `refs/tags/refs/slipway/x` where it is asked for `refs/slipway/x` and there is none.
    @Test func `no tag or branch stands in for a reference of the forge`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.begin()
            let main = try #require(try await git.reference("refs/heads/main"))
            try ada.write(
                #"[{"context":"ci/lint","state":"success","description":"by eve"}]"#, to: "forged.json")
            let forged = try await ada("hash-object", "-w", "forged.json")
            let statuses = "refs/slipway/statuses/\(main)"
            for refspec in [
                "\(forged):refs/tags/\(statuses)", "HEAD:refs/heads/refs/heads/main",
                "HEAD:refs/tags/refs/heads/other", "HEAD:refs/tags/HEAD", "HEAD:refs/heads/HEAD",
                "HEAD:refs/heads/\(main)", "HEAD:refs/tags/\(main)",
            ] {
                let outcome = try await ada.attempt("push", "origin", refspec)
                #expect(outcome.code != 0, "\(refspec)")
                #expect(outcome.error.contains("is taken for another reference"), "\(outcome.error)")
            }
            let session = fixture.forge.acting(as: ForgeUser(name: "ada"))
            #expect(try await session.statuses(of: main.hex, in: "default/shop").isEmpty)
            try await session.setStatus(
                CommitStatus(context: "ci/lint", state: .failure), of: main.hex, in: "default/shop")
            let local = try ClientGit(fixture.directory)
            let outcome = try await local.attempt(
                "--git-dir", git.path, "update-ref", "refs/tags/refs/heads/other", main.hex)
            #expect(outcome.code != 0)
        }
    }

    @Test func `whoever is on the machine is stopped by the hooks too`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.begin()
            let main = try #require(try await git.reference("refs/heads/main"))
            try await ada.commit("Sneak in", ["x": "1"])
            // By the path: hooks run, and nobody has logged in.
            for refspec in ["HEAD:refs/heads/main", "HEAD:refs/for/main", "HEAD:refs/heads/free"] {
                #expect(try await ada.attempt("push", git.path, refspec).code != 0, "\(refspec)")
            }
            let local = try ClientGit(fixture.directory)
            try await ada("push", "--quiet", "origin", "HEAD:refs/heads/free")
            let free = try await ada("rev-parse", "HEAD")
            func attempt(_ arguments: String...) async throws -> Program.Outcome {
                try await local.run(["--git-dir", git.path] + arguments)
            }
            for arguments in [
                ["update-ref", "refs/heads/main", free], ["update-ref", "-d", "refs/heads/main"],
                ["branch", "-f", "main", free], ["branch", "-D", "main"], ["branch", "-M", "free", "main"],
                ["update-ref", "refs/slipway/records/\(free)", free],
                ["update-ref", "refs/pull/1/head", free],
                ["fetch", ada.directory, "+HEAD:refs/heads/main"],
            ] {
                let outcome = try await local.run(["--git-dir", git.path] + arguments)
                #expect(outcome.code != 0, "\(arguments): \(outcome.output)")
            }
            #expect(try await git.reference("refs/heads/main") == main)
            // A name that stands for main is no way to it.
            _ = try await attempt("symbolic-ref", "refs/heads/alias", "refs/heads/main")
            #expect(try await ada.attempt("push", "--force", "origin", "HEAD:refs/heads/alias").code != 0)
            #expect(try await attempt("update-ref", "refs/heads/alias", free).code != 0)
            // What a repository's own settings say does not count.
            for (name, value) in [
                ("receive.denyNonFastForwards", "false"), ("receive.denyDeletes", "false"),
                ("receive.denyCurrentBranch", "updateInstead"), ("core.hooksPath", "/nonexistent"),
                ("receive.procReceiveRefs", "refs/none"),
            ] {
                _ = try await attempt("config", name, value)
            }
            #expect(try await ada.attempt("push", "--force", "origin", "HEAD:refs/heads/main").code != 0)
            #expect(
                try await ada.attempt("push", "origin", "+HEAD~1:refs/heads/main", ":refs/heads/main").code
                    != 0)
            #expect(try await git.reference("refs/heads/main") == main)
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForPhase("shop-2", .merged)
        }
    }

    @Test func `hooks refuse where the forge does not answer`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.begin()
            try await ada.commit("Sneak in", ["x": "1"])
            try FileManager.default.removeItem(atPath: "\(fixture.directory)/run/forge.sock")
            let outcome = try await ada.attempt("push", "origin", "HEAD:refs/heads/free")
            #expect(outcome.code != 0 && outcome.error.contains("the forge does not answer"))
            let local = try ClientGit(fixture.directory)
            let head = try await ada("rev-parse", "origin/main")
            #expect(
                try await local.attempt("--git-dir", git.path, "update-ref", "refs/heads/free", head).code
                    != 0)
        }
    }

    @Test func `the auditor finds what was changed behind the hooks`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.begin()
            let main = try #require(try await git.reference("refs/heads/main"))
            try await fixture.wait(.repositories, "shop") {
                $0["status", "audit", "commit"]?.stringValue == main.hex
            }
            try await ada.commit("Sneak in", ["x": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/heads/free")
            let free = try await ada("rev-parse", "HEAD")
            let local = try ClientGit(fixture.directory)

            func alarm(_ reason: String) async throws {
                try await fixture.wait(.repositories, "shop") { $0.conditions["Attested"]?.reason == reason }
            }
            func restore() async throws {
                try await local(
                    "-c", "core.hooksPath=/dev/null", "--git-dir", git.path, "update-ref", "refs/heads/main",
                    main.hex)
                try await alarm("EveryCommitSigned")
            }
            // Written with an editor, without git.
            try Data("\(free)\n".utf8).write(to: URL(filePath: "\(git.path)/refs/heads/main"))
            try await alarm("UnattestedCommit")
            try await restore()
            try Data("ref: refs/heads/free\n".utf8).write(to: URL(filePath: "\(git.path)/refs/heads/main"))
            try await alarm("SymbolicBranch")
            try FileManager.default.removeItem(atPath: "\(git.path)/refs/heads/main")
            try await alarm("BranchGone")
            try await restore()

            try await local(
                "-c", "core.hooksPath=/dev/null", "--git-dir", git.path, "update-ref", "refs/heads/main", free
            )
            try await alarm("UnattestedCommit")
            // The queue stops on what nobody has tested.
            try await ada.commit("Next", ["y": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/for/main")
            _ = try await fixture.waitForReason("shop-2", "Frozen")
            try await local(
                "-c", "core.hooksPath=/dev/null", "--git-dir", git.path, "update-ref", "refs/heads/main",
                main.hex)
            _ = try await fixture.waitForPhase("shop-2", .merged)
        }
    }

    @Test func `a record is believed only with the queue's signature`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            let ada = try await fixture.begin()
            try await ada.commit("Sneak in", ["x": "1"])
            try await ada("push", "--quiet", "origin", "HEAD:refs/heads/free")
            let free = try #require(ObjectID(try await ada("rev-parse", "HEAD")))
            // The record of another commit, under this one's name.
            let main = try #require(try await git.reference("refs/heads/main"))
            let record = try #require(try await git.reference("refs/slipway/records/\(main)"))
            try await git.update([.set("refs/slipway/records/\(free)", record)])
            let local = try ClientGit(fixture.directory)
            let outcome = try await local.attempt(
                "--git-dir", git.path, "update-ref", "refs/heads/main", free.hex)
            #expect(outcome.code != 0 && outcome.error.contains("is about commit"), "\(outcome.error)")
        }
    }
}
