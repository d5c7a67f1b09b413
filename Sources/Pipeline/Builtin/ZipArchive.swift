import CZlib

/// Reads a ZIP archive in memory, as far as archives of advisories need it: stored and deflated entries, no encryption,
/// no ZIP64.
struct ZipArchive {
    struct Entry {
        var name: String
        fileprivate var method: Int
        fileprivate var compressedSize: Int
        fileprivate var size: Int
        fileprivate var offset: Int
        fileprivate var checksum: UInt32
    }

    private let bytes: [UInt8]
    private let name: String
    let entries: [Entry]

    /// - Throws: ``PipelineError`` `invalidAdvisories`.
    init(_ bytes: [UInt8], name: String) throws(PipelineError) {
        self.bytes = bytes
        self.name = name
        let reader = Reader(bytes: bytes)
        let fault = PipelineError(.invalidAdvisories, "\(name) is no ZIP archive, or is cut off")
        // The directory's end is the last 22 bytes, before a comment of at most 64 KiB.
        var end: Int?
        var place = bytes.count - 22
        while place >= max(0, bytes.count - 22 - 65_535) {
            if reader.number(place, 4) == 0x0605_4b50 {
                end = place
                break
            }
            place -= 1
        }
        guard let end, let count = reader.number(end + 10, 2), var position = reader.number(end + 16, 4)
        else {
            throw fault
        }
        var entries: [Entry] = []
        for _ in 0..<count {
            guard reader.number(position, 4) == 0x0201_4b50, let method = reader.number(position + 10, 2),
                let checksum = reader.number(position + 16, 4),
                let compressed = reader.number(position + 20, 4),
                let size = reader.number(position + 24, 4), let nameLength = reader.number(position + 28, 2),
                let extra = reader.number(position + 30, 2), let comment = reader.number(position + 32, 2),
                let offset = reader.number(position + 42, 4), position + 46 + nameLength <= bytes.count
            else { throw fault }
            let name = String(decoding: bytes[(position + 46)..<(position + 46 + nameLength)], as: UTF8.self)
            entries.append(
                Entry(
                    name: name, method: method, compressedSize: compressed, size: size, offset: offset,
                    checksum: UInt32(truncatingIfNeeded: checksum)))
            position += 46 + nameLength + extra + comment
        }
        self.entries = entries
    }

    /// - Throws: ``PipelineError`` `invalidAdvisories` for a damaged entry, an unknown method or more than 64 MiB.
    func contents(of entry: Entry) throws(PipelineError) -> [UInt8] {
        let fault = PipelineError(.invalidAdvisories, "\(name): the entry \(entry.name) is damaged")
        let reader = Reader(bytes: bytes)
        guard entry.size <= 64 << 20, reader.number(entry.offset, 4) == 0x0403_4b50,
            let nameLength = reader.number(entry.offset + 26, 2),
            let extra = reader.number(entry.offset + 28, 2)
        else { throw fault }
        let start = entry.offset + 30 + nameLength + extra
        guard start + entry.compressedSize <= bytes.count else { throw fault }
        let packed = Array(bytes[start..<(start + entry.compressedSize)])
        let content: [UInt8]?
        switch entry.method {
        case 0: content = packed
        case 8: content = Self.inflateRaw(packed, size: entry.size)
        default: content = nil
        }
        guard let content, content.count == entry.size else { throw fault }
        let checksum = content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }
        guard UInt32(truncatingIfNeeded: checksum) == entry.checksum else { throw fault }
        return content
    }

    private static func inflateRaw(_ packed: [UInt8], size: Int) -> [UInt8]? {
        var stream = z_stream()
        // A negative window says that there is no header.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var input = packed
        var output = [UInt8](repeating: 0, count: size + 1)
        let count = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target -> Int? in
                stream.next_in = source.baseAddress
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(target.count)
                return inflate(&stream, Z_FINISH) == Z_STREAM_END ? target.count - Int(stream.avail_out) : nil
            }
        }
        return count.map { Array(output[..<$0]) }
    }

    /// Little-endian numbers with bounds.
    private struct Reader {
        let bytes: [UInt8]

        func number(_ offset: Int, _ count: Int) -> Int? {
            guard offset >= 0, offset + count <= bytes.count else { return nil }
            return (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) }
        }
    }
}
