import FoundationEssentials
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Serves a forge: git over HTTP, its API and pages on a TCP port; hooks on a socket that only this user can reach.
///
/// Where a port serves more than the forge, a ``ForgeHookListener`` and a ``ForgeResponder`` take its place.
public struct ForgeListener: Service {
    private let forge: EmbeddedForge
    private let host: String
    private let port: Int
    private let address: String?
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - port: 0 for any free port.
    ///   - address: the URL under which clients reach the forge, where that is not `http://host:port`.
    ///   - onReady: told the port once connections are accepted.
    public init(
        _ forge: EmbeddedForge, host: String = "127.0.0.1", port: Int = 0, address: String? = nil,
        logger: Logger = Logger(label: "slipway.forge"),
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.forge = forge
        self.host = host
        self.port = port
        self.address = address
        self.logger = logger
        self.onReady = onReady
    }

    /// Accepts connections until the service is told to stop.
    public func run() async throws {
        let responder = ForgeResponder(forge, logger: logger)
        let (forge, host, address, onReady) = (forge, host, address, onReady)
        let hooks = ForgeHookListener(forge, logger: logger)
        let clients = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await responder.respond(to: request)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                forge.baseURL = address ?? "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
                await onReady(port)
            }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await hooks.run() }
            group.addTask { try await clients.run() }
            try await group.waitForAll()
        }
    }
}
