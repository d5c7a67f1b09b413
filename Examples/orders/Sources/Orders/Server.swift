#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Serves over HTTP/1.1: a thread and one request a connection.
public struct Server: Sendable {
    private let service: Service

    public init(_ service: Service) { self.service = service }

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
        guard bound == 0, listen(descriptor, 256) == 0 else {
            throw Connection.Failure(description: "the port \(port) is taken")
        }
        whenListening(port)
        while true {
            let client = accept(descriptor, nil, nil)
            if client >= 0 { Thread.run { serve(Connection(descriptor: client)) } }
        }
    }

    private func serve(_ connection: Connection) {
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            connection.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let request = try? Request(connection) else { return }
        let response = service.respond(method: request.method, path: request.path, body: request.body)
        let head = """
            HTTP/1.1 \(response.status) -\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(response.body.utf8.count)\r
            Orders-Version: \(Build.version)\r
            Orders-Commit: \(service.build.commit)\r
            Connection: close\r
            \r

            """
        try? connection.write(Array((head + response.body).utf8))
    }
}

/// A thread of its own for something that blocks.
private final class Thread {
    private let body: @Sendable () -> Void

    private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    static func run(_ body: @escaping @Sendable () -> Void) {
        let thread = Unmanaged.passRetained(Thread(body))
        var identifier = pthread_t()
        let result = pthread_create(
            &identifier, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Thread>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, thread.toOpaque())
        if result == 0 { pthread_detach(identifier) } else { thread.release() }
    }
}
