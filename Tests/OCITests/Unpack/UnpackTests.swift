import Foundation
import TestSupport
import Testing

@testable import OCI

@Suite struct UnpackTests {
    static let isRoot = geteuid() == 0

    @Test func `files, directories and links get their content, modes and times`() async throws {
        try await withTemporaryDirectory { directory in
            var builder = ArchiveBuilder()
            builder.directory("./", mode: 0o755)
            builder.directory("etc", mode: 0o555)
            builder.file("etc/motd", "hello", mode: 0o4640)
            builder.hardLink("etc/also", to: "./etc/motd")
            builder.symbolicLink("etc/link", to: "../../outside")
            builder.file("deep/er/file", "x")
            builder.add("fifo") { $0.type = "6" }
            let result = try builder.unpack(into: directory)
            #expect(result.entries == 7)
            #expect(result.size == Int64(builder.archive.count))
            #expect(result.diffID == .sha256(builder.archive))
            #expect(try text(directory, "etc/motd") == "hello")
            #expect(status(directory, "etc/motd").mode & 0o7777 == 0o4640)
            #expect(status(directory, "etc/motd").links == 2)
            #expect(status(directory, "etc/motd").seconds == 1_000_000)
            #expect(status(directory, "etc").mode & 0o7777 == 0o555)
            #expect(status(directory, "etc").seconds == 1_000_000)
            #expect(status(directory, "deep").mode & 0o7777 == 0o755)
            #expect(status(directory, "fifo").kind == .fifo)
            let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/etc/link")
            #expect(link == "../../outside")
        }
    }

    @Test func `long names, owners and fractions of seconds come from PAX headers`() async throws {
        try await withTemporaryDirectory { directory in
            let long = String(repeating: "n", count: 180)
            var builder = ArchiveBuilder()
            builder.add("short") {
                $0.content = [1, 2, 3]
                $0.pax = [
                    ("path", Array("d/\(long)".utf8)), ("mtime", Array("1234.5".utf8)),
                    ("uid", Array("7".utf8)),
                    ("gid", Array("3000000".utf8)), ("comment", Array("x".utf8)),
                ]
            }
            builder.add("gnu") {
                $0.type = "L"
                $0.content = Array("gnu/\(long)\u{0}".utf8)
            }
            builder.file("gnu", "g")
            _ = try builder.unpack(into: directory)
            let status = status(directory, "d/\(long)")
            #expect(status.size == 3)
            #expect(status.seconds == 1_234 && status.nanoseconds == 500_000_000)
            if Self.isRoot { #expect(status.userID == 7 && status.groupID == 3_000_000) }
            #expect(try text(directory, "gnu/\(long)") == "g")
        }
    }

    @Test func `sparse files of every format get their holes`() async throws {
        try await withTemporaryDirectory { directory in
            var builder = ArchiveBuilder()
            builder.add("x") {
                $0.content = Array("ab".utf8)
                $0.pax = [
                    ("GNU.sparse.size", Array("10".utf8)), ("GNU.sparse.name", Array("zero".utf8)),
                    ("GNU.sparse.numblocks", Array("2".utf8)), ("GNU.sparse.offset", Array("2".utf8)),
                    ("GNU.sparse.numbytes", Array("1".utf8)), ("GNU.sparse.offset", Array("8".utf8)),
                    ("GNU.sparse.numbytes", Array("1".utf8)),
                ]
            }
            var map = Array("2\n2\n1\n8\n1\n".utf8)
            map += [UInt8](repeating: 0, count: 512 - map.count)
            builder.add("y") {
                $0.content = map + Array("ab".utf8)
                $0.pax = [
                    ("GNU.sparse.major", Array("1".utf8)), ("GNU.sparse.minor", Array("0".utf8)),
                    ("GNU.sparse.name", Array("one".utf8)), ("GNU.sparse.realsize", Array("10".utf8)),
                ]
            }
            _ = try builder.unpack(into: directory)
            let expected: [UInt8] = [0, 0, 97, 0, 0, 0, 0, 0, 98, 0]
            for name in ["zero", "one"] {
                #expect([UInt8](try Data(contentsOf: URL(filePath: "\(directory)/\(name)"))) == expected)
            }
        }
    }

    @Test func `what GNU tar writes is read`() async throws {
        let tar = try #require(Program.path("tar"))
        for format in ["gnu", "oldgnu", "pax", "ustar", "v7"] {
            try await withTemporaryDirectory { directory in
                let script = """
                    set -e; cd '\(directory)'; mkdir -p in/sub out; printf text > in/sub/file; ln -s file in/sub/link
                    ln in/sub/file in/hard; truncate -s 3M in/sparse
                    printf end | dd of=in/sparse bs=1 seek=2000000 conv=notrunc status=none
                    [ \(format) = v7 ] || printf long > in/$(printf 'n%.0s' $(seq 98))
                    '\(tar)' --format=\(format) $([ \(format) = v7 ] || [ \(format) = ustar ] || echo --sparse) \
                        -C in -cf archive.tar .
                    """
                try await runScript(script)
                let archive = try Data(contentsOf: URL(filePath: "\(directory)/archive.tar"))
                let result = try LayerUnpacker().unpackBlocking(
                    MemorySource([UInt8](archive)), into: "\(directory)/out", CancellationFlag())
                #expect(result.diffID == .sha256([UInt8](archive)))
                try await runScript("cd '\(directory)' && diff -r in out && [ in/hard -ef in/sub/file ]")
                #expect(status(directory, "out/hard").links == 2)
            }
        }
    }

    @Test func `attributes an image may set are set, others are reported`() async throws {
        try #require(Self.isRoot || geteuid() != 0)
        try await withTemporaryDirectory { directory in
            let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            var builder = ArchiveBuilder()
            builder.add("program") {
                $0.content = [1]
                $0.user = 5
                $0.mode = 0o755
                $0.pax = [
                    ("SCHILY.xattr.security.capability", capability),
                    ("SCHILY.xattr.trusted.overlay.opaque", Array("y".utf8)),
                ]
            }
            let result = try builder.unpack(into: directory)
            #expect(result.skippedAttributes.contains("trusted.overlay.opaque"))
            guard Self.isRoot, !result.skippedAttributes.contains("security.capability") else { return }
            try await runScript(
                "[ -n \"$(getfattr -n security.capability '\(directory)/program' 2>/dev/null || echo none)\" ]"
            )
        }
    }

    private func text(_ directory: String, _ path: String) throws -> String {
        try String(contentsOfFile: "\(directory)/\(path)", encoding: .utf8)
    }
}
