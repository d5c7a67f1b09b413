#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A small HTTP/1.1 server: `POST /orders`, `GET /orders/ITEM`, `GET /healthz`; one request a connection.
public struct Server {
    /// What is answered.
    public struct Response: Equatable {
        public var status: Int
        public var body: String

        public init(_ status: Int, _ body: String) {
            self.status = status
            self.body = body
        }
    }

    private let store: any OrderKeeping

    public init(_ store: any OrderKeeping) { self.store = store }

    /// Answers a request.
    public func respond(method: String, path: String, body: String) -> Response {
        do {
            switch (method, path) {
            case ("GET", "/healthz"): return Response(200, "ok\n")
            case ("POST", "/orders"):
                guard let order = Order(form: body) else {
                    return Response(400, "item and quantity are needed\n")
                }
                if let refusal = order.refusal { return Response(422, "\(refusal)\n") }
                return Response(201, "\(try store.add(order))\n")
            case ("GET", _) where path.hasPrefix("/orders/"):
                return Response(200, "\(try store.total(of: String(path.dropFirst("/orders/".count))))\n")
            default: return Response(404, "not found\n")
            }
        } catch {
            return Response(503, "the database does not answer\n")
        }
    }

    /// Serves until the process ends.
    ///
    /// - Parameter whenListening: is told the port.
    public func run(port: UInt16, whenListening: (UInt16) -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else {
            throw Connection.Failure(description: "the port \(port) is taken")
        }
        whenListening(port)
        while true {
            let client = accept(descriptor, nil, nil)
            if client >= 0 { serve(Connection(descriptor: client)) }
        }
    }

    private func serve(_ connection: Connection) {
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            connection.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let request = try? Request(connection) else { return }
        let response = respond(method: request.method, path: request.path, body: request.body)
        let head =
            "HTTP/1.1 \(response.status) -\r\nContent-Length: \(response.body.utf8.count)\r\nConnection: close\r\n\r\n"
        try? connection.write(Array((head + response.body).utf8))
    }
}

/// A request as far as the server needs it.
private struct Request {
    var method: String
    var path: String
    var body: String

    init(_ connection: Connection) throws {
        var bytes: [UInt8] = []
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") {
                let lines = text[..<end.lowerBound].split(separator: "\r\n")
                let words = (lines.first ?? "").split(separator: " ")
                guard words.count == 3 else { throw Connection.Failure(description: "no HTTP request") }
                let length =
                    lines.dropFirst().first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) } ?? 0
                let body = text[end.upperBound...]
                if body.utf8.count >= min(length, 1 << 16) {
                    (method, path, self.body) = (String(words[0]), String(words[1]), String(body))
                    return
                }
            }
            guard bytes.count < 1 << 17 else {
                throw Connection.Failure(description: "the request is too long")
            }
            let more = try connection.read()
            guard !more.isEmpty else { throw Connection.Failure(description: "the request is cut off") }
            bytes += more
        }
    }
}
