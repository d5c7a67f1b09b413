/// Writes the wire format of protocol buffers: fields of texts, flags and messages.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// A text; an empty one is what a missing field means and is left out.
    mutating func text(_ field: Int, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        delimited(field, Array(text.utf8))
    }

    /// A flag; false is what a missing field means and is left out.
    mutating func flag(_ field: Int, _ flag: Bool) {
        guard flag else { return }
        varint(UInt64(field) << 3)
        varint(1)
    }

    /// A message, present even where it is empty.
    mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        delimited(field, inner.bytes)
    }

    private mutating func delimited(_ field: Int, _ content: [UInt8]) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
