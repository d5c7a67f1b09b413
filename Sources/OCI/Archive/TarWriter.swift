/// Lays out tar archives so that the same members always give the same bytes: ustar, with PAX headers only where a name
/// or a size needs one.
///
/// Owners are numbers without names, and there are no times but that of the last change, so that nothing of the machine
/// that writes gets into the archive.
enum TarWriter {
    /// The two empty blocks that end an archive.
    static let end = [UInt8](repeating: 0, count: 1_024)

    /// The header of a member, with a PAX header before it where needed.
    static func header(_ entry: TarEntry) -> [UInt8] {
        var records: [UInt8] = []
        if entry.path.count > 100 { records += record("path", entry.path) }
        if entry.linkTarget.count > 100 { records += record("linkpath", entry.linkTarget) }
        if entry.size > 0o77_777_777_777 { records += record("size", Array("\(entry.size)".utf8)) }
        for attribute in entry.attributes {
            records += record("SCHILY.xattr.\(attribute.name)", attribute.value)
        }
        guard !records.isEmpty else { return block(entry, type: typeFlag(entry.kind)) }
        var extended = TarEntry(path: Array("PaxHeaders.0/entry".utf8))
        extended.size = Int64(records.count)
        extended.modificationSeconds = entry.modificationSeconds
        return block(extended, type: UInt8(ascii: "x")) + records + padding(Int64(records.count))
            + block(entry, type: typeFlag(entry.kind))
    }

    /// The bytes after a content of a size, up to the next block.
    static func padding(_ size: Int64) -> [UInt8] {
        [UInt8](
            repeating: 0, count: Int((TarHeader.blockSize - size % TarHeader.blockSize) % TarHeader.blockSize)
        )
    }

    private static func typeFlag(_ kind: TarEntry.Kind) -> UInt8 {
        switch kind {
        case .file: UInt8(ascii: "0")
        case .hardLink: UInt8(ascii: "1")
        case .symbolicLink: UInt8(ascii: "2")
        case .characterDevice: UInt8(ascii: "3")
        case .blockDevice: UInt8(ascii: "4")
        case .directory: UInt8(ascii: "5")
        case .fifo: UInt8(ascii: "6")
        }
    }

    private static func block(_ entry: TarEntry, type: UInt8) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarHeader.size)
        func put(_ bytes: some Collection<UInt8>, at place: Int) {
            block.replaceSubrange(place..<(place + bytes.count), with: bytes)
        }
        func octal(_ number: Int64, at place: Int, digits: Int) {
            let text = String(max(number, 0), radix: 8).utf8.suffix(digits)
            put(Array(repeating: UInt8(ascii: "0"), count: digits - text.count) + Array(text), at: place)
        }
        put(entry.path.prefix(100), at: 0)
        octal(Int64(entry.mode), at: 100, digits: 7)
        octal(Int64(entry.userID), at: 108, digits: 7)
        octal(Int64(entry.groupID), at: 116, digits: 7)
        octal(entry.size > 0o77_777_777_777 ? 0 : entry.size, at: 124, digits: 11)
        octal(entry.modificationSeconds, at: 136, digits: 11)
        put([UInt8](repeating: 32, count: 8), at: 148)
        block[156] = type
        put(entry.linkTarget.prefix(100), at: 157)
        put(Array("ustar\u{0}00".utf8), at: 257)
        octal(0, at: 329, digits: 7)
        octal(0, at: 337, digits: 7)
        octal(block.reduce(0) { $0 + Int64($1) }, at: 148, digits: 6)
        block[154] = 0
        return block
    }

    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let body = Array(" \(key)=".utf8) + value + [UInt8(ascii: "\n")]
        // The length counts its own digits.
        var length = body.count + 1
        while "\(length)".utf8.count + body.count != length { length = "\(length)".utf8.count + body.count }
        return Array("\(length)".utf8) + body
    }
}
