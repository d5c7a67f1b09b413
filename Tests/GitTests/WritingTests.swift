import Git
import TestSupport
import Testing

struct WritingTests {
    @Test func `edits make the tree that a work tree would make`() async throws {
        try await withRepository { repository, directory in
            let base = try await repository.commit(
                "One", ["a/x": "1", "a/y": "2", "a-b": "3", "a.c": "4", "z": "5"])
            let commit = try await repository.commit(
                [
                    .write("a/x", Array("11".utf8)), .remove("a/y"), .write("new/deep/file", Array("6".utf8)),
                    .write("run", Array("#!/bin/sh\n".utf8), mode: .executable), .remove("z"),
                    .remove("not/there"),
                ], on: base, author: ada, message: "Two")
            try await repository.update([.create("refs/heads/edit", commit)])

            let client = try ClientGit("\(directory)/work")
            try await client("clone", "--quiet", "-b", "main", repository.path, ".")
            try await client("rm", "--quiet", "a/y", "z")
            try client.write("11", to: "a/x")
            try client.write("6", to: "new/deep/file")
            try client.write("#!/bin/sh\n", to: "run")
            try await client("add", "--all")
            try await client("update-index", "--chmod=+x", "run")
            #expect(try await client("write-tree") == (try await repository.commit(commit)).tree.hex)
            #expect(try await client.attempt("fsck", "--strict").code == 0)
        }
    }

    @Test func `a folder that becomes empty goes`() async throws {
        try await withRepository { repository, _ in
            let base = try await repository.commit("One", ["a/b/c": "1", "d": "2"])
            let tree = try await repository.edit(base, [.remove("a/b/c")])
            #expect(try await repository.tree(tree).map(\.name) == ["d"])
            #expect(try await repository.edit(base, [.remove("a"), .remove("d")]) == .emptyTree)
        }
    }

    @Test(arguments: ["", "/a", "a/", "a//b", "../a", "a/./b", ".git/config", "a/.GIT/x", "a\0b"])
    func `a path that leaves the tree is refused`(_ path: String) async throws {
        try await withRepository { repository, _ in
            let error = await #expect(throws: GitError.self) {
                try await repository.edit(nil, [.write(path, [])])
            }
            #expect(error?.code == .invalidName)
        }
    }

    @Test func `a file is not made a folder unseen`() async throws {
        try await withRepository { repository, _ in
            let base = try await repository.commit("One", ["a": "1"])
            let error = await #expect(throws: GitError.self) {
                try await repository.edit(base, [.write("a/b", [])])
            }
            #expect(error?.code == .conflict)
        }
    }

    @Test(arguments: [1, 100, 101, 700])
    func `any number of objects is stored at once`(_ count: Int) async throws {
        try await withRepository { repository, directory in
            var generator = SeededGenerator(seed: UInt64(count))
            let objects = (0..<count).map { number in
                let size = Int.random(in: 0...(number == 0 ? 200_000 : 300), using: &generator)
                return GitObject(.blob, (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) })
            }
            try await repository.write(objects)
            try await repository.write(Array(objects.prefix(3)))
            for object in objects.prefix(20) {
                #expect(try await repository.blob(object.id) == object.content)
            }
            let client = try ClientGit(directory)
            #expect(try await client.attempt("--git-dir", repository.path, "fsck", "--strict").code == 0)
        }
    }

    @Test func `a reference moves only from where it is expected`() async throws {
        try await withRepository { repository, _ in
            let one = try await repository.commit("One", ["a": "1"])
            let two = try await repository.commit([], on: one, author: ada, message: "Two")
            try await repository.update([.move("refs/heads/main", from: one, to: two)])
            let moved = await #expect(throws: GitError.self) {
                try await repository.update([
                    .create("refs/heads/other", two), .move("refs/heads/main", from: one, to: two),
                ])
            }
            #expect(moved?.code == .refMoved)
            #expect(try await repository.reference("refs/heads/other") == nil)
            let exists = await #expect(throws: GitError.self) {
                try await repository.update([.create("refs/heads/main", one)])
            }
            #expect(exists?.code == .refMoved)
            try await repository.update([.create("refs/x/y", one), .verify("refs/heads/main", two)])
            try await repository.update([.delete("refs/x/y", one)])
            #expect(try await repository.references().map(\.name) == ["refs/heads/main"])
        }
    }

    @Test func `of many writers of one reference exactly one wins each time`() async throws {
        try await withRepository { repository, _ in
            var head = try await repository.commit("Zero", ["a": "0"])
            for round in 0..<3 {
                let base = head
                let winners = try await withThrowingTaskGroup(of: ObjectID?.self) { group in
                    for number in 0..<6 {
                        group.addTask {
                            let next = try await repository.commit(
                                [], on: base, author: ada, message: "\(round) \(number)")
                            do {
                                try await repository.update([.move("refs/heads/main", from: base, to: next)])
                                return next
                            } catch let error as GitError where error.code == .refMoved {
                                return nil
                            }
                        }
                    }
                    return try await group.reduce(into: [ObjectID]()) { if let id = $1 { $0.append(id) } }
                }
                #expect(winners.count == 1)
                head = try #require(try await repository.reference("refs/heads/main"))
                #expect(winners == [head])
            }
        }
    }
}
