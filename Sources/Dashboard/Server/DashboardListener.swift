import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Serves a dashboard alone on an address, until it is told to stop.
public struct DashboardListener: Service {
    private let routes: DashboardRoutes
    private let host: String
    private let port: Int
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// A listener.
    ///
    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - onReady: told the port once requests are answered.
    public init(
        _ routes: DashboardRoutes, host: String, port: Int, logger: Logger,
        onReady: @escaping @Sendable (Int) async -> Void
    ) {
        self.routes = routes
        self.host = host
        self.port = port
        self.logger = logger
        self.onReady = onReady
    }

    /// Accepts connections until the service is told to stop.
    public func run() async throws {
        let (routes, onReady) = (routes, onReady)
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await routes.respond(to: request) ?? routes.missing(request)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        try await application.run()
    }
}

extension DashboardRoutes {
    /// The answer to a path that nothing is at.
    func missing(_ request: Request) -> Response {
        var response = failurePage(
            FailurePage(DashboardError(.notFound, "there is no page \(request.uri.path)")),
            session(of: request, isUse: false), back: nil)
        SecurityHeaders.add(to: &response)
        return response
    }
}
