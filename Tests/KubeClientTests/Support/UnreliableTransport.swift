import KubeClient
import KubeModel
import TestSupport

/// A transport that loses connections: requests before or after the server sees them, watches in the middle of
/// anything.
struct UnreliableTransport: APITransport {
    let base: any APITransport
    let random: Recorder<SeededGenerator>
    /// One of so many requests, and of so many chunks, is lost.
    let rate: Int

    init(_ base: any APITransport, seed: UInt64, rate: Int) {
        self.base = base
        self.rate = rate
        random = Recorder(SeededGenerator(seed: seed))
    }

    private func isLost() -> Bool { random.withLock { Int.random(in: 0..<rate, using: &$0) == 0 } }

    func send(_ request: APIRequest) async throws -> APIResponse {
        if isLost() { throw KubeClientError(.unreachable, "lost on the way there") }
        var response = try await base.send(request)
        if isLost() { throw KubeClientError(.connectionLost, "lost on the way back") }
        if case .stream(let chunks) = response.body {
            response.body = .stream(TornChunks(base: chunks, transport: self))
        }
        return response
    }

    private struct TornChunks: AsyncSequence, Sendable {
        let base: any AsyncSequence<[UInt8], any Error> & Sendable
        let transport: UnreliableTransport

        struct AsyncIterator: AsyncIteratorProtocol {
            var base: any AsyncIteratorProtocol<[UInt8], any Error>
            let transport: UnreliableTransport
            var isTorn = false

            mutating func next() async throws -> [UInt8]? {
                if isTorn { throw KubeClientError(.connectionLost, "torn") }
                guard let chunk = try await base.next(isolation: nil) else { return nil }
                guard transport.isLost() else { return chunk }
                isTorn = true
                let length = transport.random.withLock { Int.random(in: 0...chunk.count, using: &$0) }
                return Array(chunk.prefix(length))
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: base.makeAsyncIterator(), transport: transport)
        }
    }
}
