import Git
import KubeModel
import Manifest
import Testing

@testable import Forge

struct HousekeepingTests {
    @Test func `a repository with many packs is packed while it is idle, and loses nothing`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository()
            try await fixture.begin()
            let main = try #require(try await git.reference("refs/heads/main"))
            func blobs(_ pack: Int) -> [GitObject] {
                (0..<101).map { GitObject(.blob, Array("object \($0) of \(pack)".utf8)) }
            }
            for pack in 0..<41 { try await git.write(blobs(pack)) }
            let clock = ContinuousClock()
            let deadline = clock.now + .seconds(300)
            while try await packs(of: git) > 40, clock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await packs(of: git) <= 2)
            // What nothing refers to yet may be about to be referred to.
            #expect(try await git.object(blobs(40)[100].id.hex)?.kind == .blob)
            #expect(try await git.reference("refs/heads/main") == main)
            #expect(try await git.commit(main).id == main)
        }
    }

    private func packs(of git: GitRepository) async throws -> Int {
        ObjectCounts(
            try await git.program.run(GitInvocation(["--git-dir", git.path, "count-objects", "-v"])).text
        ).packs
    }

    @Test func `counts are read as git tells them`() {
        let counts = ObjectCounts(
            "count: 5001\nsize: 20\nin-pack: 3\npacks: 2\nsize-pack: 4\nprune-packable: 0\n")
        #expect(counts.loose == 5001 && counts.packs == 2 && counts.needsPacking)
        #expect(!ObjectCounts("count: 10\npacks: 40\n").needsPacking)
    }
}
