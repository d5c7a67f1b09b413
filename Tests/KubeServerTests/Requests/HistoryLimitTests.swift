import ClusterTestSupport
import KubeModel
import KubeServer
import Manifest
import Testing

/// What happens to those who ask for states that are no longer known.
@Suite struct HistoryLimitTests {
    private static let path = "/api/v1/namespaces/default/configmaps"

    private func server() async throws -> APIServer {
        var configuration = APIServer.Configuration.testing
        configuration.history = HistoryLimits(events: 5)
        let server = try await APIServer.open(configuration)
        for number in 0..<20 { await create("c\(number + 10)", server) }
        return server
    }

    private func create(_ name: String, _ server: APIServer) async {
        let body = Array("{\"metadata\":{\"name\":\"\(name)\"}}".utf8)
        _ = await server.handle(APIRequest(.post, Self.path, body: body), as: .server)
    }

    private func get(_ query: [APIRequest.Parameter], _ server: APIServer) async throws -> (Int, Value) {
        let response = await server.handle(APIRequest(.get, Self.path, query: query), as: .server)
        guard case .bytes(let bytes) = response.body else { return (0, .null) }
        return (response.status, try JSON.parse(bytes))
    }

    @Test func `a watch from a forgotten revision is told to start anew`() async throws {
        let server = try await server()
        let response = await server.handle(
            APIRequest(.get, Self.path, query: [.init("watch", "1"), .init("resourceVersion", "2")]),
            as: .server)
        guard case .stream(let chunks) = response.body else {
            Issue.record("no stream")
            return
        }
        var events: [Value] = []
        for try await chunk in chunks { events.append(try JSON.parse(chunk)) }
        #expect(response.status == 200)
        #expect(events.count == 1)
        #expect(events.first?["type"]?.stringValue == "ERROR")
        #expect(events.first?["object"]?["reason"]?.stringValue == "Expired")
        #expect(
            events.first?["object"]?["message"]?.stringValue?.hasPrefix("too old resource version: 2 (")
                == true)
        try server.close()
    }

    @Test func `pages show one state although objects come and go`() async throws {
        let server = try await server()
        let (_, first) = try await get([.init("limit", "10")], server)
        await create("c00", server)
        _ = await server.handle(APIRequest(.delete, "\(Self.path)/c25"), as: .server)
        let token = try #require(first["metadata"]?["continue"]?.stringValue)
        let (_, second) = try await get([.init("limit", "20"), .init("continue", token)], server)
        let names = [first, second].flatMap { $0["items"]?.arrayValue ?? [] }.map(\.metadata.name)
        #expect(names == (10..<30).map { "c\($0)" })
        #expect(first.metadata.resourceVersion == second.metadata.resourceVersion)
        try server.close()
    }

    @Test func `a page of a forgotten state can be continued with another token`() async throws {
        let server = try await server()
        let (_, first) = try await get([.init("limit", "10")], server)
        for number in 0..<10 { await create("d\(number)", server) }
        let token = try #require(first["metadata"]?["continue"]?.stringValue)
        let (status, refusal) = try await get([.init("limit", "100"), .init("continue", token)], server)
        #expect(status == 410)
        #expect(refusal["reason"]?.stringValue == "Expired")
        let next = try #require(refusal["metadata"]?["continue"]?.stringValue)
        let (_, rest) = try await get([.init("limit", "100"), .init("continue", next)], server)
        let names = (rest["items"]?.arrayValue ?? []).map(\.metadata.name)
        #expect(names == (20..<30).map { "c\($0)" } + (0..<10).map { "d\($0)" })
        try server.close()
    }

    @Test func `an exact list of a forgotten revision has expired`() async throws {
        let server = try await server()
        let (status, refusal) = try await get(
            [.init("resourceVersion", "3"), .init("resourceVersionMatch", "Exact")], server)
        #expect(status == 410)
        #expect(refusal["message"]?.stringValue == "The resourceVersion for the provided list is too old.")
        try server.close()
    }
}
