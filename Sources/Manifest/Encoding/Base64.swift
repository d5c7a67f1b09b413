/// Binary data as text (RFC 4648): in the standard alphabet, and in the one that is safe in URLs and tokens.
///
/// Readers are strict where nothing else is said. A text with line breaks, or with bits set that belong to no byte, is
/// refused: two spellings of one signature would be two entries of a log.
public enum Base64 {
    /// Whether a text ends in `=` where its last group is not full.
    public enum Padding: Sendable, Hashable {
        case required
        /// There may be none, but what there is completes the group.
        case optional
        case forbidden
    }

    private static let standard = Alphabet(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    private static let urlSafe = Alphabet(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    static let pad = UInt8(ascii: "=")

    // MARK: Writing

    /// The bytes in the standard alphabet, padded.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        standard.encode(Array(bytes), isPadded: true)
    }

    /// The bytes in the alphabet that is safe in URLs, without padding, as tokens have it.
    public static func encodeURLSafe(_ bytes: some Sequence<UInt8>) -> String {
        urlSafe.encode(Array(bytes), isPadded: false)
    }

    // MARK: Reading

    /// The bytes of a padded text in the standard alphabet; nil for every other text.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(text, padding: .required) }

    /// The bytes of a text in the standard alphabet; nil for what is none.
    public static func decode(_ text: some StringProtocol, padding: Padding) -> [UInt8]? {
        standard.decode(Array(text.utf8), padding: padding, isStrict: true)
    }

    /// The bytes of a text in the alphabet that is safe in URLs; nil for what is none.
    ///
    /// - Parameter isStrict: whether bits that belong to no byte must be zero, so that a value has one spelling.
    public static func decodeURLSafe(
        _ text: some StringProtocol, padding: Padding = .optional, isStrict: Bool = true
    ) -> [UInt8]? {
        urlSafe.decode(Array(text.utf8), padding: padding, isStrict: isStrict)
    }

    /// The bytes of a padded text in the standard alphabet as Go's decoder reads it: line breaks are passed over, and
    /// bits that belong to no byte may be anything.
    ///
    /// - Throws: ``IllegalByte`` with the place at which Go's decoder gives up.
    public static func decodeAsGo(_ text: some StringProtocol) throws(IllegalByte) -> [UInt8] {
        try standard.decodeAsGo(text.utf8)
    }

    /// How many bytes a well-formed padded text stands for.
    public static func decodedCount(_ text: some StringProtocol) -> Int {
        let count = text.utf8.count / 4 * 3
        return text.hasSuffix("==") ? count - 2 : text.hasSuffix("=") ? count - 1 : count
    }

    /// Where a text is no base64.
    public struct IllegalByte: Error, Sendable, Hashable {
        /// Counted in bytes from 0; the text's length where it ends too early.
        public let offset: Int
    }
}

/// The 64 characters, and their values by character.
private struct Alphabet: Sendable {
    private static let none: UInt8 = 0xff

    private let characters: [UInt8]
    private let values: [UInt8]

    init(_ text: StaticString) {
        characters = text.withUTF8Buffer { Array($0) }
        var values = [UInt8](repeating: Self.none, count: 256)
        for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8], isPadded: Bool) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output in
            var written = 0
            var place = 0
            while place < bytes.count {
                let count = min(3, bytes.count - place)
                var group = UInt32(bytes[place]) << 16
                if count > 1 { group |= UInt32(bytes[place + 1]) << 8 }
                if count > 2 { group |= UInt32(bytes[place + 2]) }
                for index in 0...count {
                    output[written] = characters[Int(group >> UInt32(18 - 6 * index) & 63)]
                    written += 1
                }
                for _ in count..<3 where isPadded {
                    output[written] = Base64.pad
                    written += 1
                }
                place += 3
            }
            return written
        }
    }

    func decode(_ text: [UInt8], padding: Base64.Padding, isStrict: Bool) -> [UInt8]? {
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == Base64.pad { end -= 1 }
        let isPadded = end < text.count
        switch padding {
        case .required: guard text.count % 4 == 0 else { return nil }
        case .optional: guard !isPadded || text.count % 4 == 0 else { return nil }
        case .forbidden: guard !isPadded else { return nil }
        }
        guard end % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end * 3 / 4)
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for character in text[..<end] {
            let value = values[Int(character)]
            guard value != Self.none else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xffff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        guard !isStrict || bits & ((1 << count) - 1) == 0 else { return nil }
        return bytes
    }

    func decodeAsGo(_ text: some Sequence<UInt8>) throws(Base64.IllegalByte) -> [UInt8] {
        var output: [UInt8] = []
        var (buffer, count, padding, length) = (0, 0, 0, 0)
        for byte in text {
            defer { length += 1 }
            if byte == 0x0a || byte == 0x0d { continue }
            if byte == Base64.pad, count % 4 >= 2 || padding > 0 {
                padding += 1
                count += 1
                guard padding <= 2, padding == 1 || count % 4 == 0 else {
                    throw Base64.IllegalByte(offset: length)
                }
                continue
            }
            let value = values[Int(byte)]
            guard padding == 0, value != Self.none else { throw Base64.IllegalByte(offset: length) }
            buffer = (buffer << 6 | Int(value)) & 0xff_ffff
            count += 1
            switch count % 4 {
            case 2: output.append(UInt8(truncatingIfNeeded: buffer >> 4))
            case 3: output.append(UInt8(truncatingIfNeeded: buffer >> 2))
            case 0: output.append(UInt8(truncatingIfNeeded: buffer))
            default: break
            }
        }
        guard count % 4 == 0 else { throw Base64.IllegalByte(offset: length) }
        return output
    }
}
