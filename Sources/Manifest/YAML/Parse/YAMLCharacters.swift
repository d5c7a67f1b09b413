/// The character set of a stream: UTF-8 of printable characters (YAML 1.2.2, 5.1).
enum YAMLCharacters {
    /// Checks the whole stream, eight bytes at a time where they are plain ASCII.
    ///
    /// - Returns: whether it holds characters that only quoted scalars may hold (DEL, C1 controls,
    ///   noncharacters, a byte order mark), see ``YAMLParser/checkExoticCharacters()``.
    static func check(_ bytes: UnsafeBufferPointer<UInt8>) throws(ManifestError) -> Bool {
        if let name = foreignEncoding(bytes) { throw fault(.foreignEncoding(name), at: 0, in: bytes) }
        let raw = UnsafeRawBufferPointer(bytes)
        var exotic = false
        var place = 0
        while place < bytes.count {
            if place &+ 8 <= bytes.count,
                isPlain(raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            {
                place &+= 8
                continue
            }
            let byte = bytes[place]
            if byte >= 0x80 {
                let length = sequenceLength(bytes, at: place)
                guard length > 0 else { throw fault(.invalidUTF8(byte), at: place, in: bytes) }
                if isExotic(bytes, at: place) { exotic = true }
                place &+= length
            } else {
                if byte < 0x20, byte != Ascii.newline, byte != Ascii.tab, byte != Ascii.carriageReturn {
                    throw fault(.controlCharacter(UInt32(byte)), at: place, in: bytes)
                }
                if byte == 0x7F { exotic = true }
                place &+= 1
            }
        }
        return exotic
    }

    /// Whether eight bytes are printable ASCII or line feeds.
    ///
    /// Each sum carries into the high bit of its own byte only, as long as no byte has that bit itself.
    @inline(__always)
    private static func isPlain(_ word: UInt64) -> Bool {
        let high: UInt64 = 0x8080_8080_8080_8080
        let ones: UInt64 = 0x0101_0101_0101_0101
        let printable = word &+ ones &* 0x60
        let notNewline = (word ^ ones &* 0x0A) &+ ones &* 0x7F
        let notDelete = (word ^ ones &* 0x7F) &+ ones &* 0x7F
        let bad = word | (~printable & notNewline) | ~notDelete
        return bad & high == 0
    }

    /// The length of the UTF-8 sequence at an offset, 0 where it is malformed (RFC 3629, section 4).
    static func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
        func continuation(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            place + offset < bytes.count && range.contains(bytes[place + offset])
        }
        switch bytes[place] {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return continuation(1) ? 2 : 0
        case 0xE0: return continuation(1, 0xA0...0xBF) && continuation(2) ? 3 : 0
        case 0xED: return continuation(1, 0x80...0x9F) && continuation(2) ? 3 : 0
        case 0xE1...0xEF: return continuation(1) && continuation(2) ? 3 : 0
        case 0xF0: return continuation(1, 0x90...0xBF) && continuation(2) && continuation(3) ? 4 : 0
        case 0xF1...0xF3: return continuation(1) && continuation(2) && continuation(3) ? 4 : 0
        case 0xF4: return continuation(1, 0x80...0x8F) && continuation(2) && continuation(3) ? 4 : 0
        default: return 0
        }
    }

    /// Whether the valid sequence at an offset is DEL, a C1 control but NEL, U+FEFF, U+FFFE or U+FFFF.
    static func isExotic(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        switch bytes[place] {
        case 0x7F: true
        case 0xC2: bytes[place + 1] < 0xA0 && bytes[place + 1] != 0x85
        case 0xEF:
            (bytes[place + 1] == 0xBB && bytes[place + 2] == 0xBF)
                || (bytes[place + 1] == 0xBF && bytes[place + 2] >= 0xBE)
        default: false
        }
    }

    /// UTF-16 and UTF-32 begin with a mark or with a zero byte among the first four.
    private static func foreignEncoding(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard bytes.count >= 2 else { return nil }
        let head = (bytes[0], bytes[1])
        let second = bytes.count >= 4 ? (bytes[2], bytes[3]) : (0xFF, 0xFF)
        if head == (0, 0) || (head == (0xFF, 0xFE) && second == (0, 0)) { return "UTF-32" }
        if head == (0xFF, 0xFE) || head == (0xFE, 0xFF) { return "UTF-16" }
        if (head.0 == 0) != (head.1 == 0) { return second == (0, 0) ? "UTF-32" : "UTF-16" }
        return nil
    }

    private static func fault(
        _ fault: YAMLFault, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) -> ManifestError {
        ManifestError(fault.code, fault.message, at: ManifestError.Position(offset: offset, in: bytes))
    }
}
