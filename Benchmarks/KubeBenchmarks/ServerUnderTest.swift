import BenchmarkSupport
import Foundation
import KubeClient
import KubeServer
import Manifest

/// A server with its background work running, and clients of it.
struct ServerUnderTest: Sendable {
    let server: APIServer
    /// Reaches the server by calls in the same process.
    let direct: KubeClient

    /// How clients reach the server.
    enum Way: String, CaseIterable, Sendable {
        case direct = "in process"
        case http = "over HTTP"
    }

    static let namespace = "shop"
    private static let token = "benchmark"

    /// Runs `body` with a server that has an empty namespace.
    ///
    /// - Parameter isDurable: whether the objects are on disk, committed with `synchronous=FULL`.
    static func run<Result: Sendable>(
        isDurable: Bool, _ body: @Sendable (ServerUnderTest) async throws -> Result
    ) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        var configuration = APIServer.Configuration(
            store: isDurable ? .file(path: directory.appending(path: "cluster.db").path) : .memory)
        configuration.logger.logLevel = .error
        configuration.tokens.add(token, User(name: "benchmark", groups: [User.mastersGroup]))
        let server = try await APIServer.open(configuration)
        let test = ServerUnderTest(server: server, direct: KubeClient(InProcessTransport(server)))
        let result = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await test.direct.create(
                .namespaces, ["metadata": ["name": .string(namespace)]], namespace: nil)
            let result = try await body(test)
            group.cancelAll()
            // Ends with the cancellation that was just asked for.
            try? await group.waitForAll()
            return result
        }
        try server.close()
        return result
    }

    /// Runs `body` with a client that reaches the server in a way.
    func withClient<Result: Sendable>(
        _ way: Way, _ body: @Sendable (KubeClient) async throws -> Result
    ) async throws -> Result {
        guard way == .http else { return try await body(direct) }
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [server] in
                var logger = APIServer.Configuration(store: .memory).logger
                logger.logLevel = .error
                try await HTTPListener(server, logger: logger) { ready.yield($0) }.run()
            }
            var arrivals = ports.makeAsyncIterator()
            // The stream is never finished, so that a port always comes.
            let port = await arrivals.next() ?? 0
            var configuration = ClientConfiguration(
                server: ServerAddress(isSecure: false, host: "127.0.0.1", port: port))
            configuration.credential = .token(Self.token)
            let result = try await HTTPTransport.withTransport(configuration) {
                try await body(KubeClient($0))
            }
            group.cancelAll()
            // Ends with the cancellation that was just asked for.
            try? await group.waitForAll()
            return result
        }
    }

    /// Creates Deployments `service-0`, `service-1`, ….
    func fill(_ count: Int) async throws {
        try await perform(count, clients: 32) { number in
            try await direct.create(
                .deployments, SampleManifests.draft(number), namespace: ServerUnderTest.namespace)
        }
    }
}

/// Runs an operation so many times from so many clients at once, and answers how long all of it took.
@discardableResult
func perform(
    _ count: Int, clients: Int, _ operation: @escaping @Sendable (Int) async throws -> Void
) async throws -> Duration {
    try await ContinuousClock().measure {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<clients {
                group.addTask {
                    for number in stride(from: client, to: count, by: clients) { try await operation(number) }
                }
            }
            try await group.waitForAll()
        }
    }
}

extension Duration {
    var nanoseconds: Int {
        Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
    }
}
