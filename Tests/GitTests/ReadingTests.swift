import Git
import TestSupport
import Testing

struct ReadingTests {
    @Test(arguments: [true, false])
    func `files are read at a commit`(_ keepsReaders: Bool) async throws {
        try await withRepository(keepsReaders: keepsReaders) { repository, _ in
            let first = try await repository.commit("One", ["a.txt": "1", "dir/b.txt": "2"])
            let second = try await repository.commit("Two", ["dir/b.txt": "3", "dir/sub/c.txt": "4"])
            #expect(try await repository.blob("dir/b.txt", at: first) == Array("2".utf8))
            #expect(try await repository.blob("dir/b.txt", at: second) == Array("3".utf8))
            #expect(try await repository.blob("dir", at: second) == nil)
            #expect(try await repository.blob("none", at: second) == nil)
            #expect(
                try await repository.files(at: second).map(\.path) == ["a.txt", "dir/b.txt", "dir/sub/c.txt"])
            #expect(try await repository.files(at: second, under: "dir/sub").map(\.path) == ["dir/sub/c.txt"])
            #expect(try await repository.entry("dir/sub", at: second)?.mode == .tree)
            #expect(try await repository.entry("a.txt/x", at: second) == nil)
            #expect(try await repository.tree(second).map(\.name) == ["a.txt", "dir"])
            #expect(try await repository.commit("refs/heads/main").id == second)
        }
    }

    /// Ten folders of twenty folders each, of a few hundred bytes, are 10^13 files.
    @Test func `a tree that unfolds without end is left before it fills the memory`() async throws {
        try await withRepository { repository, _ in
            var tree = try await repository.edit(nil, [.write("x", [1])])
            for _ in 0..<10 {
                tree = try await repository.writeTree(
                    (0..<20).map { .init(name: "d\($0)", mode: .tree, id: tree) })
            }
            let bomb = tree
            let size = await #expect(throws: GitError.self) {
                try await repository.checkSize(of: bomb, limit: 1_000)
            }
            #expect(size?.code == .tooLarge && size?.message.contains("1000 files") == true)
            try await repository.checkSize(of: try await repository.edit(nil, [.write("x", [1])]), limit: 1)
            let files = await #expect(throws: GitError.self) {
                _ = try await repository.files(at: bomb, limit: 1_000)
            }
            #expect(files?.code == .tooLarge && files?.message.contains("1000 files") == true)
        }
    }

    @Test func `what is not there is said to be missing`() async throws {
        try await withRepository { repository, _ in
            let object = try await repository.object(ObjectID.zero.hex)
            let name = try await repository.resolve("refs/heads/none")
            let reference = try await repository.reference("refs/heads/none")
            #expect(object == nil && name == nil && reference == nil)
            let error = await #expect(throws: GitError.self) {
                try await repository.commit("refs/heads/none")
            }
            #expect(error?.code == .notFound)
            let gone = GitRepository(path: "/nonexistent/x.git", program: repository.program)
            let missing = await #expect(throws: GitError.self) { try await gone.commit("refs/heads/main") }
            #expect(missing?.code == .notFound)
        }
    }

    @Test func `a read beyond its limit fails and the next one works`() async throws {
        try await withRepository { repository, _ in
            let commit = try await repository.commit(
                "One", ["big": String(repeating: "x", count: 100_000), "a": "b"])
            let error = await #expect(throws: GitError.self) {
                try await repository.blob("big", at: commit, limit: 99_999)
            }
            #expect(error?.code == .tooLarge)
            #expect(try await repository.blob("big", at: commit, limit: 100_000)?.count == 100_000)
            #expect(try await repository.blob("a", at: commit, limit: 1) == Array("b".utf8))
        }
    }

    @Test func `many reads at once get their own answers`() async throws {
        try await withRepository { repository, _ in
            var files: [String: String] = [:]
            for number in 0..<200 { files["d\(number % 7)/f\(number)"] = "content \(number)" }
            let commit = try await repository.commit("Many", files)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for (path, text) in files {
                    group.addTask { try await repository.blob(path, at: commit) == Array(text.utf8) }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func `names with line breaks cannot talk to the reader`() async throws {
        try await withRepository { repository, _ in
            let commit = try await repository.commit("One", ["a\nb": "odd", "c": "d"])
            #expect(try await repository.blob("a\nb", at: commit) == Array("odd".utf8))
            let error = await #expect(throws: GitError.self) {
                try await repository.object("main\ninfo main")
            }
            #expect(error?.code == .invalidName)
        }
    }

    @Test func `differences name status, objects and paths`() async throws {
        try await withRepository { repository, _ in
            let first = try await repository.commit("One", ["a": "1", "b": "2", "ü/x": "3"])
            let second = try await repository.commit(
                [.write("a", [0x31, 0x31]), .remove("b"), .write("c", [0x34], mode: .executable)], on: first,
                author: ada,
                message: "Two")
            let changes = try await repository.changes(from: first, to: second)
            #expect(changes.map { "\($0.status.rawValue) \($0.path)" } == ["M a", "D b", "A c"])
            #expect(changes[2].mode == .executable && changes[1].new == nil && changes[2].old == nil)
            #expect(try await repository.changes(from: nil, to: first).map(\.path) == ["a", "b", "ü/x"])
            #expect(try await repository.isAncestor(first, of: second))
            #expect(try await !repository.isAncestor(second, of: first))
            #expect(try await repository.mergeBase(first, second) == first)
            #expect(try await repository.commits(of: second, excluding: [first]) == [second])
        }
    }
}
