public import Hummingbird
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
            responder: CallbackResponder { (request: Request, context: PageRequestContext) in
                await routes.respond(to: request, from: context.remoteAddress) ?? routes.missing(request)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        try await application.run()
    }
}

/// What is known of a request for a page beside it.
struct PageRequestContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

extension DashboardRoutes {
    /// The answer to a path that nothing is at, for listeners whose last part the dashboard is.
    public func missing(_ request: Request) -> Response {
        var response = failurePage(
            FailurePage(DashboardError(.notFound, "there is no page \(request.uri.path)")),
            session(of: request, isUse: false), back: nil)
        SecurityHeaders.add(to: &response)
        if request.method == .head { response.body = ResponseBody() }
        return response
    }
}
