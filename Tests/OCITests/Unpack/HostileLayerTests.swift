import Foundation
import TestSupport
import Testing

@testable import OCI

@Suite struct HostileLayerTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let build: @Sendable (inout ArchiveBuilder) -> Void
        let code: OCIError.Code?
        init(
            _ name: String, _ code: OCIError.Code?,
            _ build: @escaping @Sendable (inout ArchiveBuilder) -> Void
        ) {
            (testDescription, self.code, self.build) = (name, code, build)
        }
    }

    /// A nil code: the layer is unpacked, and stays inside.
    @Test(arguments: [
        Attack("steps upward", .unsafeLayer) { $0.file("../evil", "x") },
        Attack("steps upward in the middle", .unsafeLayer) { $0.file("a/../../evil", "x") },
        Attack("steps upward by PAX", .unsafeLayer) {
            $0.add("fine") { $0.pax = [("path", Array("../evil".utf8))] }
        },
        Attack("absolute path", nil) { $0.file("/evil", "x") },
        Attack("absolute path upward", .unsafeLayer) { $0.file("/../evil", "x") },
        Attack("through an absolute link", nil) {
            $0.symbolicLink("link", to: "/OUT")
            $0.file("link/evil", "x")
        },
        Attack("through a relative link", nil) {
            $0.symbolicLink("link", to: "../../OUT")
            $0.file("link/evil", "x")
        },
        Attack("through a chain of links", nil) {
            $0.symbolicLink("a", to: "..")
            $0.symbolicLink("b", to: "a/..")
            $0.symbolicLink("c", to: "b/../OUT")
            $0.file("c/evil", "x")
        },
        Attack("over a link", nil) {
            $0.symbolicLink("evil", to: "/OUT/evil")
            $0.file("evil", "x")
        },
        Attack("directory over a link", nil) {
            $0.symbolicLink("link", to: "/OUT")
            $0.directory("link", mode: 0o777)
            $0.file("link/evil", "x")
        },
        Attack("links in a circle", .unsafeLayer) {
            $0.symbolicLink("a", to: "b")
            $0.symbolicLink("b", to: "a")
            $0.file("a/evil", "x")
        },
        Attack("hard link upward", .unsafeLayer) { $0.hardLink("link", to: "../secret") },
        Attack("hard link to an absolute path", .invalidLayer) { $0.hardLink("link", to: "/OUT/secret") },
        Attack("hard link through a link", .invalidLayer) {
            $0.symbolicLink("dir", to: "/OUT")
            $0.hardLink("link", to: "dir/secret")
        },
        Attack("writing through a hard link to a link", nil) {
            $0.symbolicLink("a", to: "/OUT/secret")
            $0.hardLink("b", to: "a")
            $0.file("b", "x")
        },
        Attack("hard link to the root", .unsafeLayer) { $0.hardLink("link", to: "/") },
        Attack("hard link to a directory", .invalidLayer) {
            $0.directory("d")
            $0.hardLink("link", to: "d")
        },
        Attack("hard link to itself", nil) {
            $0.file("f", "x")
            $0.hardLink("f", to: "f")
        },
        Attack("deleting upward", .unsafeLayer) { $0.file("a/.wh...", "") },
        Attack("deleting the directory itself", .unsafeLayer) { $0.file("a/.wh..", "") },
        Attack("deleting nothing", .unsafeLayer) { $0.file(".wh.", "") },
        Attack("deleting through a link", nil) {
            $0.symbolicLink("link", to: "/OUT")
            $0.file("link/.wh.secret", "")
        },
        Attack("opaque through a link", nil) {
            $0.symbolicLink("link", to: "../../OUT")
            $0.file("link/.wh..wh..opq", "")
        },
        Attack("root is a file", .invalidLayer) { $0.file("./", "x") },
        Attack("file under a file", .invalidLayer) {
            $0.file("f", "x")
            $0.file("f/g", "x")
        },
        Attack("zero in a PAX path", .invalidLayer) {
            $0.add("x") { $0.pax = [("path", Array("a\u{0}b".utf8))] }
        },
        Attack("device node", nil) {
            $0.add("sda") {
                $0.type = "4"
                $0.device = (8, 0)
            }
        },
        Attack("impossible owner", .invalidLayer) {
            $0.add("x") { $0.pax = [("uid", Array("4294967295".utf8))] }
        },
        Attack("unknown kind", .unsupported) { $0.add("x") { $0.type = "Z" } },
        Attack("wrong checksum", .invalidLayer) { $0.add("x") { $0.checksum = 1 } },
        Attack("size beyond the end", .invalidLayer) { $0.add("x") { $0.size = 1 << 20 } },
        Attack("huge size", .limitExceeded) { $0.add("x") { $0.size = 1 << 36 - 1 } },
        Attack("sparse map outside the file", .invalidLayer) {
            $0.add("x") {
                $0.content = [1]
                $0.pax = [("GNU.sparse.size", Array("1".utf8)), ("GNU.sparse.map", Array("5,1".utf8))]
            }
        },
        Attack("sparse map that overlaps", .invalidLayer) {
            $0.add("x") {
                $0.content = [1, 2]
                $0.pax = [("GNU.sparse.size", Array("9".utf8)), ("GNU.sparse.map", Array("5,1,5,1".utf8))]
            }
        },
        Attack("endless sparse file", .limitExceeded) {
            $0.add("x") {
                $0.content = [1]
                $0.pax = [
                    ("GNU.sparse.size", Array("900000000000000000".utf8)),
                    ("GNU.sparse.map", Array("0,1".utf8)),
                ]
            }
        },
        Attack("huge PAX header", .limitExceeded) {
            $0.add("x") { $0.pax = [("comment", [UInt8](repeating: 97, count: 2 << 20))] }
        },
        Attack("broken PAX record", .invalidLayer) {
            $0.add("x") {
                $0.type = "x"
                $0.content = Array("99 path=x\n".utf8)
            }
        },
    ])
    func `a hostile layer reaches nothing outside its root`(_ attack: Attack) async throws {
        try await withTemporaryDirectory { directory in
            let inside = "\(directory)/root/fs"
            let outside = "\(directory)/OUT"
            for path in [inside, outside] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            try Data("secret".utf8).write(to: URL(filePath: "\(outside)/secret"))
            chmod(outside, 0o700)
            var builder = ArchiveBuilder()
            // The attacker knows where the directories are.
            builder.outside = outside
            attack.build(&builder)
            var thrown: OCIError.Code?
            do { _ = try builder.unpack(into: inside) } catch let error as OCIError { thrown = error.code }
            #expect(thrown == attack.code)
            #expect(try String(contentsOfFile: "\(outside)/secret", encoding: .utf8) == "secret")
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["secret"])
            #expect(status(directory, "OUT").mode & 0o777 == 0o700)
            #expect(status(outside, "secret").links == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/root") == ["fs"])
        }
    }

    @Test func `device nodes are refused or skipped as told`() async throws {
        try await withTemporaryDirectory { directory in
            var builder = ArchiveBuilder()
            builder.add("dev/null") {
                $0.type = "3"
                $0.device = (1, 3)
            }
            let skipped = try builder.unpack(into: directory).skippedDevices
            #expect(skipped == ["/dev/null"])
            #expect(!exists(directory, "dev/null"))
            #expect { try builder.unpack(into: directory, UnpackOptions(devices: .refused)) } throws: {
                ($0 as? OCIError)?.code == .unsafeLayer
            }
        }
    }

    @Test func `mutated archives are unpacked or refused, and never leave the root`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        var builder = ArchiveBuilder()
        builder.directory("d")
        builder.file("d/f", "content")
        builder.symbolicLink("l", to: "d/../..")
        builder.hardLink("h", to: "d/f")
        builder.add("x") { $0.pax = [("path", Array("l/y".utf8)), ("GNU.sparse.size", Array("9".utf8))] }
        builder.file("d/.wh.f", "")
        for round in 0..<150 {
            var archive = builder.archive
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: archive.indices, using: &generator)
                archive[place] = UInt8.random(in: 0 ... .max, using: &generator)
            }
            // Right checksums, so that the rest of the headers is looked at.
            for block in stride(from: 0, to: archive.count, by: 512)
            where archive[(block + 257)..<(block + 262)].elementsEqual("ustar".utf8) {
                for index in 148..<156 { archive[block + index] = 32 }
                let sum = archive[block..<(block + 512)].reduce(0) { $0 + Int($1) }
                let digits = String(sum, radix: 8)
                let text = String(repeating: "0", count: 6 - digits.count) + digits + "\0"
                for (index, byte) in text.utf8.enumerated() { archive[block + 148 + index] = byte }
            }
            let bytes = archive
            try await withTemporaryDirectory { directory in
                try FileManager.default.createDirectory(
                    atPath: "\(directory)/a/b", withIntermediateDirectories: true)
                var options = UnpackOptions()
                options.limits.bytes = 1 << 20
                _ = try? LayerUnpacker(options).unpackBlocking(
                    MemorySource(bytes), into: "\(directory)/a/b", CancellationFlag())
                let around = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/a")
                #expect(around == ["b"], "seed \(seed), round \(round)")
            }
        }
    }
}
