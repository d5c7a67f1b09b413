public import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The HTTP router of the local cluster: sends each request to a ready pod by the routes and weights of its table.
///
/// There can be several tables, one for each port that is listened on; they share connections and metrics. A
/// table can be replaced at any time; requests under way keep the pod they have. Before a pod is stopped, take it
/// out of the table and await ``drain(_:timeout:)``: then no request is lost.
public final class Router: Sendable {
    /// Limits of a router.
    public struct Settings: Sendable {
        /// How long a connection to a pod may take.
        public var connectTimeout: TimeAmount = .seconds(5)
        /// How long a pod may take to begin its answer where the route sets no limit; nil for no limit.
        public var responseTimeout: TimeAmount?
        /// Cookies that no pod gets to see: those of Slipway's own pages. Browsers send cookies to all ports of a host, so
        /// whoever is logged in there and visits a deployed application would hand it their session.
        public var withheldCookies = ["slipway_session", "slipway_form"]

        /// The settings of a router where nobody says otherwise.
        public init() {}
    }

    private let settings: Settings
    private let tables = Mutex<[Int: ServedTable]>([:])
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
        var loops: [NIOLoopBound<RouterLoop>] = []
        for eventLoop in group.makeIterator() {
            loops.append(
                try await eventLoop.submit {
                    NIOLoopBound(RouterLoop(eventLoop: eventLoop), eventLoop: eventLoop)
                }.get())
        }
        self.loops = loops
    }

    /// A table as listeners use it.
    private final class ServedTable: Sendable {
        private let routes: Mutex<CompiledRoutes>
        private let table: Mutex<RoutingTable>

        init() {
            routes = Mutex(CompiledRoutes(RoutingTable(), seed: 0))
            table = Mutex(RoutingTable())
        }

        var current: CompiledRoutes { routes.withLock { $0 } }

        /// Goes by another table; one that is the same keeps its place in the sequence of its splits.
        func replace(_ new: RoutingTable, seed: UInt64) {
            guard table.withLock({ $0 }) != new else { return }
            let compiled = CompiledRoutes(new, seed: seed)
            routes.withLock { $0 = compiled }
            table.withLock { $0 = new }
        }
    }

    private func served(_ number: Int) -> ServedTable {
        tables.withLock { tables in
            if let table = tables[number] { return table }
            let table = ServedTable()
            tables[number] = table
            return table
        }
    }

    /// Replaces the table of the number 0. When this returns, every request that begins goes by the new one.
    public func update(_ table: RoutingTable) async throws { try await update(tables: [0: table]) }

    /// Replaces all tables, by their numbers; one that is not given becomes empty.
    public func update(tables new: [Int: RoutingTable]) async throws {
        let numbers = Set(new.keys).union(tables.withLock { $0.keys })
        for number in numbers { served(number).replace(new[number] ?? RoutingTable(), seed: seed()) }
        let endpoints = new.values.reduce(into: Set()) { $0.formUnion($1.endpoints) }
        for loop in loops {
            try await loop.eventLoop.submit { loop.value.adopt(endpoints: endpoints) }.get()
        }
    }

    /// Waits until no request to an endpoint is under way.
    ///
    /// - Returns: false where requests were still under way after `timeout`.
    public func drain(_ endpoint: RoutingTable.Endpoint, timeout: TimeAmount) async throws -> Bool {
        let loops = self.loops
        return try await EventLoopFuture.andAllSucceed(
            loops.map { loop in loop.eventLoop.flatSubmit { loop.value.drained(endpoint) } }, on: group.any()
        ).completes(within: timeout)
    }

    /// What has been counted so far, by backend and pod.
    public func metrics() async throws -> [RouterMetrics.Key: RouterMetrics] {
        try await metrics(on: group.any()).get()
    }

    /// As ``metrics()``, completed on an event loop.
    func metrics(on eventLoop: any EventLoop) -> EventLoopFuture<[RouterMetrics.Key: RouterMetrics]> {
        let parts = loops.map { loop in loop.eventLoop.submit { loop.value.metrics } }
        return EventLoopFuture.reduce([:], parts, on: eventLoop) { $0.merging($1) { $0 + $1 } }
    }

    /// Listens for clients.
    ///
    /// - Parameter table: the number of the table that their requests go by.
    /// - Returns: the listening channel; closing it stops new connections and leaves the others.
    public func listen(host: String, port: Int, table: Int = 0) async throws -> any Channel {
        let served = self.served(table)
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
                            served.current
                        })
                }
            }
            .bind(host: host, port: port).get()
    }
}
