import FoundationEssentials
import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

/// Serves a forge: git over HTTP, its API and pages on a TCP port; hooks on a socket that only this user can reach.
///
/// Where a port serves much more than the forge, a ``ForgeHookListener`` and a ``ForgeResponder`` take its place.
public struct ForgeListener: Service {
    /// What is served beside the forge.
    public struct Companion: Sendable {
        /// How its paths begin.
        public var prefixes: [String]
        /// Makes its responder, told the URL under which clients reach it.
        public var responder: @Sendable (String) throws -> any HTTPResponder<BasicRequestContext>

        /// Names the paths and their responder, which is made once the port is known.
        public init(
            prefixes: [String],
            responder: @escaping @Sendable (String) throws -> any HTTPResponder<BasicRequestContext>
        ) {
            self.prefixes = prefixes
            self.responder = responder
        }
    }

    private let forge: EmbeddedForge
    private let host: String
    private let port: Int
    private let address: String?
    private let companion: Companion?
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - port: 0 for any free port.
    ///   - address: the URL under which clients reach the forge, where that is not `http://host:port`.
    ///   - companion: what answers other paths of the port.
    ///   - onReady: told the port once connections and hooks are accepted.
    public init(
        _ forge: EmbeddedForge, host: String = "127.0.0.1", port: Int = 0, address: String? = nil,
        companion: Companion? = nil, logger: Logger = Logger(label: "slipway.forge"),
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.forge = forge
        self.host = host
        self.port = port
        self.address = address
        self.companion = companion
        self.logger = logger
        self.onReady = onReady
    }

    /// Accepts connections until the service is told to stop.
    public func run() async throws {
        let responder = ForgeResponder(forge, logger: logger)
        let (forge, host, address, companion) = (forge, host, address, companion)
        let (logger, onReady) = (logger, onReady)
        let beside = LateResponder()
        let (listening, hooksListen) = AsyncStream<Never>.makeStream()
        let hooks = ForgeHookListener(forge, logger: logger) { hooksListen.finish() }
        let clients = Application(
            responder: CallbackResponder { (request: Request, context: BasicRequestContext) in
                let path = request.uri.path
                guard companion?.prefixes.contains(where: { path.hasPrefix($0) }) == true else {
                    return await responder.respond(to: request)
                }
                return try await beside.respond(to: request, context: context)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                let url = address ?? "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
                forge.baseURL = url
                do {
                    if let companion { beside.set(try companion.responder(url)) }
                } catch {
                    logger.error("not all paths are served", metadata: ["error": "\(error)"])
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

/// Routes that are known once the port is.
private final class LateResponder: Sendable {
    private let responder = Mutex<(any HTTPResponder<BasicRequestContext>)?>(nil)

    func set(_ value: any HTTPResponder<BasicRequestContext>) { responder.withLock { $0 = value } }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        guard let responder = responder.withLock({ $0 }) else {
            return Response(status: .serviceUnavailable)
        }
        return try await responder.respond(to: request, context: context)
    }
}
