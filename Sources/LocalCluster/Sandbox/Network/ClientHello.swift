/// The first message of a TLS client, read as far as it says whom the client wants to talk to.
///
/// Records: RFC 8446 §5.1; the message: §4.1.2; the server's name: RFC 6066 §3.
enum ClientHello: Sendable, Hashable {
    /// More bytes are needed to tell.
    case incomplete
    /// The bytes are none: another protocol is spoken.
    case absent
    /// The bytes begin as one and go on as none that can be read.
    case malformed
    /// The name of the server in lower case; nil where the client does not say one.
    case read(serverName: String?)

    /// Far more than clients send, and what anybody is let send before it is told.
    private static let limit = 1 << 17

    init(_ bytes: [UInt8]) {
        if let first = bytes.first, first != 22 {
            self = .absent
        } else {
            self = Self.message(in: bytes).map(Self.init(message:)) ?? .malformed
        }
    }

    /// The bytes of the handshake message that have come, records joined; nil where there is something else.
    private static func message(in bytes: [UInt8]) -> (bytes: [UInt8], isEnded: Bool)? {
        var message: [UInt8] = []
        var reader = ByteReader(bytes[...])
        while !reader.rest.isEmpty {
            guard let type = reader.number(1), type == 22 else { return nil }
            guard let version = reader.number(2), let length = reader.number(2) else { break }
            guard version >> 8 == 3, length > 0, length <= 1 << 14 else { return nil }
            message += reader.rest.prefix(length)
            if reader.bytes(length) == nil { break }
            guard message.first == 1, message.count < limit else { return nil }
            var head = ByteReader(message[...])
            if message.count >= 4, head.number(1) != nil, let wanted = head.number(3),
                message.count >= wanted + 4
            {
                return (Array(message[4..<wanted + 4]), true)
            }
        }
        return (message, false)
    }

    private init(message: (bytes: [UInt8], isEnded: Bool)) {
        guard message.isEnded else {
            self = .incomplete
            return
        }
        var reader = ByteReader(message.bytes[...])
        // Version, random; then session, cipher suites and compression methods with their lengths.
        guard reader.bytes(34) != nil, reader.vector(1) != nil, reader.vector(2) != nil,
            reader.vector(1) != nil
        else {
            self = .malformed
            return
        }
        var extensions = ByteReader(reader.vector(2) ?? [])
        while let type = extensions.number(2), let content = extensions.vector(2) {
            if type == 0 {
                self = .read(serverName: Self.serverName(content))
                return
            }
        }
        self = .read(serverName: nil)
    }

    private static func serverName(_ content: ArraySlice<UInt8>) -> String? {
        var list = ByteReader(content)
        var entries = ByteReader(list.vector(2) ?? [])
        while let type = entries.number(1), let name = entries.vector(2) {
            if type == 0 { return String(decoding: name, as: UTF8.self).lowercased() }
        }
        return nil
    }
}

/// Reads numbers and length-prefixed vectors, most significant byte first.
private struct ByteReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number(_ size: Int) -> Int? { bytes(size)?.reduce(0) { $0 << 8 | Int($1) } }

    /// What follows a length of `size` bytes.
    mutating func vector(_ size: Int) -> ArraySlice<UInt8>? { number(size).flatMap { bytes($0) } }
}
