/// Binary data as JSON holds it (RFC 4648, section 4), with the faults Go's decoder reports.
package enum GoBase64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of the bytes, padded.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var buffer = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | Int(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(alphabet[buffer >> bits & 63])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 { output.append(alphabet[buffer << (6 - bits) & 63]) }
        while output.count % 4 != 0 { output.append(UInt8(ascii: "=")) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of a text; line breaks are passed over.
    package static func decode(_ text: String) throws(DecodingFault) -> [UInt8] {
        var output: [UInt8] = []
        var buffer = 0
        var count = 0
        var padding = 0
        for (offset, byte) in text.utf8.enumerated() where byte != 0x0A && byte != 0x0D {
            if byte == UInt8(ascii: "="), count % 4 >= 2 || padding > 0 {
                padding += 1
                count += 1
                guard padding <= 2, padding == 1 || count % 4 == 0 else { throw illegal(offset) }
                continue
            }
            guard padding == 0, let sextet = sextet(byte) else { throw illegal(offset) }
            buffer = buffer << 6 | sextet
            count += 1
            switch count % 4 {
            case 2: output.append(UInt8(truncatingIfNeeded: buffer >> 4))
            case 3: output.append(UInt8(truncatingIfNeeded: buffer >> 2))
            case 0: output.append(UInt8(truncatingIfNeeded: buffer))
            default: break
            }
            buffer &= 0xFFFF
        }
        guard count % 4 == 0 else { throw illegal(text.utf8.count) }
        return output
    }

    /// How many bytes a well-formed text stands for.
    static func decodedCount(_ text: String) -> Int {
        var count = text.utf8.count / 4 * 3
        if text.hasSuffix("==") { count -= 2 } else if text.hasSuffix("=") { count -= 1 }
        return count
    }

    private static func illegal(_ offset: Int) -> DecodingFault {
        DecodingFault("illegal base64 data at input byte \(offset)")
    }

    private static func sextet(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
