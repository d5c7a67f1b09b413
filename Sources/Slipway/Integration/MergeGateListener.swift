import Forge
public import Hummingbird
import KubeClient
public import Logging
import Pipeline
public import ServiceLifecycle
import Synchronization

/// Serves a merge gate: git, the forge's API and pages, logs and the identity of runs on one port; hooks on a socket.
public struct MergeGateListener: Service {
    private let gate: MergeGate
    private let host: String
    private let port: Int
    private let address: String?
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - port: 0 for any free port.
    ///   - address: the URL under which clients reach the port, where that is not `http://host:port`.
    ///   - onReady: told the port once connections and hooks are accepted.
    public init(
        _ gate: MergeGate, host: String = "127.0.0.1", port: Int = 0, address: String? = nil,
        logger: Logger = Logger(label: "slipway.forge"),
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.gate = gate
        self.host = host
        self.port = port
        self.address = address
        self.logger = logger
        self.onReady = onReady
    }

    /// Accepts connections until the service is told to stop.
    public func run() async throws {
        let (gate, host, address, onReady, logger) = (gate, host, address, onReady, logger)
        let forge = ForgeResponder(gate.forge, logger: logger)
        let machines = LateResponder()
        let (listening, hooksListen) = AsyncStream<Never>.makeStream()
        let hooks = ForgeHookListener(gate.forge, logger: logger) { hooksListen.finish() }
        let clients = Application(
            responder: CallbackResponder { (request: Request, context: BasicRequestContext) in
                let path = request.uri.path
                guard path.hasPrefix("/.well-known/") || path.hasPrefix("/ci/") else {
                    return await forge.respond(to: request)
                }
                return try await machines.respond(to: request, context: context)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                let url = address ?? "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
                gate.forge.baseURL = url
                do {
                    machines.set(try gate.routes(at: url).buildResponder())
                } catch {
                    logger.error("identities of runs are not served", metadata: ["error": "\(error)"])
                }
                for await _ in listening {}
                await onReady(port)
            }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await hooks.run() }
            group.addTask { try await clients.run() }
            try await group.waitForAll()
        }
    }
}

extension MergeGate {
    /// What programs ask for: logs of runs at `/ci/…`, and the documents by which the identity of a run is checked.
    ///
    /// - Parameter url: the URL under which others reach the routes, which the identities name as their issuer.
    /// - Throws: `PipelineError` where the key of identities cannot be used.
    public func routes(at url: String) throws -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        let timeline = client.timeline
        try RunTokenIssuer(issuer: url, pemRepresentation: keys.runs, date: { timeline.date })
            .addRoutes(to: router)
        let access = LogAccess(client: client)
        LogRoutes(logs).addRoutes(to: router) { request, run in
            await access.allows(request, run: run.name, namespace: run.namespace ?? "default")
        }
        return router
    }
}

/// Routes that are known once the port is.
private final class LateResponder: Sendable {
    private let responder = Mutex<(any HTTPResponder<BasicRequestContext>)?>(nil)

    func set(_ value: some HTTPResponder<BasicRequestContext>) { responder.withLock { $0 = value } }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        guard let responder = responder.withLock({ $0 }) else {
            return Response(status: .serviceUnavailable)
        }
        return try await responder.respond(to: request, context: context)
    }
}
