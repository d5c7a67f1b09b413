/// The bytes of a log as text for a page.
enum LogText {
    /// The text without escape sequences and with the last state of lines that were written over.
    static func plain(_ bytes: some Sequence<UInt8>) -> String {
        var output: [UInt8] = []
        var lineStart = 0
        var iterator = bytes.makeIterator()
        var pending: UInt8?
        while let byte = pending ?? iterator.next() {
            pending = nil
            switch byte {
            case 0x1b:
                pending = skipSequence(&iterator)
            case 0x0a:
                output.append(byte)
                lineStart = output.count
            case 0x0d:
                // A carriage return before a line's end belongs to it; else what follows is written over the line.
                guard let next = iterator.next() else { break }
                if next != 0x0a { output.removeSubrange(lineStart...) }
                pending = next
            case 0x09, 0x20...0x7e, 0x80...: output.append(byte)
            default: continue
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Reads over an escape sequence; answers the byte that is not part of it.
    private static func skipSequence(_ iterator: inout some IteratorProtocol<UInt8>) -> UInt8? {
        guard let kind = iterator.next() else { return nil }
        switch kind {
        case UInt8(ascii: "["):
            while let byte = iterator.next() {
                if (0x40...0x7e).contains(byte) { return nil }
                if byte < 0x20 { return byte }
            }
            return nil
        case UInt8(ascii: "]"):
            while let byte = iterator.next() {
                if byte == 0x07 { return nil }
                if byte == 0x0a { return byte }
                if byte == 0x1b { return skipSequence(&iterator) }
            }
            return nil
        case 0x5c: return nil
        case 0x20...0x2f: return iterator.next() == nil ? nil : nil
        case 0x30...0x7e: return nil
        default: return kind
        }
    }

    /// As much of a log's end as is looked at for its last lines: a line of a kilobyte is long.
    static func bytes(ofLines count: Int) -> Int { count << 10 }

    /// The last lines.
    static func tail(_ bytes: [UInt8], lines count: Int) -> String {
        let text = plain(bytes.suffix(Self.bytes(ofLines: count)))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        return lines.suffix(count).joined(separator: "\n")
    }
}
