import KubeClient
public import KubeModel
import KubeServer
import ServiceLifecycle

/// A server in memory that listens on a free port of the loopback interface while `body` runs.
public func withSocketServer<Result: Sendable>(
    _ body: @Sendable (any APITransport) async throws -> Result
) async throws -> Result {
    try await withServer { server in
        let (ports, ready) = AsyncStream<Int>.makeStream()
        let listener = HTTPListener(server, logger: .silent) {
            port in
            ready.yield(port)
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            let address = try ServerAddress("http://127.0.0.1:\(port)")
            let result = try await HTTPTransport.withTransport(ClientConfiguration(server: address)) {
                try await body($0)
            }
            group.cancelAll()
            try? await group.waitForAll()
            return result
        }
    }
}
