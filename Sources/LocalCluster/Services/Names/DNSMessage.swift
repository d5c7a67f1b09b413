import NIOCore

/// A question to a name server and its answer (RFC 1035), as far as stub resolvers use them.
struct DNSQuery: Sendable, Hashable {
    enum Kind {
        static let a: UInt16 = 1
        static let cname: UInt16 = 5
        static let aaaa: UInt16 = 28
        static let srv: UInt16 = 33
        static let any: UInt16 = 255
    }

    /// What a header says about the outcome.
    enum Code: UInt16, Sendable {
        case success = 0
        case malformed = 1
        case serverFailure = 2
        case noName = 3
        case notImplemented = 4
        case refused = 5
    }

    var id: UInt16
    var wantsRecursion: Bool
    /// The name, in lower case and without the last dot.
    var name: String
    var kind: UInt16
    /// The largest answer over UDP; 512 unless the client says otherwise (RFC 6891).
    var limit = 512

    /// Reads a query; nil where it is none that can be answered.
    init?(_ message: ByteBuffer) {
        var message = message
        guard let id = message.readInteger(as: UInt16.self), let flags = message.readInteger(as: UInt16.self),
            let questions = message.readInteger(as: UInt16.self),
            let answers = message.readInteger(as: UInt16.self),
            let authorities = message.readInteger(as: UInt16.self),
            let additions = message.readInteger(as: UInt16.self),
            // A question, of the standard kind.
            flags & 0xf800 == 0, questions == 1, answers == 0, authorities == 0,
            let name = Self.readName(&message), let kind = message.readInteger(as: UInt16.self),
            let group = message.readInteger(as: UInt16.self), group == 1
        else { return nil }
        self.id = id
        wantsRecursion = flags & 0x0100 != 0
        self.name = name
        self.kind = kind
        if additions > 0, message.readInteger(as: UInt8.self) == 0,
            message.readInteger(as: UInt16.self) == 41,
            let size = message.readInteger(as: UInt16.self)
        {
            limit = min(max(Int(size), 512), 4096)
        }
    }

    /// A question of our own.
    init(id: UInt16, name: String, kind: UInt16) {
        self.id = id
        self.name = name
        self.kind = kind
        wantsRecursion = true
    }

    /// Reads a name that is spelled out, at most the 255 bytes a name may have.
    private static func readName(_ message: inout ByteBuffer) -> String? {
        var labels: [String] = []
        var length = 0
        while let count = message.readInteger(as: UInt8.self) {
            if count == 0 { return labels.joined(separator: ".").lowercased() }
            length += Int(count) + 1
            guard count < 64, length < 255, let label = message.readString(length: Int(count)) else {
                return nil
            }
            labels.append(label)
        }
        return nil
    }

    /// The question as it is sent.
    var message: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeMultipleIntegers(
            id, UInt16(wantsRecursion ? 0x0100 : 0), UInt16(1), UInt16(0), UInt16(0), UInt16(0))
        writeQuestion(&buffer)
        return buffer
    }

    fileprivate func writeQuestion(_ buffer: inout ByteBuffer) {
        buffer.writeName(name)
        buffer.writeMultipleIntegers(kind, UInt16(1))
    }
}

/// One entry of an answer.
enum DNSRecord: Sendable, Hashable {
    case address(name: String, [UInt8])
    case alias(name: String, to: String)
    case service(name: String, port: UInt16, target: String)
}

extension DNSQuery {
    /// The answer with these records.
    ///
    /// - Parameter limit: where it would be longer it is cut to nothing and marked so, and the client asks over TCP.
    func answer(_ records: [DNSRecord], _ code: Code = .success, limit: Int = .max) -> ByteBuffer {
        var buffer = ByteBuffer()
        // An answer, with authority, recursion at hand.
        let flags: UInt16 = 0x8480 | (wantsRecursion ? 0x0100 : 0) | code.rawValue
        buffer.writeMultipleIntegers(id, flags, UInt16(1), UInt16(records.count), UInt16(0), UInt16(0))
        writeQuestion(&buffer)
        for record in records { buffer.writeRecord(record) }
        guard buffer.readableBytes > limit else { return buffer }
        var short = ByteBuffer()
        short.writeMultipleIntegers(id, flags | 0x0200, UInt16(1), UInt16(0), UInt16(0), UInt16(0))
        writeQuestion(&short)
        return short
    }

    /// The addresses in another server's answer, whatever names they belong to.
    static func addresses(in message: ByteBuffer) -> [[UInt8]] {
        var message = message
        guard message.readableBytes >= 12, let header = message.readMultipleIntegers(as: Header.self) else {
            return []
        }
        for _ in 0..<header.2 {
            guard message.skipName(), message.readInteger(as: UInt32.self) != nil else { return [] }
        }
        var addresses: [[UInt8]] = []
        for _ in 0..<header.3 {
            guard message.skipName(), let kind = message.readInteger(as: UInt16.self),
                message.readInteger(as: UInt16.self) != nil, message.readInteger(as: UInt32.self) != nil,
                let length = message.readInteger(as: UInt16.self),
                let data = message.readBytes(length: Int(length))
            else { return addresses }
            if kind == Kind.a || kind == Kind.aaaa { addresses.append(data) }
        }
        return addresses
    }

    private typealias Header = (UInt16, UInt16, UInt16, UInt16, UInt16, UInt16)
}

extension ByteBuffer {
    fileprivate mutating func writeName(_ name: String) {
        for label in name.split(separator: ".") {
            writeInteger(UInt8(truncatingIfNeeded: min(label.utf8.count, 63)))
            writeBytes(label.utf8.prefix(63))
        }
        writeInteger(UInt8(0))
    }

    /// Passes over a name, which may end with a reference to an earlier one.
    fileprivate mutating func skipName() -> Bool {
        while let count = readInteger(as: UInt8.self) {
            if count == 0 { return true }
            if count >= 0xc0 { return readInteger(as: UInt8.self) != nil }
            guard readSlice(length: Int(count)) != nil else { return false }
        }
        return false
    }

    /// Seconds for which an answer may be kept: pods come and go.
    private static let lifetime: UInt32 = 5

    fileprivate mutating func writeRecord(_ record: DNSRecord) {
        switch record {
        case .address(let name, let bytes):
            writeName(name)
            writeMultipleIntegers(
                bytes.count == 4 ? DNSQuery.Kind.a : DNSQuery.Kind.aaaa, UInt16(1), Self.lifetime,
                UInt16(bytes.count))
            writeBytes(bytes)
        case .alias(let name, let target):
            var data = ByteBuffer()
            data.writeName(target)
            writeName(name)
            writeMultipleIntegers(DNSQuery.Kind.cname, UInt16(1), Self.lifetime, UInt16(data.readableBytes))
            writeBuffer(&data)
        case .service(let name, let port, let target):
            var data = ByteBuffer()
            data.writeMultipleIntegers(UInt16(0), UInt16(100), port)
            data.writeName(target)
            writeName(name)
            writeMultipleIntegers(DNSQuery.Kind.srv, UInt16(1), Self.lifetime, UInt16(data.readableBytes))
            writeBuffer(&data)
        }
    }
}
