import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Clients that ask a shop one thing after the other, and count by version what they get.
final class Shoppers: Sendable {
    /// What clients got.
    struct Counts: Sendable {
        var answers: [String: Int] = [:]
        /// Errors of a version's own making.
        var errors: [String: Int] = [:]
        /// Answers that no version gave, and requests without one: what the way to the versions has lost.
        var lost: [String] = []

        var total: Int { answers.values.reduce(0, +) + errors.values.reduce(0, +) }
    }

    private struct State {
        var isStopped = false
        var counts = Counts()
        var waiting: [(total: Int, CheckedContinuation<Void, Never>)] = []
    }

    private let url: String
    private let state = Mutex(State())

    init(port: Int) { url = "http://127.0.0.1:\(port)/" }

    var counts: Counts { state.withLock { $0.counts } }

    /// Ends the clients after the request each is at.
    func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for (_, continuation) in waiting { continuation.resume() }
    }

    /// Returns once so many more requests were answered.
    func progress(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                if !state.isStopped { state.waiting.append((state.counts.total + count, continuation)) }
                return state.isStopped
            }
            if isStopped { continuation.resume() }
        }
    }

    /// Asks until ``stop()``: each client at most forty times a second, so that there is time for everything else.
    func run(clients: Int) async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = clients
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<clients {
                tasks.addTask {
                    while !self.state.withLock({ $0.isStopped }), !Task.isCancelled {
                        await self.ask(client)
                        try? await ContinuousClock().sleep(for: .milliseconds(25))
                    }
                }
            }
        }
        try await client.shutdown()
    }

    private func ask(_ client: HTTPClient) async {
        do {
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
            let body = String(buffer: try await response.body.collect(upTo: 1024))
            note { counts in
                if response.status == .ok {
                    counts.answers[body, default: 0] += 1
                } else if response.status == .internalServerError, body.hasPrefix("v") {
                    counts.errors[body, default: 0] += 1
                } else {
                    counts.lost.append("\(response.status.code): \(body)")
                }
            }
        } catch {
            note { $0.lost.append("\(error)") }
        }
    }

    private func note(_ change: (inout Counts) -> Void) {
        let reached = state.withLock { state in
            change(&state.counts)
            let total = state.counts.total
            let reached = state.waiting.filter { $0.total <= total }
            state.waiting.removeAll { $0.total <= total }
            return reached
        }
        for (_, continuation) in reached { continuation.resume() }
    }
}
