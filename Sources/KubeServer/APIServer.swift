public import KubeModel
public import Logging

/// The embedded Kubernetes API server.
///
/// One instance serves any number of transports: ``handle(_:as:)`` answers a request in the same process,
/// ``HTTPListener`` puts it on a socket. ``run()`` does what goes on between requests and must be running for
/// watches to end in time and for deleted objects to be cleaned up.
///
///     let server = try await APIServer.open(.init(store: .file(path: "cluster.db")))
///     let answer = await server.handle(APIRequest(.get, "/api/v1/pods"), as: .server)
public final class APIServer: Sendable {
    let store: Store
    let registry: ResourceRegistry
    let rest: REST
    let authenticator: Authenticator
    let authorizer: any Authorizer
    let discovery: Discovery
    let openAPI: OpenAPI
    let clock: ServerClock
    private let logger: Logger

    /// What a server is made of.
    public struct Configuration: Sendable {
        /// Where the objects are kept.
        public var store: Store.Location
        /// How far back watches and lists may reach.
        public var history = HistoryLimits()
        /// Who may come with which token.
        public var tokens = StaticTokens()
        /// What signs the tokens of service accounts; they end with the process unless it is a kept one.
        public var serviceAccountKey = ServiceAccountKey()
        /// Rules about writes beside those the server has itself.
        public var admission: [any AdmissionPlugin] = []
        /// Where the logs of pods come from; nil where no pods run.
        public var podLogs: (any PodLogs)?
        /// The address clients are told to use, `host:port`.
        public var address = "127.0.0.1:6443"
        public var logger = Logger(label: "slipway.kube")
        public var clock = ServerClock.system
        public var identifiers = IdentifierSource()

        public init(store: Store.Location) { self.store = store }
    }

    /// Opens the store and makes the server ready to answer.
    ///
    /// - Throws: ``ServerError`` where the store cannot be opened or the first objects cannot be written.
    public static func open(_ configuration: Configuration) async throws -> APIServer {
        let server = try APIServer(configuration)
        try await Bootstrap(server: server).run()
        return server
    }

    private init(_ configuration: Configuration) throws {
        let store = try Store(configuration.store, history: configuration.history)
        let clock = configuration.clock
        self.store = store
        self.clock = clock
        logger = configuration.logger
        registry = ResourceRegistry(store: store)
        let authorizer = RoleAuthorizer(store: store)
        self.authorizer = authorizer
        let accounts = ServiceAccountTokens(
            key: configuration.serviceAccountKey.key, store: store, now: clock.now)
        authenticator = Authenticator(tokens: [configuration.tokens, accounts])
        discovery = Discovery(registry: registry, serverAddress: configuration.address)
        openAPI = OpenAPI(registry: registry)
        let services = ServiceAllocation(store: store, clock: clock)
        let priorities = PriorityClasses(store: store)
        let plugins: [any AdmissionPlugin] =
            [
                NamespaceLifecycle(store: store), services, DefinitionAdmission(store: store),
                RoleEscalation(authorizer: authorizer), SteeringLimits(authorizer: authorizer),
            ] + configuration.admission
        rest = REST(
            store: store, registry: registry, admission: AdmissionChain(plugins: plugins),
            reviews: Reviews(
                authorizer: authorizer,
                rules: { authorizer.policy.rules(of: $0, namespace: $1) }, authenticator: authenticator),
            tables: TableRenderer(now: clock.now), clock: clock, identifiers: configuration.identifiers,
            accounts: accounts,
            kinds: KindContext(
                allocateClusterIP: services.allocateAddress, allocateNodePort: services.allocatePort,
                priority: priorities.priority),
            logs: configuration.podLogs)
    }

    /// Does what goes on between requests, until the task is cancelled.
    public func run() async throws {
        let lifecycle = Lifecycle(
            store: store, registry: registry, clock: clock,
            requests: LifecycleRequests(send: { await self.handle($0, as: .server) }, registry: registry),
            logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await lifecycle.run() }
            group.addTask {
                while !Task.isCancelled {
                    try await self.clock.sleep(Self.tick)
                    self.store.wakeWaiters(at: self.clock.elapsed())
                }
            }
            try await group.waitForAll()
        }
    }

    /// How exactly watches keep their deadlines.
    private static let tick: Duration = .milliseconds(250)

    /// Ends every watch and closes the store. Requests that come later are refused.
    public func close() throws { try store.close() }
}
