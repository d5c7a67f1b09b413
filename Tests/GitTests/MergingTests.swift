import Git
import TestSupport
import Testing

struct MergingTests {
    @Test func `branches merge without a work tree`() async throws {
        try await withRepository { repository, _ in
            let base = try await repository.commit("Base", ["a": "1\n2\n3\n4\n5\n", "b": "x\n"])
            let ours = try await repository.commit(
                [.write("a", Array("0\n2\n3\n4\n5\n".utf8))], on: base, author: ada, message: "Ours")
            let theirs = try await repository.commit(
                [.write("a", Array("1\n2\n3\n4\n6\n".utf8)), .write("c", [0x63])], on: base, author: ada,
                message: "Theirs")
            guard case .clean(let tree) = try await repository.merge(ours, theirs) else {
                Issue.record("the merge should be clean")
                return
            }
            #expect(try await repository.blob("a", at: tree) == Array("0\n2\n3\n4\n6\n".utf8))
            #expect(
                try await repository.merge(base, theirs) == .clean(try await repository.commit(theirs).tree))
        }
    }

    @Test func `conflicts are told by file`() async throws {
        try await withRepository { repository, _ in
            let base = try await repository.commit("Base", ["a": "1\n", "ö/b": "1\n", "c": "1\n"])
            let ours = try await repository.commit(
                [.write("a", [0x32]), .write("ö/b", [0x32]), .remove("c")], on: base, author: ada,
                message: "Ours")
            let theirs = try await repository.commit(
                [.write("a", [0x33]), .write("ö/b", [0x33]), .write("c", [0x33])], on: base, author: ada,
                message: "Theirs")
            guard case .conflicts(let files, let messages) = try await repository.merge(ours, theirs) else {
                Issue.record("the merge should conflict")
                return
            }
            #expect(files == ["a", "c", "ö/b"])
            #expect(messages.contains("CONFLICT (content): Merge conflict in a"))
            #expect(messages.contains("modify/delete"))
        }
    }

    @Test func `unrelated histories are a conflict`() async throws {
        try await withRepository { repository, _ in
            let one = try await repository.commit([.write("a", [])], on: nil, author: ada, message: "One")
            let other = try await repository.commit([.write("b", [])], on: nil, author: ada, message: "Other")
            let error = await #expect(throws: GitError.self) { try await repository.merge(one, other) }
            #expect(error?.code == .conflict)
        }
    }
}
