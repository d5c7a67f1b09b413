import Manifest
import Testing

@Suite struct FileTreeTests {
    private static func tree() -> MemoryFileTree {
        var tree = MemoryFileTree(["base/a.yaml": "a", "base/sub/b.yaml": "b", "top.yaml": "t"])
        tree.link("overlay/base", to: "../base")
        tree.link("overlay/absolute", to: "/base/sub")
        tree.link("loop", to: "loop")
        tree.link("out", to: "../../elsewhere")
        return tree
    }

    @Test func `a memory tree answers for files, directories and what is missing`() throws {
        let tree = Self.tree()
        #expect(tree.kind(of: "base") == .directory)
        #expect(tree.kind(of: "base/a.yaml") == .file)
        #expect(tree.kind(of: "overlay/base") == .symbolicLink(target: "../base"))
        #expect(tree.kind(of: "none") == nil)
        #expect(try tree.read("base/a.yaml") == Array("a".utf8))
        #expect(try tree.list("base") == ["a.yaml", "sub"])
        #expect(throws: FileTreeError.notFound("none")) { try tree.read("none") }
        #expect(throws: FileTreeError.notAFile("base")) { try tree.read("base") }
        #expect(throws: FileTreeError.notADirectory("top.yaml")) { try tree.list("top.yaml") }
    }

    @Test(arguments: [
        ("overlay/base/a.yaml", "base/a.yaml"), ("overlay/absolute/b.yaml", "base/sub/b.yaml"),
        ("overlay/base/none", nil), ("top.yaml/below", nil), ("", ""),
    ])
    func `links are followed on the way and at the end`(path: String, resolved: String?) throws {
        #expect(try Self.tree().resolve(path) == resolved)
    }

    @Test func `a link in a circle or out of the tree is an error`() {
        #expect(throws: FileTreeError.tooManyLinks("loop")) { try Self.tree().resolve("loop") }
        #expect(throws: FileTreeError.outsideTree("out/x")) { try Self.tree().resolve("out/x") }
    }

    @Test(arguments: [
        ("a/b", "../c.yaml", "a/c.yaml"), ("a/b", "./c//d", "a/b/c/d"), ("a", "../..", nil), ("", "", ""),
        ("a/b", "/x", "x"), ("a", "..", ""),
    ])
    func `a written path is joined by its spelling`(base: String, written: String, joined: String?) {
        #expect(TreePath.join(base, written) == joined)
    }

    @Test func `a directory contains itself and what is below, not its namesakes`() {
        #expect(TreePath.contains("a/b", "a/b"))
        #expect(TreePath.contains("a/b", "a/b/c"))
        #expect(!TreePath.contains("a/b", "a/bc"))
        #expect(TreePath.contains("", "anything"))
        #expect(TreePath.relative("a/x/y", from: "a/b/c") == "../../x/y")
    }

    @Test func `a recorder notes what was read, listed and looked for in vain`() throws {
        let recorder = RecordingFileTree(Self.tree())
        _ = try recorder.readFollowingLinks("overlay/base/a.yaml")
        _ = try recorder.resolve("overlay/kustomization.yml")
        _ = try recorder.list("base/sub")
        let trace = recorder.trace
        #expect(trace.files == ["base/a.yaml"])
        #expect(trace.links == ["overlay/base"])
        #expect(trace.absent == ["overlay/kustomization.yml"])
        #expect(trace.listings == ["base/sub"])

        #expect(trace.isTouched(by: "base/a.yaml"))
        #expect(trace.isTouched(by: "overlay/base"))
        #expect(trace.isTouched(by: "overlay/kustomization.yml/now-a-directory"))
        #expect(trace.isTouched(by: "base/sub/new.yaml"))
        #expect(!trace.isTouched(by: "base/sub/b.yaml", contentsOnly: true))
        #expect(!trace.isTouched(by: ["top.yaml", "base/other.yaml"]))
    }

    @Test func `a directory that a lister looked at for itself is not part of the listing`() throws {
        let recorder = RecordingFileTree(Self.tree())
        for name in try recorder.list("base") { _ = try recorder.kind(of: "base/\(name)") }
        #expect(!recorder.trace.isTouched(by: "base/sub/c.yaml"))
        #expect(recorder.trace.isTouched(by: "base/c.yaml"))
    }
}
