import Foundation
import TestSupport
import Testing

@testable import OCI

@Suite struct WhiteoutTests {
    private static let overlay = UnpackOptions(whiteouts: .overlay)

    private func lower() -> ArchiveBuilder {
        var builder = ArchiveBuilder()
        builder.file("a/one", "1")
        builder.file("a/two", "2")
        builder.file("b/deep/three", "3")
        builder.file("c", "4")
        return builder
    }

    @Test func `a deletion removes files and trees of lower layers`() async throws {
        try await withTemporaryDirectory { directory in
            _ = try lower().unpack(into: directory)
            var builder = ArchiveBuilder()
            builder.file("a/.wh.one", "")
            builder.file(".wh.b", "")
            builder.file(".wh.missing", "")
            builder.file(".wh..wh.plnk", "")
            _ = try builder.unpack(into: directory)
            #expect(!exists(directory, "a/one") && exists(directory, "a/two"))
            #expect(!exists(directory, "b") && exists(directory, "c"))
            #expect(!exists(directory, "a/.wh.one") && !exists(directory, ".wh..wh.plnk"))
        }
    }

    @Test(arguments: [true, false])
    func `a deletion spares what its own layer brings, in either order`(first: Bool) async throws {
        try await withTemporaryDirectory { directory in
            _ = try lower().unpack(into: directory)
            var builder = ArchiveBuilder()
            if first { builder.file("a/.wh..wh..opq", "") }
            builder.file("a/new/file", "n")
            builder.file("c", "mine")
            builder.file(".wh.c", "")
            if !first { builder.file("a/.wh..wh..opq", "") }
            _ = try builder.unpack(into: directory)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/a") == ["new"])
            #expect(exists(directory, "a/new/file") && exists(directory, "c"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root makes whiteouts"))
    func `deletions become what overlayfs understands`() async throws {
        try await withTemporaryDirectory { directory in
            var builder = ArchiveBuilder()
            builder.file("a/.wh.one", "")
            builder.directory("b")
            builder.file("b/.wh..wh..opq", "")
            builder.file(".wh.d", "")
            builder.directory("d")
            builder.file("e/.wh.f", "")
            builder.file("e/f/g", "")
            _ = try builder.unpack(into: directory, Self.overlay)
            let whiteout = status(directory, "a/one")
            #expect(whiteout.kind == .characterDevice && whiteout.device == "0:0")
            for name in ["b", "d", "e/f"] {
                #expect(status(directory, name).kind == .directory)
                let root = try RootDirectory(directory, symbolicLinks: 0)
                #expect(ImageAttributes.isOpaque(root.top, name.utf8CString.map { $0 }), "\(name)")
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root makes whiteouts"))
    func `a layer on its own follows links and takes over directories of those below`() async throws {
        try await withTemporaryDirectory { directory in
            for name in ["lower", "upper"] {
                try FileManager.default.createDirectory(
                    atPath: "\(directory)/\(name)", withIntermediateDirectories: true)
            }
            var base = ArchiveBuilder()
            base.directory("usr/lib")
            base.symbolicLink("lib", to: "usr/lib")
            base.directory("tmp", mode: 0o1777)
            base.file("usr/lib/base.so", "base")
            _ = try base.unpack(into: "\(directory)/lower", Self.overlay)
            var top = ArchiveBuilder()
            top.file("lib/new.so", "n")
            top.file("tmp/x", "x")
            top.hardLink("usr/copy", to: "lib/base.so")
            var options = Self.overlay
            options.lowerLayers = ["\(directory)/lower"]
            _ = try top.unpack(into: "\(directory)/upper", options)
            #expect(!exists(directory, "upper/lib") && exists(directory, "upper/usr/lib/new.so"))
            #expect(status(directory, "upper/tmp").mode & 0o7777 == 0o1777)
            #expect(try String(contentsOfFile: "\(directory)/upper/usr/copy", encoding: .utf8) == "base")
        }
    }
}
