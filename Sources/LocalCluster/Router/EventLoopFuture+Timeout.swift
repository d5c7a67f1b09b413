import NIOCore

extension EventLoopFuture<Void> {
    /// Whether the future succeeds within a time; its failure is thrown.
    func completes(within timeout: TimeAmount) async throws -> Bool {
        let promise = eventLoop.makePromise(of: Bool.self)
        map { true }.cascade(to: promise)
        let limit = eventLoop.scheduleTask(in: timeout) { promise.succeed(false) }
        defer { limit.cancel() }
        return try await promise.futureResult.get()
    }
}
