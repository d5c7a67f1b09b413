import Dashboard
import Forge
import Git
import Hummingbird
import KubeClient
import KubeServer
import LocalCluster
import OCI
import Pipeline
import ServiceLifecycle
import Sigstore

/// Everything of an installation that runs, in the order in which it starts; it ends in the reverse order.
struct InstallationServices: Sendable {
    let parts: InstallationParts
    let report: @Sendable (StartProgress) -> Void
    let onReady: @Sendable () async -> Void

    init(
        parts: InstallationParts, report: @escaping @Sendable (StartProgress) -> Void,
        onReady: @escaping @Sendable () async -> Void
    ) {
        self.parts = parts
        self.report = report
        self.onReady = onReady
    }

    var services: [any Service] {
        get throws {
            let (parts, report) = (parts, report)
            let listen = parts.settings.listen
            let (api, registry, hooks, web) = (Gate(), Gate(), Gate(), Gate())
            let programs = try InstallationPrograms(parts: parts, report: report)
            var watches: [any Service] = []
            if let certificate = parts.certificate {
                let watch = CertificateWatch(
                    certificate: certificate, timeline: parts.client.timeline, report: report)
                watches.append(BackgroundService { try await watch.run() })
            }
            let all: [any Service] = [
                BackgroundService { try await parts.server.run() },
                NamedListener(
                    name: "api", endpoint: listen.api,
                    service: HTTPListener(
                        parts.server, host: listen.api.host, port: listen.api.port, tls: try parts.tls,
                        logger: parts.logger
                    ) { _ in api.open() }),
                NamedListener(
                    name: "registry", endpoint: listen.registry,
                    service: try self.registry { registry.open() }),
                ForgeHookListener(parts.forge, logger: parts.logger) { hooks.open() },
                NamedListener(
                    name: "web", endpoint: listen.web,
                    service: WebListener(
                        endpoint: listen.web, tls: try parts.tls, routes: try routes(programs),
                        logger: parts.logger
                    ) { web.open() }),
                parts.cluster,
                BackgroundService {
                    for gate in [api, registry, hooks, web] { await gate.wait() }
                    try Task.checkCancellation()
                    try parts.writeKubeconfig()
                    report(.part("api", parts.apiURL))
                    report(.part("registry", "\(listen.registry.local)"))
                    report(.part("web", parts.webURL))
                    try await programs.run(onReady: onReady)
                },
            ]
            return watches + all
        }
    }

    private func registry(_ onReady: @escaping @Sendable () -> Void) throws -> RegistryServer {
        let listen = parts.settings.listen.registry
        var configuration = RegistryServer.Configuration(
            directory: parts.directory.registry, host: listen.host, port: listen.port)
        configuration.tls = try parts.tls
        do {
            return try RegistryServer(configuration, logger: parts.logger) { _ in onReady() }
        } catch {
            throw SlipwayError(
                .storage, "the images in \(parts.directory.registry) cannot be opened", cause: error)
        }
    }

    private func routes(_ programs: InstallationPrograms) throws -> WebRoutes {
        let machines = try parts.gate.routes(at: parts.webURL)
        SigstoreRoutes(parts.sigstore).add(to: machines)
        programs.addRoutes(to: machines)
        let responder = machines.buildResponder()
        let pages = try DashboardRoutes(parts.pages)
        return WebRoutes(
            forge: ForgeResponder(parts.forge, logger: parts.logger),
            machines: { try await responder.respond(to: $0, context: $1) },
            people: { request, peer in
                await pages.respond(to: request, from: peer) ?? pages.missing(request)
            })
    }
}

extension InstallationParts {
    /// What pages are connected to: they ask in the name of whoever looks, and have no rights of their own.
    fileprivate var pages: DashboardSettings {
        var pages = DashboardSettings(
            transport: InProcessTransport(server, as: nil), namespace: settings.namespace, logger: logger)
        pages.logs = PipelineLogs(RunFiles(root: directory.runs))
        pages.isSecure = webURL.hasPrefix("https://")
        pages.forge = PagesForge(actions: ForgeActions(forge))
        let (folder, namespace, git) = (directory.repositories, settings.namespace, git)
        let bases = addresses.web.map { $0 + "/" }
        pages.repository = { name in
            let base = name.hasSuffix(".git") ? bases.first(where: name.hasPrefix) : nil
            let place = base.map { String(name.dropFirst($0.count)) } ?? "\(namespace)/\(name).git"
            guard !place.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { return nil }
            return GitRepository(path: "\(folder)/\(place)", program: git)
        }
        return pages
    }

    fileprivate func writeKubeconfig() throws(SlipwayError) {
        do {
            try Kubeconfig(
                server: apiURL, authority: certificate?.authority, token: keys.token,
                namespace: settings.namespace
            ).write(to: directory.kubeconfig)
        } catch {
            throw SlipwayError(.storage, "\(directory.kubeconfig) cannot be written", cause: error)
        }
    }
}

/// Runs something for as long as the services beside it; being told to stop is no failure of it.
struct BackgroundService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await body() }
        } catch is CancellationError {
            return
        }
    }
}

/// Something that comes once and that may be waited for.
struct Gate: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }

    /// Returns when it is open, or the task is cancelled.
    func wait() async { for await _ in stream {} }
}
