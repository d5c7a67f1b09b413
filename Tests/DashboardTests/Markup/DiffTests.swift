import Git
import KubeModel
import TestSupport
import Testing

@testable import Dashboard

@Suite struct DiffTests {
    private static func read(_ text: String) -> [FileDifference] { FileDifference.read(Array(text.utf8)) }

    private static func html(_ files: [FileDifference]) throws -> String {
        try Templates().render("diff", DiffView.fields(title: "Changes", files: files)).text
    }

    @Test func `lines end with a line feed and nothing else, whatever stands before it`() throws {
        let files = Self.read(
            "diff --git a/one b/one\n--- a/one\n+++ b/one\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n"
                + "diff --git a/two b/two\n--- a/two\n+++ b/two\n@@ -1 +1 @@\n-\u{301}x\n+\u{301}y\rz\u{2028}\n"
        )
        #expect(files.map(\.name) == ["one", "two"])
        #expect(files[0].lines.map(\.text) == ["@@ -1,2 +1,2 @@", " a", "-b", "+c"])
        #expect(files[0].lines.map(\.kind) == [.hunk, .same, .removed, .added])
        // A mark joins the sign before it into one letter, and is another line all the same.
        #expect(files[1].lines.map(\.kind) == [.hunk, .removed, .added])
        let html = try Self.html(files)
        #expect(html.components(of: "+1</span>") == 2)
        #expect(!html.contains("␍"))
    }

    @Test func `line ends are shown where they alone have changed`() throws {
        let html = try Self.html(
            Self.read("diff --git a/one b/one\n--- a/one\n+++ b/one\n@@ -1 +1 @@\n-a\r\n+a\n b\r\n"))
        #expect(html.contains("<span class=\"removed\">-a␍</span>"))
        #expect(html.contains("<span class=\"added\">+a</span>"))
        #expect(html.contains("<span class=\"same\"> b</span>"))
    }

    @Test func `signs that cannot be seen are named`() throws {
        let html = try Self.html(
            Self.read(
                "diff --git a/a\u{202E}b b/a\u{202E}b\n--- a/a\u{202E}b\n+++ b/a\u{202E}b\n@@ -1 +1 @@\n+if \u{2066}x\n"
            ))
        #expect(html.contains("a⟨U+202E⟩b"))
        #expect(html.contains("+if ⟨U+2066⟩x"))
    }

    @Test func `what git says of files is read, however they are called`() async throws {
        let git = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        try await withTemporaryDirectory { directory in
            let repository = try await GitRepository.create(at: "\(directory)/x.git", program: git)
            let long = Array((0..<40).map { "line \($0)\n" }.joined().utf8)
            let author = Signature(name: "Ada", email: "ada@example.org", seconds: 1_700_000_000)
            let old = try await repository.commit(
                [
                    .write("README.md", Array("a\n".utf8)),
                    .write("gone file", Array("nothing of this is anywhere else\n".utf8)),
                    .write("old name", long), .write("tool", Array("c\n".utf8)),
                    .write("-- sql", Array("-- x\n".utf8)),
                ], on: nil, author: author, message: "One")
            let new = try await repository.commit(
                [
                    .write("src/evil b/README.md", Array("a\nb\n".utf8)), .remove("gone file"),
                    .remove("old name"), .write("new\tname b/x", long),
                    .write("tool", Array("c\n".utf8), mode: .executable),
                    .write("-- sql", Array("++ x\n".utf8)), .write("empty b/empty", []),
                    .write("\u{301}mark", Array("m\n".utf8)), .write("bin", [0, 1, 2]),
                    .write("ä", Array("ä\n".utf8)),
                ], on: old, author: author, message: "Two")
            let files = FileDifference.read(
                try await PullRequestPage.difference("\(old)..\(new)", of: repository))
            let names = Set(files.map { "\($0.oldName.map { "\($0) → " } ?? "")\($0.name): \($0.notes)" })
            #expect(
                names == [
                    "src/evil b/README.md: [\"new file\"]", "gone file: [\"deleted\"]",
                    "old name → \"new\\tname b/x\": []", "tool: [\"mode 100644 → 100755\"]", "-- sql: []",
                    "empty b/empty: [\"new file\"]", "\u{301}mark: [\"new file\"]",
                    "bin: [\"new file\", \"binary\"]", "ä: [\"new file\"]",
                ])
            let sql = try #require(files.first { $0.name == "-- sql" })
            #expect(sql.lines.map(\.text).suffix(2) == ["--- x", "+++ x"])
            #expect(sql.lines.map(\.kind).suffix(2) == [.removed, .added])
        }
    }

    @Test func `what is too long is cut and says so`() throws {
        func file(_ count: Int) -> FileDifference {
            var file = FileDifference(name: "f")
            file.lines = FileDifference.lines(String(repeating: "+x\n", count: count))
            return file
        }
        func isCut(_ files: [FileDifference]) throws -> Bool { try Self.html(files).contains("too long") }
        #expect(try !isCut([file(3999), file(1)]))
        #expect(try isCut([file(3999), file(2)]))
        #expect(try isCut([file(4000), file(0)]))
        #expect(try !isCut([file(0), file(4)]))
        #expect(try Self.html([file(4001)]).components(of: "class=\"added\"") == 4000)
    }

    @Test func `the lines of an object's difference stand under its key`() throws {
        var file = FileDifference(name: "ConfigMap/shop/one")
        file.notes = ["changed"]
        file.lines = FileDifference.lines("@@ -1 +1 @@\n-a: 1\n+a: 2\n")
        let html = try Self.html([file])
        #expect(
            html.contains(
                "<span class=\"file-name\">ConfigMap/shop/one</span> <span class=\"hint\">changed</span>"))
        #expect(html.components(of: "</span><span") == 2)
    }
}
