import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// Serves everything that people, git and other programs ask over HTTP on one port.
struct WebListener: Service {
    let endpoint: Endpoint
    let tls: TLSConfiguration?
    let routes: WebRoutes
    let logger: Logger
    let onReady: @Sendable () async -> Void

    func run() async throws {
        let (routes, onReady) = (routes, onReady)
        let http = HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(120)))
        let application = Application(
            responder: CallbackResponder { (request: Request, context: WebRequestContext) in
                try await routes.respond(to: request, context: context)
            },
            server: try tls.map { try .tls(http, tlsConfiguration: $0) } ?? http,
            configuration: ApplicationConfiguration(
                address: .hostname(endpoint.host, port: endpoint.port), serverName: nil),
            onServerRunning: { _ in await onReady() }, logger: logger)
        try await application.run()
    }
}
