import ArgumentParser
import AsyncHTTPClient
import Foundation
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Logging
import OCI
import Rollouts
import ServiceLifecycle
import Slipway
import UnixSignals

/// `slipway cluster up`: runs a cluster until it is told to stop.
struct ClusterUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run a cluster on this machine.",
        discussion: """
            Serves a Kubernetes API, runs the pods that are created there, Rollouts among them, and prints the line \
            that makes kubectl use it. Ctrl-C, SIGTERM or `slipway cluster down` end all pods and keep the objects: the next `up` \
            goes on with them. After a crash it takes over the containers that still run.

            Containers are run by runc or crun, else by bubblewrap, else as plain processes: the best that this \
            machine offers. As root with iproute2 every pod has an address of its own.
            """)

    @OptionGroup var data: ClusterData

    @Option(help: ArgumentHelp("Where to serve the API; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 6443)

    @Option(
        help: ArgumentHelp("Where to write the kubeconfig; DIR/kubeconfig by default.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The node's name.", valueName: "name"))
    var node = "slipway"

    @Option(
        help: ArgumentHelp(
            "A runtime to use, best first: runc, crun, bubblewrap, process. May be repeated.",
            valueName: "name"))
    var runtime: [String] = []

    @Option(help: ArgumentHelp("The addresses of pods, as 10.244.0.0/16.", valueName: "range"))
    var podSubnet: String?

    @Option(help: ArgumentHelp("The bridge that pods are connected to.", valueName: "name"))
    var bridge = "slipway0"

    @Flag(help: "Put pods on the machine's own network, with ports assigned to them.")
    var hostNetwork = false

    @Flag(help: "Serve HTTPS with a certificate of the server's own, which the kubeconfig names.")
    var tls = false

    func validate() throws {
        if let podSubnet, IPv4Subnet(podSubnet) == nil {
            throw ValidationError(
                "--pod-subnet \(podSubnet) is no range of IPv4 addresses: use 10.244.0.0/16")
        }
        let known = ["runc", "crun", "bubblewrap", "process"]
        if let unknown = runtime.first(where: { !known.contains($0) }) {
            throw ValidationError("--runtime \(unknown) is unknown: use \(known.joined(separator: ", "))")
        }
        if bridge.isEmpty || bridge.utf8.count > 15 {
            throw ValidationError("--bridge must have 1 to 15 characters")
        }
    }

    func run() async throws {
        do {
            let process = try ClusterProcess.claim(directory: data.path)
            defer { process.release() }
            try await serve(process)
        } catch let error as SandboxError {
            throw ValidationFailure(error.description)
        } catch let error as ServerError {
            throw ValidationFailure(error.message)
        }
    }

    private func serve(_ process: ClusterProcess) async throws {
        var setup = try KubeServeSetup(
            .init(data: data.path, listen: listen, kubeconfig: kubeconfig, usesTLS: tls))
        let logs = NodeLogs()
        setup.configuration.podLogs = logs
        let docker = try DockerConfiguration.load(environment: ProcessInfo.processInfo.environment)
        let signatures = SignatureAdmission(
            lookup: .registries(
                RegistryClient.Configuration(credentials: .docker(docker)),
                sigstoreDirectory: "\(data.path)/sigstore"))
        setup.configuration.admission.append(signatures)
        let server = try await APIServer.open(setup.configuration)
        signatures.connect(KubeClient(InProcessTransport(server)))
        var logger = Logger(label: "slipway.cluster") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let client = KubeClient(InProcessTransport(server))
        let cluster = LocalCluster(
            client: client, configuration: clusterConfiguration, logs: logs, logger: logger)
        let final = setup
        let (written, ready) = AsyncStream<Void>.makeStream()
        let listener = HTTPListener(
            server, host: listen.host, port: listen.port, tls: try setup.certificate?.configuration,
            logger: logger
        ) { port in
            do {
                try final.writeKubeconfig(port: port)
                try process.announce(kubeconfig: final.kubeconfigPath)
                ready.finish()
            } catch {
                StandardStreams.writeError("slipway: \(error)\n")
            }
        }
        let service = ClusterService(
            cluster: cluster, client: client,
            rollouts: RolloutControllers(client, http: .shared, logger: logger), written: written,
            kubeconfig: final.kubeconfigPath)
        // Told to stop, services end in the reverse order: pods first, while there is an API to say so.
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: APIServerService(server: server)), .init(service: listener),
                    .init(service: service),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let error as SandboxError {
            throw error
        } catch {
            throw ValidationFailure(setup.describe(error))
        }
        try server.close()
    }

    private var clusterConfiguration: LocalCluster.Configuration {
        var configuration = LocalCluster.Configuration()
        configuration.directory = data.path
        configuration.nodeName = node
        if !runtime.isEmpty { configuration.runtimes = runtime }
        configuration.podSubnet = podSubnet.flatMap(IPv4Subnet.init)
        configuration.bridge = bridge
        configuration.connectsPods = !hostNetwork
        return configuration
    }
}

/// Runs the cluster, and says so once it does.
private struct ClusterService: Service {
    let cluster: LocalCluster
    let client: KubeClient
    let rollouts: RolloutControllers
    let written: AsyncStream<Void>
    let kubeconfig: String

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Told to stop, the cluster takes its time for the pods; rollouts end with it.
                try await withThrowingDiscardingTaskGroup { group in
                    group.addTask {
                        try await client.install(
                            RolloutControllers.definitions + [.signaturePolicies, .releases])
                        try await cluster.waitUntilReady()
                        await rollouts.run()
                    }
                    defer { group.cancelAll() }
                    try await cluster.run()
                }
            }
            group.addTask {
                guard (try? await cluster.waitUntilReady()) != nil else { return }
                for await _ in written {}
                print("export KUBECONFIG=\(kubeconfig.shellQuoted)")
                // The line is waited for by scripts, so it must not stay in a buffer.
                fflush(nil)
            }
            try await group.waitForAll()
        }
    }
}
