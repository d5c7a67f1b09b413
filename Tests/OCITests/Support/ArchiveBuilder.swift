@testable import OCI

/// Writes tar archives by hand, also those that no honest program writes.
struct ArchiveBuilder {
    private(set) var bytes: [UInt8] = []
    /// What `/OUT` at the beginning of a link's target stands for.
    var outside = "/OUT"

    /// Fields of a header; what is wrong on purpose is set here.
    struct Member {
        var path: [UInt8] = []
        var type: Character = "0"
        var content: [UInt8] = []
        var link = ""
        var mode = 0o644
        var user = 0
        var group = 0
        var time = 1_000_000
        var size: Int?
        var pax: [(String, [UInt8])] = []
        var device = (0, 0)
        var checksum: Int?
    }

    mutating func add(_ path: String, _ change: (inout Member) -> Void = { _ in }) {
        var member = Member(path: Array(path.utf8))
        change(&member)
        add(member)
    }

    mutating func file(_ path: String, _ text: String, mode: Int = 0o644) {
        add(path) {
            $0.content = Array(text.utf8)
            $0.mode = mode
        }
    }

    mutating func directory(_ path: String, mode: Int = 0o755) {
        add(path) {
            $0.type = "5"
            $0.mode = mode
        }
    }

    mutating func symbolicLink(_ path: String, to target: String) {
        let target = resolved(target)
        add(path) {
            $0.type = "2"
            $0.link = target
        }
    }

    mutating func hardLink(_ path: String, to target: String) {
        let target = resolved(target)
        add(path) {
            $0.type = "1"
            $0.link = target
        }
    }

    private func resolved(_ target: String) -> String {
        target.hasPrefix("/OUT") ? outside + target.dropFirst(4) : target
    }

    mutating func add(_ member: Member) {
        if !member.pax.isEmpty {
            var records: [UInt8] = []
            for (key, value) in member.pax { records += Self.record(key, value) }
            header(Member(path: Array("pax".utf8), type: "x", content: records))
            pad(records)
        }
        header(member)
        pad(member.content)
    }

    static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let body = [UInt8(ascii: " ")] + Array(key.utf8) + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
        var length = body.count + 1
        while "\(length)".utf8.count + body.count != length { length += 1 }
        return Array("\(length)".utf8) + body
    }

    private mutating func header(_ member: Member) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: some Collection<UInt8>, at place: Int) {
            for (index, byte) in text.enumerated() { block[place + index] = byte }
        }
        func octal(_ number: Int, at place: Int, width: Int) {
            let digits = String(number, radix: 8)
            put(
                Array((String(repeating: "0", count: max(0, width - 1 - digits.count)) + digits).utf8),
                at: place)
        }
        put(member.path.prefix(100), at: 0)
        octal(member.mode, at: 100, width: 8)
        octal(member.user, at: 108, width: 8)
        octal(member.group, at: 116, width: 8)
        octal(member.size ?? member.content.count, at: 124, width: 12)
        octal(member.time, at: 136, width: 12)
        block[156] = member.type.asciiValue ?? 0
        put(member.link.utf8.prefix(100), at: 157)
        put(Array("ustar\u{0}00".utf8), at: 257)
        octal(member.device.0, at: 329, width: 8)
        octal(member.device.1, at: 337, width: 8)
        put([UInt8](repeating: 32, count: 8), at: 148)
        octal(member.checksum ?? block.reduce(0) { $0 + Int($1) }, at: 148, width: 7)
        bytes += block
    }

    mutating func pad(_ content: [UInt8]) {
        bytes += content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// The archive with its end.
    var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 1_024) }

    /// Unpacks the archive, uncompressed, into a directory.
    func unpack(into directory: String, _ options: UnpackOptions = UnpackOptions()) throws -> UnpackedLayer {
        try LayerUnpacker(options).unpackBlocking(
            MemorySource(archive), into: directory, CancellationFlag())
    }
}
