/// A connection to PostgreSQL: protocol 3.0, statements with parameters, text results, password in clear over loopback.
public final class PostgreSQL {
    /// What the server said against a statement.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let connection: Connection

    /// Connects by a URL, `postgres://user:password@host:port/database`.
    public init(url: String) throws {
        guard let address = Address(url) else {
            throw Failure(description: "DATABASE_URL is no PostgreSQL URL")
        }
        connection = try Connection(host: address.host, port: address.port)
        var startup = Self.integer(196_608)
        for (name, value) in [("user", address.user), ("database", address.database)] {
            startup += Array(name.utf8) + [0] + Array(value.utf8) + [0]
        }
        startup.append(0)
        try connection.write(Self.integer(Int32(startup.count + 4)) + startup)
        try authenticate(password: address.password)
    }

    private func authenticate(password: String) throws {
        while true {
            let (type, body) = try message()
            switch type {
            case "R":
                switch Self.integer(body, 0) {
                case 0: break
                case 3: try send("p", Array(password.utf8) + [0])
                default: throw Failure(description: "the server wants another authentication than a password")
                }
            case "E": throw Failure(description: Self.reason(body))
            case "Z": return
            default: break
            }
        }
    }

    /// Runs a statement whose `$1`, `$2`, … stand for parameters; answers its rows.
    @discardableResult
    public func query(_ statement: String, _ parameters: [String] = []) throws -> [[String?]] {
        try send("P", [0] + Array(statement.utf8) + [0] + Self.short(0))
        var bind: [UInt8] = [0, 0] + Self.short(0) + Self.short(Int16(parameters.count))
        for parameter in parameters {
            bind += Self.integer(Int32(parameter.utf8.count)) + Array(parameter.utf8)
        }
        try send("B", bind + Self.short(0))
        try send("E", [0] + Self.integer(0))
        try send("S", [])
        var rows: [[String?]] = []
        var failure: Failure?
        while true {
            let (type, body) = try message()
            switch type {
            case "D": rows.append(Self.row(body))
            case "E": failure = Failure(description: Self.reason(body))
            case "Z":
                if let failure { throw failure }
                return rows
            default: break
            }
        }
    }

    // MARK: - Messages

    private func send(_ type: Character, _ body: [UInt8]) throws {
        try connection.write([type.asciiValue ?? 0] + Self.integer(Int32(body.count + 4)) + body)
    }

    private func message() throws -> (type: Character, body: [UInt8]) {
        let header = try connection.read(exactly: 5)
        let length = Int(Self.integer(header, 1)) - 4
        guard (0...(1 << 26)).contains(length) else {
            throw Failure(description: "the server speaks another protocol")
        }
        return (Character(Unicode.Scalar(header[0])), try connection.read(exactly: length))
    }

    private static func row(_ body: [UInt8]) -> [String?] {
        var row: [String?] = []
        var position = 2
        while position + 4 <= body.count {
            let length = Int(integer(body, position))
            position += 4
            if length < 0 {
                row.append(nil)
            } else {
                row.append(
                    String(decoding: body[position..<min(body.count, position + length)], as: UTF8.self))
                position += length
            }
        }
        return row
    }

    private static func reason(_ body: [UInt8]) -> String {
        let fields = body.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return fields.first { $0.hasPrefix("M") }.map { String($0.dropFirst()) } ?? "unknown failure"
    }

    private static func integer(_ value: Int32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian, Array.init)
    }
    private static func short(_ value: Int16) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    private static func integer(_ bytes: [UInt8], _ at: Int) -> Int32 {
        bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int32($1) }
    }
}

/// The parts of a database URL.
struct Address: Equatable {
    var user: String
    var password: String
    var host: String
    var port: UInt16
    var database: String

    init?(_ url: String) {
        guard let scheme = url.firstRange(of: "://"), url.hasPrefix("postgres") else { return nil }
        let rest = url[scheme.upperBound...]
        guard let at = rest.lastIndex(of: "@"), let slash = rest[at...].firstIndex(of: "/") else {
            return nil
        }
        let account = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let place = rest[rest.index(after: at)..<slash].split(separator: ":")
        guard account.count == 2, let host = place.first else { return nil }
        user = String(account[0])
        password = String(account[1])
        self.host = String(host)
        port = place.count > 1 ? UInt16(place[1]) ?? 5432 : 5432
        database = String(rest[rest.index(after: slash)...])
    }
}
