import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

@Suite struct RetryTests {
    private enum Fault: Sendable {
        case thrown(KubeClientError.Code)
        case status(Int, retryAfter: Int?)
    }

    /// A client whose first request meets the faults in turn; answers the requests it sent and how it ended.
    private func attempts(
        _ faults: [Fault], _ body: @escaping @Sendable (KubeClient) async throws -> Void
    ) async throws -> (count: Int, error: (any Error)?, waited: Duration) {
        let api = FakeAPI()
        api.put("/api/v1/namespaces/ns/configmaps", ["metadata": ["name": "a", "namespace": "ns"]])
        let remaining = Recorder(faults)
        api.intercept { _ in
            let fault = remaining.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            switch fault {
            case .thrown(let code)?: throw KubeClientError(code, "fault")
            case .status(let status, let retryAfter)?:
                var headers = APIHeaders()
                headers["retry-after"] = retryAfter.map { String($0) }
                return APIResponse(status: status, headers: headers, body: .bytes(Array("no".utf8)))
            case nil: return nil
            }
        }
        let clock = ManualClock()
        var settings = KubeClient.Settings()
        settings.requestTimeout = nil
        let client = KubeClient(
            api, settings: settings, timeline: clock.timeline, jitter: Jitter(SeededGenerator(seed: 1)))
        var failure: (any Error)?
        do { try await clock.runFreely { try await body(client) } } catch { failure = error }
        return (api.requests.count, failure, clock.now.offset)
    }

    private static let read: @Sendable (KubeClient) async throws -> Void = {
        _ = try await $0.get(.configMaps, "a", namespace: "ns")
    }
    private static let create: @Sendable (KubeClient) async throws -> Void = {
        try await $0.create(.configMaps, ["metadata": ["name": "b"]], namespace: "ns")
    }
    private static let apply: @Sendable (KubeClient) async throws -> Void = {
        try await $0.apply(.configMaps, ["metadata": ["name": "a"]], namespace: "ns", fieldManager: "t")
    }

    @Test func `a read is repeated after lost connections and failures of the server`() async throws {
        let outcome = try await attempts(
            [.thrown(.connectionLost), .status(500, retryAfter: nil), .thrown(.unreachable)], Self.read)
        #expect(outcome.count == 4)
        #expect(outcome.error == nil)
        #expect(outcome.waited > .milliseconds(300))
    }

    @Test func `a server that stays down is not asked for ever`() async throws {
        let outcome = try await attempts(
            [Fault](repeating: .thrown(.connectionLost), count: 50), Self.read)
        #expect(outcome.count == 6)
        #expect((outcome.error as? KubeClientError)?.code == .connectionLost)
    }

    @Test func `a create is not repeated where the server may have seen it`() async throws {
        for fault in [
            Fault.thrown(.connectionLost), .status(500, retryAfter: nil), .status(504, retryAfter: 1),
        ] {
            let outcome = try await attempts([fault], Self.create)
            #expect(outcome.count == 1)
            #expect(outcome.error != nil)
        }
    }

    @Test func `a create is repeated where the server has not seen it or refuses for now`() async throws {
        for fault in [Fault.thrown(.unreachable), .status(429, retryAfter: nil), .status(503, retryAfter: 2)]
        {
            let outcome = try await attempts([fault], Self.create)
            #expect(outcome.count == 2)
            #expect(outcome.error == nil)
        }
    }

    @Test func `an apply is repeated like a read`() async throws {
        let outcome = try await attempts(
            [.thrown(.connectionLost), .status(502, retryAfter: nil)], Self.apply)
        #expect(outcome.count == 3)
        #expect(outcome.error == nil)
    }

    @Test func `the delay the server asks for is kept`() async throws {
        let outcome = try await attempts([.status(429, retryAfter: 7)], Self.read)
        #expect(outcome.waited >= .seconds(7))
        #expect(outcome.waited < .seconds(8))
    }

    @Test func `a delay beyond reason is the caller's to take`() async throws {
        let outcome = try await attempts([.status(429, retryAfter: 3600)], Self.read)
        #expect(outcome.count == 1)
        #expect((outcome.error as? APIError)?.retryAfter == .seconds(3600))
    }

    @Test func `what is wrong with the request is not repeated`() async throws {
        let outcome = try await attempts([]) { _ = try await $0.get(.configMaps, "none", namespace: "ns") }
        #expect(outcome.count == 1)
        #expect((outcome.error as? APIError)?.isNotFound == true)
        #expect((outcome.error as? APIError)?.message == "configmaps \"none\" not found")
    }
}
