/// Base64 without Foundation, in the standard alphabet and in the one that is safe in URLs and tokens.
enum Base64 {
    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The bytes in the standard alphabet, padded with `=`.
    static func encode(_ bytes: some Collection<UInt8>) -> String { encode(bytes, standard, isPadded: true) }

    /// The bytes in the alphabet of JSON web tokens, without padding.
    static func encodeURLSafe(_ bytes: some Collection<UInt8>) -> String {
        encode(bytes, urlSafe, isPadded: false)
    }

    private static func encode(
        _ bytes: some Collection<UInt8>, _ alphabet: [UInt8], isPadded: Bool
    ) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = Array(rest.prefix(3))
            rest = rest.dropFirst(3)
            let padded = chunk + Array(repeating: 0, count: 3 - chunk.count)
            let bits = UInt32(padded[0]) << 16 | UInt32(padded[1]) << 8 | UInt32(padded[2])
            for place in 0...chunk.count {
                text.append(alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)])
            }
            if isPadded { text += Array(repeating: UInt8(ascii: "="), count: 3 - chunk.count) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text in the standard alphabet, with or without padding; nil where it is not well-formed.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var characters = Array(text.utf8)
        while characters.last == UInt8(ascii: "=") { characters.removeLast() }
        return decode(characters, standard)
    }

    /// The bytes of a text in the alphabet of tokens, without padding; nil where it is not well-formed.
    ///
    /// - Parameter isStrict: whether bits that belong to no byte must be zero, so that a value has one spelling.
    static func decodeURLSafe(_ text: some StringProtocol, isStrict: Bool = true) -> [UInt8]? {
        decode(Array(text.utf8), urlSafe, isStrict: isStrict)
    }

    private static func decode(
        _ characters: [UInt8], _ alphabet: [UInt8], isStrict: Bool = true
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for character in characters {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        guard count < 6, !isStrict || bits & ((1 << count) - 1) == 0 else { return nil }
        return bytes
    }
}
