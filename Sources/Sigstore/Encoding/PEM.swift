import Manifest

/// Textual encoding of certificates and keys (RFC 7468), read on bytes.
///
/// A carriage return with a line feed is one character in Swift, so a reader on characters would not see the line.
public enum PEM {
    /// One block of a document.
    public struct Block: Sendable, Hashable {
        /// What stands between `BEGIN` and the dashes, such as `CERTIFICATE`.
        public var label: String
        /// What the lines between the marks stand for.
        public var bytes: [UInt8]
    }

    /// All blocks of a document, in order. Text before, between and after the blocks is skipped.
    ///
    /// - Throws: `SigstoreError` with code `malformed` for a block that does not end or is no base64.
    public static func parse(_ text: some Sequence<UInt8>) throws(SigstoreError) -> [Block] {
        var blocks: [Block] = []
        var label: String?
        var body: [UInt8] = []
        for line in lines(of: text) {
            if let open = label {
                if marker(line, "-----END ") == open {
                    guard let bytes = Base64.decode(String(decoding: body, as: UTF8.self)) else {
                        throw SigstoreError(
                            .malformed, "the PEM block \"\(open)\" is not base64; write it again")
                    }
                    blocks.append(Block(label: open, bytes: bytes))
                    label = nil
                } else {
                    body += line.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
                }
            } else if let begun = marker(line, "-----BEGIN ") {
                label = begun
                body = []
            }
        }
        if let label {
            throw SigstoreError(.malformed, "the PEM block \"\(label)\" has no end; the text may be cut off")
        }
        return blocks
    }

    /// Writes one block, 64 characters a line, with a line feed at its end.
    public static func write(_ label: String, _ bytes: some Sequence<UInt8>) -> String {
        var text = "-----BEGIN \(label)-----\n"
        let encoded = Array(Base64.encode(bytes).utf8)
        for start in stride(from: 0, to: encoded.count, by: 64) {
            text += String(decoding: encoded[start..<min(start + 64, encoded.count)], as: UTF8.self)
            text += "\n"
        }
        return text + "-----END \(label)-----\n"
    }

    private static func lines(of text: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        for byte in text where byte != UInt8(ascii: "\r") {
            if byte == UInt8(ascii: "\n") { lines.append([]) } else { lines[lines.count - 1].append(byte) }
        }
        return lines
    }

    private static func marker(_ line: [UInt8], _ start: String) -> String? {
        let dashes = Array("-----".utf8)
        guard line.starts(with: start.utf8), line.suffix(5).elementsEqual(dashes) else { return nil }
        guard line.count >= start.utf8.count + 5 else { return nil }
        return String(decoding: line[start.utf8.count..<(line.count - 5)], as: UTF8.self)
    }
}
