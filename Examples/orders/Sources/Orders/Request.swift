/// A request as far as the service needs it.
struct Request: Equatable {
    var method: String
    var path: String
    var body: String

    /// Reads one request.
    ///
    /// - Throws: ``Connection/Failure`` where it is no HTTP, too long, or cut off.
    init(_ connection: Connection) throws {
        var bytes: [UInt8] = []
        while true {
            if let request = try Request(bytes) {
                self = request
                return
            }
            guard bytes.count < 1 << 17 else {
                throw Connection.Failure(description: "the request is too long")
            }
            let more = try connection.read()
            guard !more.isEmpty else { throw Connection.Failure(description: "the request is cut off") }
            bytes += more
        }
    }

    /// The request in bytes; nil where some are missing.
    init?(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { throw Connection.Failure(description: "no HTTP request") }
        let length =
            lines.dropFirst().first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) } ?? 0
        let body = text[end.upperBound...]
        guard body.utf8.count >= min(length, 1 << 16) else { return nil }
        (method, path, self.body) = (String(words[0]), String(words[1]), String(body))
    }
}
