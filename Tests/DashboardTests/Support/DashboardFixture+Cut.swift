import ClusterTestSupport
import ServiceLifecycle

@testable import Dashboard

extension DashboardFixture {
    /// Serves the same pages once more, on a port of their own, until the body is done; then its connections are cut.
    ///
    /// - Parameter port: where; 0 takes any free one.
    func served<Result: Sendable>(
        port: Int = 0, _ body: @escaping @Sendable (DashboardFixture) async throws -> Result
    ) async throws -> Result {
        let (ports, ready) = AsyncStream<Int>.makeStream()
        let listener = DashboardListener(routes, host: "127.0.0.1", port: port, logger: .silent) {
            ready.yield($0)
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ready.finish() }
                try await listener.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                try await group.next()
                throw CancellationError()
            }
            let fixture = DashboardFixture(
                server: server, client: client, port: port, routes: routes, http: http)
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
            group.cancelAll()
            try? await group.waitForAll()
            return try result.get()
        }
    }
}
