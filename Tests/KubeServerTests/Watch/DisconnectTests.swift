import ClusterTestSupport
import KubeModel
import KubeServer
import Testing

@Suite struct DisconnectTests {
    /// The number of watches that the server says are waiting.
    private func waiting(_ transport: any APITransport) async throws -> Int {
        let response = try await transport.send(
            APIRequest(.get, "/metrics", headers: ["Authorization": "Bearer \(adminToken)"]))
        var bytes: [UInt8] = []
        switch response.body {
        case .bytes(let all): bytes = all
        case .stream(let chunks): for try await chunk in chunks { bytes += chunk }
        }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("slipway_waiting_watches ") }
        return line.flatMap { Int($0.split(separator: " ")[1]) } ?? -1
    }

    private func wait(for count: Int, _ transport: any APITransport) async throws -> Bool {
        for _ in 0..<500 {
            if try await waiting(transport) == count { return true }
            await Task.yield()
        }
        return false
    }

    @Test(.timeLimit(.minutes(5)))
    func `a watch ends when its client goes away`() async throws {
        try await withSocketServer { transport in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let response = try await transport.send(
                        APIRequest(
                            .get, "/api/v1/secrets",
                            query: [.init("watch", "1"), .init("resourceVersion", "1")],
                            headers: ["Authorization": "Bearer \(adminToken)"]))
                    guard case .stream(let chunks) = response.body else { return }
                    for try await _ in chunks {}
                }
                let isWaiting = try await wait(for: 1, transport)
                #expect(isWaiting)
                group.cancelAll()
                try? await group.waitForAll()
            }
            let isGone = try await wait(for: 0, transport)
            #expect(isGone)
        }
    }
}
