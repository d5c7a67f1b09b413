import ArgumentParser
import Forge
import Foundation
import Git
import KubeClient
import KubeServer
import Logging
import ServiceLifecycle
import UnixSignals

/// `slipway forge serve`: runs the API server, the forge and its merge queue until it is told to stop.
struct ForgeServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve git repositories with pull requests and a merge queue.",
        discussion: """
            Serves a Kubernetes API in which repositories and pull requests are objects, and git over HTTP beside it. \
            Developers log in to git with any user name and, as password, a token of the API server.

            Everything is kept in DIR: objects in cluster.db, repositories in git, keys in keys. The server may be \
            ended at any moment, by SIGKILL too; it goes on where it was. Whatever runs the pipelines answers \
            PipelineRun objects with verdicts; --gate-key says whose verdicts count.
            """)

    @Option(help: ArgumentHelp("Keep everything in this directory.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("Where to serve the API; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 6443)

    @Option(help: ArgumentHelp("Where to serve git; port 0 takes any free one.", valueName: "host:port"))
    var forgeListen = ListenAddress(host: "127.0.0.1", port: 8080)

    @Option(help: ArgumentHelp("The URL under which clients reach git.", valueName: "url"))
    var forgeAddress: String?

    @Option(
        help: ArgumentHelp(
            "More users of the API, a line each: token,user,uid,\"group1,group2\".", valueName: "file"))
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "A public key (PEM) whose verdicts count. May be repeated.", valueName: "file"))
    var gateKey: [String] = []

    func run() async throws {
        do {
            try await serve()
        } catch let error as ServerError {
            throw ValidationFailure(error.message)
        } catch let error as ForgeError {
            throw ValidationFailure(error.description)
        } catch let error as GitError {
            throw ValidationFailure(error.description)
        }
    }

    private func serve() async throws {
        let directory = KubeServeSetup.absolute(data)
        var setup = try KubeServeSetup(.init(data: directory, listen: listen))
        try addUsers(to: &setup)
        let kube = setup
        var logger = Logger(label: "slipway.forge") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        setup.configuration.logger = logger
        let server = try await APIServer.open(setup.configuration)
        let forge = EmbeddedForge(
            KubeClient(InProcessTransport(server)), program: try Self.git(),
            configuration: try ForgeFiles(directory: directory).configuration(
                gateKeys: gateKey, logger: logger))
        let api = HTTPListener(
            server, host: listen.host, port: listen.port, tls: try kube.certificate?.configuration,
            logger: logger
        ) { port in
            do {
                try kube.writeKubeconfig(port: port)
                StandardStreams.writeError("slipway: the API is served on port \(port)\n")
            } catch {
                StandardStreams.writeError("slipway: \(error)\n")
            }
        }
        let git = ForgeListener(
            forge, host: forgeListen.host, port: forgeListen.port, address: forgeAddress, logger: logger
        ) { port in
            print("forge: \(forge.baseURL)")
            print("export KUBECONFIG=\(kube.kubeconfigPath)")
            // The lines are waited for by scripts, so they must not stay in a buffer.
            fflush(nil)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: BackgroundService { try await server.run() }), .init(service: api),
                    .init(
                        service: BackgroundService {
                            try await EmbeddedForge.install(forge.client)
                            try await forge.run()
                        }), .init(service: git),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let error as ForgeError {
            throw error
        } catch let error as GitError {
            throw error
        } catch {
            throw ValidationFailure(setup.describe(error))
        }
        try server.close()
    }

    private func addUsers(to setup: inout KubeServeSetup) throws {
        guard let tokenFile else { return }
        guard let text = FileManager.default.contents(atPath: KubeServeSetup.absolute(tokenFile)) else {
            throw ValidationFailure("the token file \(tokenFile) cannot be read")
        }
        var tokens = try StaticTokens(csv: String(decoding: text, as: UTF8.self))
        tokens.add(setup.token, User(name: "slipway-admin", groups: [User.mastersGroup]))
        setup.configuration.tokens = tokens
    }

    private static func git() throws -> GitProgram {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/local/bin"]
        guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/git") })
        else {
            throw ValidationFailure("there is no git program in PATH; install git")
        }
        return try GitProgram(path: "\(folder)/git")
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
