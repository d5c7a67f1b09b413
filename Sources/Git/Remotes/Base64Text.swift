/// Base64 (RFC 4648) for headers; short texts only.
enum Base64Text {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let rest = min(3, bytes.count - place)
            var group = UInt32(bytes[place]) << 16
            if rest > 1 { group |= UInt32(bytes[place + 1]) << 8 }
            if rest > 2 { group |= UInt32(bytes[place + 2]) }
            for index in 0..<4 {
                text.append(index > rest ? 0x3d : alphabet[Int(group >> (18 - 6 * UInt32(index)) & 63)])
            }
            place += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for what is not base64; padding may be missing.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var bits = 0
        for byte in text.utf8 where byte != 0x3d {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return bytes
    }
}
