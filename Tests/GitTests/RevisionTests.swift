import Git
import TestSupport
import Testing

struct RevisionTests {
    /// A branch `main` of three commits, and tags and branches that pretend to be others.
    private static func withDeceit(
        _ body:
            @escaping @Sendable (GitRepository, _ main: [ObjectID], _ other: ObjectID) async throws -> Void
    ) async throws {
        try await withRepository { repository, _ in
            var main: [ObjectID] = []
            for text in ["1", "2", "3"] { main.append(try await repository.commit(text, ["a": text])) }
            let other = try await repository.commit("Other", ["a": "evil"], on: "evil")
            let names = [
                "refs/tags/main", "refs/tags/HEAD", "refs/tags/origin/main", "refs/heads/HEAD",
                "refs/heads/refs/heads/main", "refs/heads/\(main[0])", "refs/tags/only",
            ]
            try await repository.update(names.map { .create($0, other) })
            try await repository.update([.create("refs/remotes/origin/main", main[1])])
            try await body(repository, main, other)
        }
    }

    @Test func `a branch is meant before a tag of its name, as far back as one asks`() async throws {
        try await Self.withDeceit { repository, main, other in
            // This is what git itself makes of it.
            let taken = try await repository.commit("main").id
            #expect(taken == other)
            let meant: [(String, ObjectID)] = [
                ("main", main[2]), ("main~1", main[1]), ("main^^", main[0]), ("origin/main", main[1]),
                ("refs/heads/main", main[2]), ("HEAD", main[2]), ("HEAD~1", main[1]), ("@", main[2]),
                (main[0].hex, main[0]), (String(main[0].hex.prefix(10)), main[0]),
            ]
            for (revision, commit) in meant {
                let found = try await repository.commit(revision: revision).id
                #expect(found == commit, "\(revision)")
            }
            for revision in ["only", "refs/tags/main", "evil", "tags/main"] {
                let found = try await repository.commit(revision: revision).id
                #expect(found == other, "\(revision)")
            }
        }
    }

    @Test(arguments: ["none", "main:a", "", "~1", "main~9", "a..b"])
    func `what names no commit is missing`(revision: String) async throws {
        try await Self.withDeceit { repository, _, _ in
            let error = await #expect(throws: GitError.self) {
                try await repository.commit(revision: revision)
            }
            #expect(error?.code == .notFound)
        }
    }
}
