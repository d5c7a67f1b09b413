/// The 512 bytes before a member, in the v7, ustar (POSIX.1-1988) and GNU formats.
struct TarHeader {
    static let size = 512
    private let bytes: [UInt8]

    enum Format { case v7, ustar, gnu }
    let format: Format

    /// - Throws: ``OCIError`` with code `invalidLayer` where the checksum is wrong.
    init(_ bytes: [UInt8]) throws(OCIError) {
        self.bytes = bytes
        if bytes[257..<265].elementsEqual("ustar  \0".utf8) {
            format = .gnu
        } else if bytes[257..<262].elementsEqual("ustar".utf8) {
            format = .ustar
        } else {
            format = .v7
        }
        // Old writers added the bytes as signed numbers.
        var (unsigned, signed): (Int64, Int64) = (0, 0)
        for (index, byte) in bytes.enumerated() {
            let value = (148..<156).contains(index) ? 32 : byte
            unsigned += Int64(value)
            signed += Int64(Int8(bitPattern: value))
        }
        let stated = try number(148, 8, "checksum")
        guard stated == unsigned || stated == signed else {
            throw OCIError(
                .invalidLayer, "the layer is no valid tar archive: the checksum of a header is wrong")
        }
    }

    var typeFlag: UInt8 { bytes[156] }

    /// The member's path, with the prefix of the ustar format.
    var path: [UInt8] {
        let name = text(0, 100)
        guard format == .ustar else { return name }
        let prefix = text(345, 155)
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    var linkTarget: [UInt8] { text(157, 100) }

    func mode() throws(OCIError) -> Int64 { try number(100, 8, "mode") }
    func userID() throws(OCIError) -> Int64 { try number(108, 8, "user") }
    func groupID() throws(OCIError) -> Int64 { try number(116, 8, "group") }
    func storedSize() throws(OCIError) -> Int64 { try number(124, 12, "size") }
    func modificationTime() throws(OCIError) -> Int64 { try number(136, 12, "time") }
    func deviceMajor() throws(OCIError) -> Int64 { format == .v7 ? 0 : try number(329, 8, "device") }
    func deviceMinor() throws(OCIError) -> Int64 { format == .v7 ? 0 : try number(337, 8, "device") }

    /// The map of an old GNU sparse file: up to four parts here, more in blocks that follow.
    func sparseParts() throws(OCIError) -> (segments: [TarEntry.Segment], continues: Bool, realSize: Int64) {
        let segments = try Self.segments(in: bytes, at: 386, count: 4)
        return (segments, bytes[482] != 0, try number(483, 12, "real size"))
    }

    /// The parts in one of the blocks that continue a sparse map.
    static func continuedParts(
        _ block: [UInt8]
    ) throws(OCIError) -> (segments: [TarEntry.Segment], continues: Bool) {
        (try segments(in: block, at: 0, count: 21), block[504] != 0)
    }

    private static func segments(
        in bytes: [UInt8], at start: Int, count: Int
    ) throws(OCIError) -> [TarEntry.Segment] {
        var segments: [TarEntry.Segment] = []
        for index in 0..<count {
            let place = start + index * 24
            guard bytes[place] != 0 else { break }
            segments.append(
                TarEntry.Segment(
                    offset: try number(bytes[place..<place + 12], "sparse map"),
                    count: try number(bytes[place + 12..<place + 24], "sparse map")))
        }
        return segments
    }

    private func text(_ offset: Int, _ count: Int) -> [UInt8] {
        Array(bytes[offset..<offset + count].prefix { $0 != 0 })
    }

    private func number(_ offset: Int, _ count: Int, _ field: String) throws(OCIError) -> Int64 {
        try Self.number(bytes[offset..<offset + count], field)
    }

    /// Octal digits, or a big-endian number where the highest bit is set (GNU and star).
    static func number(_ field: ArraySlice<UInt8>, _ name: String) throws(OCIError) -> Int64 {
        guard let first = field.first else { return 0 }
        if first & 0x80 != 0 {
            // The second highest bit is the sign.
            var value: Int64 = first & 0x40 != 0 ? -1 : 0
            for (index, byte) in field.enumerated() {
                let digit = index == 0 ? (first & 0x40 != 0 ? byte : byte & 0x7f) : byte
                let (high, overflow) = value.multipliedReportingOverflow(by: 256)
                guard !overflow else { throw fault(name, "is too large") }
                value = high | Int64(digit)
            }
            return value
        }
        let digits = field.drop { $0 == 32 || $0 == 0 }.prefix { $0 != 32 && $0 != 0 }
        var value: Int64 = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else {
                throw fault(name, "is no number")
            }
            let (high, overflow) = value.multipliedReportingOverflow(by: 8)
            guard !overflow else { throw fault(name, "is too large") }
            value = high | Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func fault(_ name: String, _ problem: String) -> OCIError {
        OCIError(.invalidLayer, "the layer is no valid tar archive: the \(name) of a header \(problem)")
    }
}
