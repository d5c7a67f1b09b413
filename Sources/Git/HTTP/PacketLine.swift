/// Packet lines (gitprotocol-common): four hexadecimal digits of length, then the bytes.
public enum PacketLine: Sendable, Hashable {
    /// The end of a section.
    case flush
    case delimiter
    case data([UInt8])

    /// The most bytes a line can hold.
    public static let limit = 65_516

    /// The form on the wire.
    public var bytes: [UInt8] {
        switch self {
        case .flush: return Array("0000".utf8)
        case .delimiter: return Array("0001".utf8)
        case .data(let content):
            let digits = String(content.count + 4, radix: 16)
            return Array((String(repeating: "0", count: max(0, 4 - digits.count)) + digits).utf8) + content
        }
    }

    /// A line of text.
    public static func text(_ text: String) -> PacketLine { .data(Array(text.utf8)) }

    /// The content as text, without the line's end; nil for the markers.
    public var text: String? {
        guard case .data(let content) = self else { return nil }
        let text = String(decoding: content, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

/// Cuts bytes as they arrive into packet lines.
public struct PacketLineReader: Sendable {
    private var buffer: [UInt8] = []
    private var place = 0

    /// A reader that has got nothing yet.
    public init() {}

    /// Takes bytes that have arrived.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        if place > 0 {
            buffer.removeFirst(place)
            place = 0
        }
        buffer += bytes
    }

    /// The next complete line; nil until more bytes have arrived.
    ///
    /// - Throws: ``GitError`` with code `malformed`.
    public mutating func next() throws(GitError) -> PacketLine? {
        guard buffer.count - place >= 4 else { return nil }
        let digits = String(decoding: buffer[place..<(place + 4)], as: UTF8.self)
        guard let length = Int(digits, radix: 16), length != 3, !digits.hasPrefix("-"), !digits.hasPrefix("+")
        else {
            throw GitError(.malformed, "\"\(digits)\" is no length of a packet line")
        }
        switch length {
        case 0:
            place += 4
            return .flush
        case 1, 2:
            place += 4
            return .delimiter
        default:
            guard buffer.count - place >= length else { return nil }
            defer { place += length }
            return .data(Array(buffer[(place + 4)..<(place + length)]))
        }
    }
}
