import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// A server of metrics on a free port: answers what a test says, and remembers what it was asked.
final class MetricsServer: Sendable {
    private let answers = Mutex<[String: @Sendable (Int) -> (status: Int, body: String)]>([:])
    private let counts = Mutex<[String: Int]>([:])

    /// Answers a path; the closure gets how often it was asked before.
    func answer(_ path: String, _ body: @escaping @Sendable (Int) -> (status: Int, body: String)) {
        answers.withLock { $0[path] = body }
    }

    func answer(_ path: String, _ body: String) { answer(path) { _ in (200, body) } }

    /// Answers Prometheus' query API with a vector of values.
    func prometheus(_ values: @escaping @Sendable (Int) -> [String]) {
        answer("/api/v1/query") { number in
            let results = values(number).map { #"{"metric":{},"value":[1767225600,"\#($0)"]}"# }
            return (
                200,
                #"{"status":"success","data":{"resultType":"vector","result":[\#(results.joined(separator: ","))]}}"#
            )
        }
    }

    /// Serves while the body runs, which gets the server's URL.
    static func with(_ body: @escaping @Sendable (MetricsServer, String) async throws -> Void) async throws {
        let server = MetricsServer()
        let router = Router()
        let respond: @Sendable (Request, BasicRequestContext) async throws -> Response = { request, _ in
            server.respond(request.uri.path)
        }
        router.get("**", use: respond)
        router.post("**", use: respond)
        let (ports, ready) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ready.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            try await body(server, "http://127.0.0.1:\(port)")
            group.cancelAll()
        }
    }

    private func respond(_ path: String) -> Response {
        let number = counts.withLock { counts in
            defer { counts[path, default: 0] += 1 }
            return counts[path] ?? 0
        }
        guard let answer = answers.withLock({ $0[path] })?(number) else { return Response(status: .notFound) }
        return Response(
            status: .init(code: answer.status), body: .init(byteBuffer: ByteBuffer(string: answer.body)))
    }
}
