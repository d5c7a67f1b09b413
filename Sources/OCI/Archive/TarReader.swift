/// Reads a tar archive member by member: v7, ustar, PAX (POSIX.1-2001) and GNU, with long names and sparse files.
final class TarReader {
    private let source: any ByteSource
    private let limits: UnpackLimits
    private var global = PAXRecords()
    /// What is left of the current member's stored content, and the padding behind it.
    private var remaining: Int64 = 0
    private var padding: Int64 = 0
    private var entries = 0
    private var extensionBytes = 0

    init(_ source: any ByteSource, limits: UnpackLimits) {
        self.source = source
        self.limits = limits
    }

    /// The next member, nil after the last one. What is left of the content of the one before is passed over.
    ///
    /// - Throws: ``OCIError`` with code `invalidLayer`, `limitExceeded` or what the source throws.
    func next() throws(OCIError) -> TarEntry? {
        try skip(remaining + padding)
        (remaining, padding) = (0, 0)
        var records = PAXRecords()
        var (longName, longLink): ([UInt8]?, [UInt8]?) = (nil, nil)
        while let header = try readHeader() {
            let stored = try header.storedSize()
            guard stored >= 0 else {
                throw OCIError(.invalidLayer, "a member of the layer has a negative size")
            }
            switch header.typeFlag {
            case UInt8(ascii: "x"), UInt8(ascii: "X"):
                records = try PAXRecords(try readExtension(stored))
            case UInt8(ascii: "g"):
                try global.merge(PAXRecords(try readExtension(stored)))
            case UInt8(ascii: "L"):
                longName = Array(try readExtension(stored).prefix { $0 != 0 })
            case UInt8(ascii: "K"):
                longLink = Array(try readExtension(stored).prefix { $0 != 0 })
            case UInt8(ascii: "V"), UInt8(ascii: "M"), UInt8(ascii: "N"):
                throw OCIError(
                    .unsupported, "the layer is a GNU archive of several volumes, which cannot be unpacked")
            default:
                entries += 1
                extensionBytes = 0
                guard entries <= limits.entries else {
                    throw OCIError(.limitExceeded, "the layer has more than \(limits.entries) members")
                }
                return try entry(
                    header, stored: stored, records: global.overridden(by: records), longName: longName,
                    longLink: longLink)
            }
        }
        return nil
    }

    /// Reads the stored content of the current member; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int {
        guard remaining > 0 else { return 0 }
        let part = UnsafeMutableRawBufferPointer(
            rebasing: buffer[..<Int(min(Int64(buffer.count), remaining))])
        let count = try source.read(into: part)
        guard count > 0 else { throw Self.truncated }
        remaining -= Int64(count)
        return count
    }

    private func entry(
        _ header: TarHeader, stored: Int64, records: PAXRecords, longName: [UInt8]?, longLink: [UInt8]?
    ) throws(OCIError) -> TarEntry {
        var entry = TarEntry(path: records.path ?? longName ?? header.path)
        entry.kind = try Self.kind(header, path: entry.path)
        entry.mode = UInt32(truncatingIfNeeded: try header.mode()) & 0o7777
        let owner = (user: try header.userID(), group: try header.groupID())
        entry.userID = try Self.identifier(records.userID ?? owner.user, "user", entry)
        entry.groupID = try Self.identifier(records.groupID ?? owner.group, "group", entry)
        entry.linkTarget = records.linkTarget ?? longLink ?? header.linkTarget
        if let time = records.modificationTime {
            (entry.modificationSeconds, entry.modificationNanoseconds) = time
        } else {
            entry.modificationSeconds = try header.modificationTime()
        }
        entry.attributes = records.attributes
        if entry.kind == .characterDevice || entry.kind == .blockDevice {
            entry.deviceMajor = UInt32(truncatingIfNeeded: try header.deviceMajor())
            entry.deviceMinor = UInt32(truncatingIfNeeded: try header.deviceMinor())
        }
        guard entry.path.count <= limits.pathLength, entry.linkTarget.count <= limits.pathLength else {
            throw OCIError(
                .limitExceeded, "a path in the layer has more than \(limits.pathLength) bytes")
        }
        let size = records.size ?? stored
        // Directories, links and devices have no content, whatever their header says, as in Go's archive/tar.
        remaining = entry.kind == .file ? size : 0
        padding = (TarHeader.blockSize - remaining % TarHeader.blockSize) % TarHeader.blockSize
        if entry.kind == .file {
            entry.size = size
            try readSparseMap(of: &entry, header: header, records: records)
        }
        return entry
    }

    private func readSparseMap(
        of entry: inout TarEntry, header: TarHeader, records: PAXRecords
    ) throws(OCIError) {
        var segments: [TarEntry.Segment]
        if header.typeFlag == UInt8(ascii: "S") {
            var continues: Bool
            (segments, continues, entry.size) = try header.sparseParts()
            while continues {
                let more: [TarEntry.Segment]
                (more, continues) = try TarHeader.continuedParts(try readBlock())
                segments += more
                try check(segments, of: entry)
            }
        } else if let sparse = records.sparse {
            entry.size = sparse.realSize
            if let name = sparse.name { entry.path = name }
            segments = sparse.segments
            if sparse.isMapInContent { segments = try readMapInContent() }
        } else {
            return
        }
        try check(segments, of: entry)
        entry.segments = segments
    }

    /// Parts in order, inside the file, and as many bytes as are stored.
    private func check(_ segments: [TarEntry.Segment], of entry: TarEntry) throws(OCIError) {
        let fault = OCIError(.invalidLayer, "the sparse map of '\(entry.displayPath)' in the layer is wrong")
        guard segments.count <= limits.sparseSegments, entry.size >= 0 else { throw fault }
        var (end, total): (Int64, Int64) = (0, 0)
        for segment in segments {
            let (next, overflow) = segment.offset.addingReportingOverflow(segment.count)
            guard segment.offset >= end, segment.count >= 0, !overflow, next <= entry.size else {
                throw fault
            }
            end = next
            total += segment.count
        }
        guard total <= remaining else { throw fault }
    }

    /// The map of a sparse file in the format 1.0: decimal numbers in lines at the front of the content.
    private func readMapInContent() throws(OCIError) -> [TarEntry.Segment] {
        var (numbers, value, digits): ([Int64], Int64, Int) = ([], 0, 0)
        var wanted = 1
        let fault = OCIError(.invalidLayer, "the map of a sparse file in the layer is wrong")
        while numbers.count < wanted {
            guard remaining >= TarHeader.blockSize else { throw fault }
            let block = try readBlock()
            remaining -= TarHeader.blockSize
            for byte in block where numbers.count < wanted {
                if byte == UInt8(ascii: "\n") {
                    guard digits > 0 else { throw fault }
                    numbers.append(value)
                    if numbers.count == 1 {
                        guard value <= limits.sparseSegments else { throw fault }
                        wanted = 1 + 2 * Int(value)
                    }
                    (value, digits) = (0, 0)
                } else {
                    guard byte.isDigit, digits < 18 else { throw fault }
                    value = value * 10 + Int64(byte - UInt8(ascii: "0"))
                    digits += 1
                }
            }
        }
        return stride(from: 1, to: numbers.count, by: 2).map {
            TarEntry.Segment(offset: numbers[$0], count: numbers[$0 + 1])
        }
    }

    private static func kind(_ header: TarHeader, path: [UInt8]) throws(OCIError) -> TarEntry.Kind {
        switch header.typeFlag {
        case 0, UInt8(ascii: "0"):
            // Before ustar, a directory was a file whose name ends in a slash.
            path.last == UInt8(ascii: "/") ? .directory : .file
        case UInt8(ascii: "7"), UInt8(ascii: "S"): .file
        case UInt8(ascii: "1"): .hardLink
        case UInt8(ascii: "2"): .symbolicLink
        case UInt8(ascii: "3"): .characterDevice
        case UInt8(ascii: "4"): .blockDevice
        case UInt8(ascii: "5"), UInt8(ascii: "D"): .directory
        case UInt8(ascii: "6"): .fifo
        default:
            throw OCIError(
                .unsupported,
                "'\(String(decoding: path, as: UTF8.self))' in the layer is of the unknown kind "
                    + "\(header.typeFlag)")
        }
    }

    private static func identifier(_ number: Int64, _ what: String, _ entry: TarEntry) throws(OCIError)
        -> UInt32
    {
        // The highest number means "leave it as it is" to the system.
        guard let identifier = UInt32(exactly: number), identifier < .max else {
            throw OCIError(
                .invalidLayer, "the \(what) of '\(entry.displayPath)' in the layer, \(number), cannot exist")
        }
        return identifier
    }

    private static var truncated: OCIError {
        OCIError(.invalidLayer, "the layer's archive ends too early")
    }

    /// The next header; nil at the two empty blocks that end an archive, and where it just ends.
    private func readHeader() throws(OCIError) -> TarHeader? {
        guard let block = try readBlockOrEnd() else { return nil }
        if block.allSatisfy({ $0 == 0 }) { return nil }
        return try TarHeader(block)
    }

    private func readBlock() throws(OCIError) -> [UInt8] {
        guard let block = try readBlockOrEnd() else { throw Self.truncated }
        return block
    }

    private func readBlockOrEnd() throws(OCIError) -> [UInt8]? {
        var block = [UInt8](repeating: 0, count: TarHeader.size)
        let count = try fill(&block)
        if count == 0 { return nil }
        guard count == block.count else { throw Self.truncated }
        return block
    }

    /// The content of a header that extends the next one.
    private func readExtension(_ size: Int64) throws(OCIError) -> [UInt8] {
        guard size <= limits.extensionSize, extensionBytes + Int(size) <= limits.extensionSize else {
            throw OCIError(
                .limitExceeded, "an extended header in the layer has more than \(limits.extensionSize) bytes")
        }
        extensionBytes += Int(size)
        var bytes = [UInt8](repeating: 0, count: Int(size))
        guard try fill(&bytes) == bytes.count else { throw Self.truncated }
        try skip((TarHeader.blockSize - size % TarHeader.blockSize) % TarHeader.blockSize)
        return bytes
    }

    private func fill(_ bytes: inout [UInt8]) throws(OCIError) -> Int {
        var filled = 0
        while filled < bytes.count {
            var failure: OCIError?
            let count = bytes.withUnsafeMutableBytes { buffer -> Int in
                do throws(OCIError) {
                    return try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    private func skip(_ count: Int64) throws(OCIError) {
        var left = count
        guard left > 0 else { return }
        let scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(left, 1 << 16)), alignment: 16)
        defer { scratch.deallocate() }
        while left > 0 {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: scratch[..<Int(min(left, Int64(scratch.count)))])
            let read = try source.read(into: part)
            guard read > 0 else { throw Self.truncated }
            left -= Int64(read)
        }
    }
}

extension TarHeader {
    /// Everything in an archive is padded to a multiple of this.
    static let blockSize: Int64 = 512
}
