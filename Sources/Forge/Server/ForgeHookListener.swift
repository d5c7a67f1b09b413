import FoundationEssentials
import Hummingbird
public import Logging
public import ServiceLifecycle

/// Answers the hooks of git on a socket that only this user can reach.
public struct ForgeHookListener: Service {
    private let forge: EmbeddedForge
    private let logger: Logger
    private let onReady: @Sendable () async -> Void

    /// - Parameter onReady: told once hooks are answered.
    public init(
        _ forge: EmbeddedForge, logger: Logger = Logger(label: "slipway.forge"),
        onReady: @escaping @Sendable () async -> Void = {}
    ) {
        self.forge = forge
        self.logger = logger
        self.onReady = onReady
    }

    /// Makes room for the socket: a process that was killed leaves its own behind.
    private func prepareSocket() throws {
        let socket = forge.configuration.socket
        guard socket.utf8.count < 100 else {
            throw ForgeError(
                .invalid, "the path of the socket \(socket) is longer than the system allows; use another")
        }
        let folder = String(socket[..<(socket.lastIndex(of: "/") ?? socket.startIndex)])
        // The folder keeps other users of the machine out.
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if FileManager.default.fileExists(atPath: socket) {
            try FileManager.default.removeItem(atPath: socket)
        }
    }

    /// Answers until the service is told to stop.
    public func run() async throws {
        try prepareSocket()
        let (forge, onReady) = (forge, onReady)
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await HookResponder(forge: forge).respond(to: request)
            },
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: forge.configuration.socket), serverName: nil),
            onServerRunning: { _ in await onReady() }, logger: logger)
        try await application.run()
    }
}
