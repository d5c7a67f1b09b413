import Hummingbird
import NIOCore

/// The fields of a form (`application/x-www-form-urlencoded`).
struct FormBody: Sendable, Hashable {
    private let fields: [String: String]

    /// The most bytes of a form: escaped, a character of Chinese is nine of them.
    static let limit = 256 << 10
    /// The most bytes of a reason.
    static let reasonLimit = 4 << 10

    /// Reads the body of a request.
    ///
    /// - Throws: ``DashboardError`` with code `invalid` for what is no form or too long.
    init(_ request: Request) async throws {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else {
            throw DashboardError(.invalid, "a form of the dashboard was expected, not \(type.prefix(80))")
        }
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: Self.limit)
        } catch is NIOTooManyBytesError {
            throw DashboardError(.invalid, "the form is longer than \(Self.limit / 1024) KiB")
        }
        try self.init(String(decoding: buffer.readableBytesView, as: UTF8.self))
    }

    init(_ text: String) throws(DashboardError) {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.unescaped(parts[0], plusIsSpace: true),
                let value = Self.unescaped(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { throw DashboardError(.invalid, "the form is not properly escaped") }
            guard fields[name] == nil else {
                throw DashboardError(.invalid, "the form has its field \(name.prefix(40)) twice")
            }
            fields[name] = value
        }
        self.fields = fields
    }

    /// The text of a field; empty where there is none.
    subscript(name: String) -> String { fields[name] ?? "" }

    /// What somebody has written into it and could not easily write again; empty where that is nothing.
    var writing: String {
        ["body", "reason", "comment"].lazy.map { self[$0] }.first { !$0.isEmpty } ?? ""
    }

    /// A text without its escapes; nil for broken ones.
    static func unescaped(_ text: some StringProtocol, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexadecimal),
                    let low = iterator.next().flatMap(hexadecimal)
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// A text as a value of a query.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var output = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                output.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                output += "%"
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 15)])
            }
        }
        return output
    }
}
