import ArgumentParser
import Forge
import Foundation
import Git
import KubeClient
import KubeServer
import LocalCluster
import Logging
import OCI
import Pipeline
import ServiceLifecycle
import Slipway
import UnixSignals

/// `slipway forge serve`: API server, forge, merge queue and pipelines until it is told to stop.
struct ForgeServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve git repositories with pull requests, pipelines and a merge queue.",
        discussion: """
            Serves a Kubernetes API in which repositories, pull requests and pipeline runs are objects, and git over \
            HTTP beside it. Developers log in to git with any user name and, as password, a token of the API server.

            What may land has passed the four gates of its pipeline file, in cells on this machine, where its image \
            stays; `slipway up` pushes and signs images, too. With --no-pipeline \
            something else answers PipelineRun objects with verdicts, and --gate-key says whose count.

            Everything is kept in DIR: objects in cluster.db, repositories in git, keys in keys, runs in ci. The \
            server may be ended at any moment, by SIGKILL too; it goes on where it was.
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

    @Flag(inversion: .prefixedNo, help: "Carry pipeline runs, in cells on this machine.")
    var pipeline = true

    @Option(help: ArgumentHelp("The most pipeline runs at a time.", valueName: "count"))
    var runs = 2

    @Option(
        help: ArgumentHelp(
            "A runtime for cells, best first: runc, crun, bubblewrap, process. May be repeated.",
            valueName: "name"))
    var runtime: [String] = []

    @Option(help: ArgumentHelp("The addresses of cells, as 10.99.0.0/24.", valueName: "range"))
    var podSubnet: String?

    func validate() throws {
        if let podSubnet, IPv4Subnet(podSubnet) == nil {
            throw ValidationError("--pod-subnet \(podSubnet) is no range of IPv4 addresses: use 10.99.0.0/24")
        }
        if runs < 1 { throw ValidationError("--runs must be 1 or more") }
    }

    func run() async throws {
        do {
            try await serve()
        } catch let error as ServerError {
            throw ValidationFailure(error.message)
        } catch let error as ForgeError {
            throw ValidationFailure(error.description)
        } catch let error as GitError {
            throw ValidationFailure(error.description)
        } catch let error as PipelineError {
            throw ValidationFailure(error.description)
        }
    }

    private func serve() async throws {
        let directory = KubeServeSetup.absolute(data)
        var setup = try KubeServeSetup(.init(data: directory, listen: listen))
        try addUsers(to: &setup)
        var logger = Logger(label: "slipway.forge") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        let logs = NodeLogs()
        setup.configuration.logger = logger
        if pipeline { setup.configuration.podLogs = logs }
        let kube = setup
        let server = try await APIServer.open(setup.configuration)
        let client = KubeClient(InProcessTransport(server))
        var settings = try ForgeFiles(directory: directory).settings(gateKeys: gateKey, logger: logger)
        settings.runsPipelines = pipeline
        settings.runs = runs
        let nodes = nodes(directory)
        if pipeline {
            let store = nodes.imageStore ?? "\(directory)/images"
            settings.images = KeptImages(
                ArtifactBuilder(
                    ArtifactSettings(
                        store: try ImageStore(directory: store), registry: try Self.registries(),
                        environment: ProcessInfo.processInfo.environment)))
        }
        let gate = try MergeGate(client, git: try Self.git(), settings)
        let (written, kubeconfig) = AsyncStream<Never>.makeStream()
        let api = HTTPListener(
            server, host: listen.host, port: listen.port, tls: try kube.certificate?.configuration,
            logger: logger
        ) { port in
            defer { kubeconfig.finish() }
            do {
                try kube.writeKubeconfig(port: port)
                StandardStreams.writeError("slipway: the API is served on port \(port)\n")
            } catch {
                StandardStreams.writeError("slipway: \(error)\n")
            }
        }
        let web = gate.listener(
            host: forgeListen.host, port: forgeListen.port, address: forgeAddress, logger: logger
        ) { port in
            for await _ in written {}
            print("forge: \(gate.forge.baseURL)")
            print("export KUBECONFIG=\(kube.kubeconfigPath)")
            // The lines are waited for by scripts, so they must not stay in a buffer.
            fflush(nil)
        }
        let cluster =
            pipeline
            ? LocalCluster(client: client, configuration: nodes, logs: logs, logger: logger) : nil
        var services: [any Service] = [BackgroundService { try await server.run() }, api]
        if let cluster { services.append(cluster) }
        services += [
            BackgroundService {
                try await gate.install()
                try await gate.run {
                    try await cluster?.waitUntilReady()
                    return try await CellNode(registeredWith: client)
                }
            }, web,
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        do {
            try await group.run()
        } catch let error as ForgeError {
            throw error
        } catch let error as GitError {
            throw error
        } catch let error as SandboxError {
            throw ValidationFailure("\(error); --no-pipeline serves without cells")
        } catch {
            throw ValidationFailure(setup.describe(error))
        }
        try server.close()
    }

    /// The cluster that carries cells. Its names on the machine follow from the directory, so that several servers
    /// get along and one that starts anew finds what it has left.
    private func nodes(_ directory: String) -> LocalCluster.Configuration {
        let number = directory.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        var cluster = LocalCluster.Configuration()
        cluster.directory = "\(directory)/cluster"
        cluster.bridge = "slip" + String(number, radix: 16)
        cluster.podSubnet =
            podSubnet.flatMap(IPv4Subnet.init)
            ?? IPv4Subnet("10.\(100 + (number >> 8) % 100).\(number & 255).0/24")
        if !runtime.isEmpty { cluster.runtimes = runtime }
        // Steps of the image `host` must not see keys, tokens and other repositories.
        cluster.hiddenDirectories = [directory]
        cluster.servesTraffic = false
        return cluster
    }

    /// How base images are fetched.
    private static func registries() throws -> RegistryClient.Configuration {
        RegistryClient.Configuration(
            credentials: .docker(
                try DockerConfiguration.load(environment: ProcessInfo.processInfo.environment)))
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
