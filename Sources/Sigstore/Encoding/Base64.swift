import FoundationEssentials

/// Base64 as Sigstore's formats use it: the standard alphabet with padding, nothing else around it.
public enum Base64 {
    /// The bytes of a text, nil unless it is canonical base64 of the standard alphabet.
    ///
    /// A text with line breaks, without its padding, or with bits set that no byte uses is refused: two spellings of
    /// one signature would be two log entries.
    public static func decode(_ text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text) else { return nil }
        guard data.base64EncodedString() == text else { return nil }
        return [UInt8](data)
    }

    /// The bytes of a text in the alphabet that is safe in URLs, with or without padding, as tokens use it.
    public static func decodeURLSafe(_ text: some StringProtocol) -> [UInt8]? {
        var standard: [UInt8] = []
        standard.reserveCapacity(text.utf8.count + 3)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"): return nil
            default: standard.append(byte)
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        return decode(String(decoding: standard, as: UTF8.self))
    }

    /// Writes bytes in the standard alphabet with padding.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// Writes bytes in the alphabet that is safe in URLs, without padding.
    public static func encodeURLSafe(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in Data(bytes).base64EncodedString().utf8 {
            switch byte {
            case UInt8(ascii: "+"): text.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): text.append(UInt8(ascii: "_"))
            case UInt8(ascii: "="): break
            default: text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
