public import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The HTTP router of the local cluster: sends each request to a ready pod by the routes and weights of its table.
///
/// The table can be replaced at any time; requests under way keep the pod they have. Before a pod is stopped, take it
/// out of the table and await ``drain(_:timeout:)``: then no request is lost.
public final class Router: Sendable {
    /// Limits of a router.
    public struct Settings: Sendable {
        /// How long a connection to a pod may take.
        public var connectTimeout: TimeAmount = .seconds(5)
        /// How long a pod may take to begin its answer where the route sets no limit; nil for no limit.
        public var responseTimeout: TimeAmount?

        public init() {}
    }

    private let settings: Settings
    private let compiled: Mutex<CompiledRoutes>
    private let loops: [NIOLoopBound<RouterLoop>]
    private let group: any EventLoopGroup
    private let seed: @Sendable () -> UInt64

    /// - Parameters:
    ///   - group: the event loops that carry the traffic.
    ///   - seed: where traffic splits start; injected so that a test can repeat a run.
    public init(
        group: any EventLoopGroup, settings: Settings = Settings(),
        seed: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0...UInt64.max) }
    ) async throws {
        self.settings = settings
        self.seed = seed
        self.group = group
        compiled = Mutex(CompiledRoutes(RoutingTable(), seed: 0))
        var loops: [NIOLoopBound<RouterLoop>] = []
        for eventLoop in group.makeIterator() {
            loops.append(
                try await eventLoop.submit {
                    NIOLoopBound(RouterLoop(eventLoop: eventLoop), eventLoop: eventLoop)
                }.get())
        }
        self.loops = loops
    }

    /// Replaces the table. When this returns, every request that begins goes by the new one.
    public func update(_ table: RoutingTable) async throws {
        let routes = CompiledRoutes(table, seed: seed())
        compiled.withLock { $0 = routes }
        let endpoints = table.endpoints
        for loop in loops {
            try await loop.eventLoop.submit { loop.value.adopt(endpoints: endpoints) }.get()
        }
    }

    /// Waits until no request to an endpoint is under way.
    ///
    /// - Returns: false where requests were still under way after `timeout`.
    public func drain(_ endpoint: RoutingTable.Endpoint, timeout: TimeAmount) async throws -> Bool {
        let loops = self.loops
        let all = EventLoopFuture.andAllSucceed(
            loops.map { loop in loop.eventLoop.flatSubmit { loop.value.drained(endpoint) } }, on: group.any())
        let promise = group.any().makePromise(of: Bool.self)
        all.map { true }.whenSuccess { promise.succeed($0) }
        let limit = promise.futureResult.eventLoop.scheduleTask(in: timeout) { promise.succeed(false) }
        defer { limit.cancel() }
        return try await promise.futureResult.get()
    }

    /// What has been counted so far, by backend and pod.
    public func metrics() async throws -> [RouterMetrics.Key: RouterMetrics] {
        var sum: [RouterMetrics.Key: RouterMetrics] = [:]
        for loop in loops {
            let part = try await loop.eventLoop.submit { loop.value.metrics }.get()
            sum.merge(part) { $0 + $1 }
        }
        return sum
    }

    /// Listens for clients.
    ///
    /// - Returns: the listening channel; closing it stops new connections and leaves the others.
    public func listen(host: String, port: Int) async throws -> any Channel {
        let byLoop = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        let settings = self.settings
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)] else {
                        preconditionFailure("a connection on an event loop outside the router's group")
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withErrorHandling: true, withOutboundHeaderValidation: false)
                    try channel.pipeline.syncOperations.addHandler(
                        FrontendHandler(loop: loop.value, settings: settings) {
                            self.compiled.withLock { $0 }
                        })
                }
            }
            .bind(host: host, port: port).get()
    }
}
