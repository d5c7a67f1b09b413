import Git
import TestSupport
import Testing

struct CommitSeriesTests {
    private static let author = Signature(name: "Ada", email: "ada@example.org", seconds: 1_767_000_000)

    @Test(arguments: [3, 60]) func `a series is what the same commits one by one are`(count: Int) async throws
    {
        let path = try #require(Program.path("git"))
        try await withTemporaryDirectory { directory in
            let program = try GitProgram(path: path, isDurable: false)
            let git = try await GitRepository.create(at: "\(directory)/a.git", program: program)
            let long = (0..<400).map { "line \($0)\n" }.joined()
            let base = try await git.commit(
                [.write("a/b/long.txt", Array(long.utf8)), .write("top", Array("1".utf8))], on: nil,
                author: Self.author, message: "Begin")
            var series = CommitSeries(on: base, in: git)
            var tip = base
            for number in 0..<count {
                // Values come again, folders come to be, and one file is changed all the time.
                let text = long.replacing("line 200\n", with: "line \(number % 5 == 0 ? 200 : number)!\n")
                let edits: [TreeEdit] = [
                    .write("a/b/long.txt", Array(text.utf8)),
                    .write("new/\(number % 3)/x", Array("\(number)".utf8)),
                ]
                try await series.append(edits, author: Self.author, message: "Change \(number)")
                tip = try await git.commit(edits, on: tip, author: Self.author, message: "Change \(number)")
            }
            #expect(series.tip == tip)
            // The objects of the other repository come from the series alone.
            let other = try await GitRepository.create(at: "\(directory)/b.git", program: program)
            let copy = try await other.commit(
                [.write("a/b/long.txt", Array(long.utf8)), .write("top", Array("1".utf8))], on: nil,
                author: Self.author, message: "Begin")
            #expect(copy == base)
            var again = CommitSeries(on: base, in: other)
            for number in 0..<count {
                let text = long.replacing("line 200\n", with: "line \(number % 5 == 0 ? 200 : number)!\n")
                try await again.append(
                    [
                        .write("a/b/long.txt", Array(text.utf8)),
                        .write("new/\(number % 3)/x", Array("\(number)".utf8)),
                    ], author: Self.author, message: "Change \(number)")
            }
            try await again.write()
            try await other.update([.create("refs/heads/main", again.tip)])
            let client = try ClientGit(directory)
            try await client("-C", "\(directory)/b.git", "fsck", "--strict", "--full")
            #expect(again.tip == tip)
            #expect(try await other.files(at: tip) == git.files(at: tip))
        }
    }

    @Test func `a file cannot take the place of a folder, nor a folder of a file`() async throws {
        let path = try #require(Program.path("git"))
        try await withTemporaryDirectory { directory in
            let git = try await GitRepository.create(
                at: "\(directory)/a.git", program: try GitProgram(path: path, isDurable: false))
            let base = try await git.commit(
                [.write("a/b", Array("1".utf8))], on: nil, author: Self.author, message: "Begin")
            for edit in [TreeEdit.write("a", [1]), .write("a/b/c", [1]), .remove("a/b")] {
                var series = CommitSeries(on: base, in: git)
                await #expect(throws: GitError.self) {
                    try await series.append([edit], author: Self.author, message: "No")
                }
            }
        }
    }
}
