import Git
import TestSupport
import Testing

struct ObjectTests {
    @Test func `an object is named as git names it`() {
        #expect(GitObject(.blob, Array("hello\n".utf8)).id.hex == "ce013625030ba8dba906f756967f9e9ca394464a")
        #expect(GitObject(.tree, []).id == .emptyTree)
    }

    @Test(arguments: [
        "", "main", "ce013625", "CE013625030BA8DBA906F756967F9E9CA394464A", String(repeating: "g", count: 40),
    ])
    func `what is no full name is no object id`(_ text: String) {
        #expect(ObjectID(text) == nil)
    }

    @Test func `an id survives its bytes`() throws {
        let id = try #require(ObjectID("ce013625030ba8dba906f756967f9e9ca394464a"))
        #expect(ObjectID(bytes: id.bytes) == id)
        #expect(ObjectID.zero.isZero && !id.isZero)
    }

    /// Fsck lets an unknown header pass that ends in a carriage return.
    @Test func `no header or line end makes a message look like headers`() async throws {
        try await withRepository { repository, _ in
            let real = try await repository.writeTree([])
            let other = try await repository.edit(nil, [.write("a", [1])])
            let text =
                "tree \(real)\nauthor Eve <eve@example.org> 1 +0000\n"
                + "committer Eve <eve@example.org> 1 +0000\nnote x\r\n\ntree \(other)\n"
                + "author Ada <ada@example.org> 1 +0000\n\nReal text\n"
            let object = GitObject(.commit, Array(text.utf8))
            try await repository.write([object])
            let commit = try await repository.commit(object.id)
            #expect(commit.tree == real)
            #expect(commit.author.name == "Eve" && commit.committer.name == "Eve")
            #expect(commit.subject == "tree \(other)")
        }
    }

    @Test func `a commit is named as git names it`() async throws {
        try await withRepository { repository, directory in
            let client = try ClientGit("\(directory)/work")
            try await client("init", "--quiet")
            try client.write("hi\n", to: "a/b.txt")
            try await client("add", "--all")
            var dated = client
            dated.environment["GIT_AUTHOR_DATE"] = "1700000000 +0100"
            dated.environment["GIT_COMMITTER_DATE"] = "1700000000 +0100"
            try await dated("commit", "--quiet", "-m", "First\n\nBody.\n\nChange-Id: I12")
            let expected = try await client("rev-parse", "HEAD")

            let id = try await repository.commit(
                [.write("a/b.txt", Array("hi\n".utf8))], on: nil, author: ada,
                message: "First\n\nBody.\n\nChange-Id: I12")
            #expect(id.hex == expected)
            let commit = try await repository.commit(id)
            #expect(commit.subject == "First" && commit.trailer("change-id") == "I12")
            #expect(commit.author == ada && commit.parents.isEmpty)
        }
    }

    struct Message: Sendable {
        var text: String
        var trailers: [String]
    }

    @Test(arguments: [
        Message(text: "Fix: it\n", trailers: []),
        Message(text: "Fix it\n\nA: b\nC-d: e f\n", trailers: ["A=b", "C-d=e f"]),
        Message(text: "Fix it\n\nA: b\n  more\n", trailers: ["A=b more"]),
        Message(text: "Fix it\n\nText.\nA: b\n", trailers: []),
        Message(text: "Fix it\n\nA: b\n\nText\n", trailers: []),
        Message(text: "", trailers: []),
    ])
    func `trailers are the last paragraph where it has nothing else`(_ message: Message) {
        let commit = Commit(tree: .emptyTree, parents: [], author: ada, message: message.text)
        #expect(commit.trailers.map { "\($0.name)=\($0.value)" } == message.trailers)
    }

    @Test func `names and messages cannot smuggle headers into a commit`() async throws {
        try await withRepository { repository, _ in
            let evil = Signature(name: "Eve\nparent 0", email: "a>b<c", seconds: 1)
            let id = try await repository.commit([], on: nil, author: evil, message: "x")
            let commit = try await repository.commit(id)
            #expect(
                commit.parents.isEmpty && commit.author.name == "Eveparent 0" && commit.author.email == "abc")
        }
    }

    @Test(arguments: [
        ("refs/heads/main", true), ("refs/heads/a.lock", false), ("refs/heads/a..b", false),
        ("refs/heads/", false),
        ("refs/heads/.a", false), ("refs/heads/a b", false), ("main", false), ("refs/heads/a@{1}", false),
        ("refs/heads/a\u{7f}", false), ("refs/heads/ä", true), ("refs/heads/a/b", true),
        ("refs/heads/a.", false),
    ])
    func `names of references keep git's rules`(_ name: String, _ isValid: Bool) {
        #expect(ReferenceName.isValid(name) == isValid)
    }

    @Test func `packet lines survive any cut`() throws {
        let lines: [PacketLine] = [.text("one\n"), .flush, .data([0, 1, 2]), .delimiter, .text(""), .flush]
        let bytes = lines.flatMap(\.bytes)
        for size in 1...bytes.count {
            var reader = PacketLineReader()
            var read: [PacketLine] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                reader.append(bytes[start..<min(start + size, bytes.count)])
                while let line = try reader.next() { read.append(line) }
            }
            #expect(read == lines)
        }
        var reader = PacketLineReader()
        reader.append(Array("zzzz".utf8))
        #expect(throws: GitError.self) { try reader.next() }
    }
}
