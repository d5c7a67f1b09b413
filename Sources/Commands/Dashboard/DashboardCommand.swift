import ArgumentParser
import AsyncHTTPClient
import Dashboard
import Foundation
import KubeClient
import Logging
import Pipeline
import ServiceLifecycle
import UnixSignals

/// `slipway dashboard`: serves the web pages until it is told to stop.
struct DashboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "Serve the dashboard's web pages.",
        discussion: """
            Whoever opens it logs in with a token of the API server and acts with it: of the kubeconfig only the \
            server's address is used, none of its credentials. slipway up serves the same pages by itself.
            """)

    @Option(help: ArgumentHelp("The kubeconfig; KUBECONFIG or ~/.kube/config by default.", valueName: "file"))
    var kubeconfig: String?

    @Option(name: [.short, .long], help: ArgumentHelp("Where Slipway's objects are.", valueName: "name"))
    var namespace = "slipway"

    @Option(help: ArgumentHelp("Where to serve; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8090)

    @Option(help: ArgumentHelp("Show the logs of the pipeline that keeps its runs here.", valueName: "dir"))
    var runs: String?

    @Flag(help: "Say that browsers reach it over TLS, by a proxy, so that cookies are kept to that.")
    var behindTLS = false

    func run() async throws {
        do {
            var overrides = ClientConfiguration.Overrides()
            overrides.kubeconfig = kubeconfig
            let found = try await ClientConfiguration.load(
                environment: ProcessInfo.processInfo.environment, overrides: overrides)
            let http = try found.companionClient()
            do {
                try await HTTPTransport.withTransport(found.withoutCredentials) { transport in
                    try await serve(transport, http)
                }
            } catch {
                try? await http.shutdown()
                throw error
            }
            try? await http.shutdown()
        } catch let error as KubeClientError {
            throw ValidationFailure(error.description)
        } catch let error as DashboardError {
            throw ValidationFailure(error.description)
        }
    }

    private func serve(_ transport: HTTPTransport, _ http: HTTPClient) async throws {
        var logger = Logger(label: "slipway.dashboard") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        var settings = DashboardSettings(transport: transport, namespace: namespace, logger: logger)
        settings.isSecure = behindTLS
        settings.forge = ForgeOverHTTP(http: http)
        if let runs { settings.logs = PipelineLogs(RunFiles(root: KubeServeSetup.absolute(runs))) }
        let (host, routes) = (listen.clientHost, try DashboardRoutes(settings))
        let listener = DashboardListener(routes, host: listen.host, port: listen.port, logger: logger) {
            port in
            print("http://\(ListenAddress(host: host, port: port))")
            // The line is waited for by scripts, so it must not stay in a buffer.
            fflush(nil)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: listener)], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        do {
            try await group.run()
        } catch {
            throw ValidationFailure("the dashboard cannot be served on \(listen): \(error)")
        }
    }
}

extension ClientConfiguration {
    /// The same server, without anything that proves who asks.
    fileprivate var withoutCredentials: ClientConfiguration {
        var bare = self
        bare.server = ServerAddress(
            isSecure: server.isSecure, host: server.host, port: server.port, pathPrefix: server.pathPrefix)
        bare.credential = .none
        bare.tls.identity = nil
        bare.impersonation = nil
        return bare
    }
}
