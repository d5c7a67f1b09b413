import Foundation
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Logging
import Manifest
import OCI
import Pipeline
import Slipway
import Synchronization

/// A pipeline run without a server: an API in memory, a cluster on this machine, and a controller, for one run.
struct LocalPipeline: Sendable {
    static let namespace = "default"

    let files: RunFiles
    let sources: any SourceProvider
    let spec: PipelineRunSpec
    let name: String
    let runtimes: [String]
    let keepsWork: Bool

    /// Runs to the end.
    ///
    /// - Parameters:
    ///   - cancellations: yields when the run is not wanted any more.
    ///   - observe: is told every new state.
    func perform(
        cancellations: AsyncStream<Void>, observe: @escaping @Sendable (RunSnapshot) -> Void
    ) async throws -> PipelineRunStatus {
        var logger = Logger(label: "slipway.ci") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let logs = NodeLogs()
        var serving = APIServer.Configuration(store: .memory)
        serving.podLogs = logs
        serving.logger = logger
        let server = try await APIServer.open(serving)
        let client = KubeClient(InProcessTransport(server))
        var settings = LocalCluster.Configuration()
        if !runtimes.isEmpty { settings.runtimes = runtimes }
        // What is fetched for one run is there for the next, and what a run builds needs no registry to be tried.
        let images = "\(files.root)/images"
        settings.images = HostImages(
            directory: nil, next: try RegistryImages(directory: images, settings: settings.registries))
        settings.bridge = "slip\(getpid() % 10_000_000)"
        settings.podSubnet = IPv4Subnet("10.\(200 + Int(getpid()) / 256 % 50).\(Int(getpid()) % 256).0/24")
        let cluster = LocalCluster(client: client, configuration: settings, logs: logs, logger: logger)
        let status = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await client.install([.pipelineRuns])
            group.addTask { try await cluster.run() }
            try await cluster.waitUntilReady()
            let configuration = try await configuration(
                client, images: RegistryImages.store(in: images), observe: observe)
            let controller = PipelineController(client, configuration: configuration, logger: logger)
            group.addTask { try await controller.run() }
            let status = try await follow(client, cancellations: cancellations)
            cluster.stop()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
            return status
        }
        try server.close()
        return status
    }

    private func configuration(
        _ client: KubeClient, images: String, observe: @escaping @Sendable (RunSnapshot) -> Void
    ) async throws -> PipelineController.Configuration {
        let environment = ProcessInfo.processInfo.environment
        var configuration = PipelineController.Configuration(
            files: files, sources: sources, secrets: EnvironmentSecretSource(environment))
        configuration.tools = try ToolPaths.find(environment: environment).withRules(in: files)
        let docker = try DockerConfiguration.load(environment: environment)
        configuration.images = ArtifactBuilder(
            ArtifactSettings(
                store: try ImageStore(directory: images),
                registry: RegistryClient.Configuration(credentials: .docker(docker)),
                environment: environment))
        configuration.parallelism = max(2, ProcessInfo.processInfo.activeProcessorCount)
        configuration.processID = getpid()
        configuration.keepsWork = keepsWork
        configuration.observe = observe
        let node = try await CellNode(registeredWith: client)
        configuration.isolatesFiles = node.isolatesFiles
        configuration.limitsNetworks = node.limitsNetworks
        return configuration
    }

    /// Asks for the run and waits for its end.
    private func follow(
        _ client: KubeClient, cancellations: AsyncStream<Void>
    ) async throws -> PipelineRunStatus {
        var run: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "PipelineRun",
            "spec": try ValueEncoder().encode(spec),
        ]
        run.metadata.name = name
        try await client.create(.pipelineRuns, run, namespace: Self.namespace)
        let cache = WatchCache(client, .pipelineRuns, namespace: Self.namespace, mode: .full)
        return try await withThrowingTaskGroup(of: PipelineRunStatus?.self) { group in
            group.addTask {
                await cache.run()
                return nil
            }
            group.addTask {
                for await _ in cancellations {
                    _ = try await client.patch(
                        .pipelineRuns, name, namespace: Self.namespace, .merge(["spec": ["cancel": true]]))
                }
                return nil
            }
            group.addTask {
                for await event in cache.subscribe() {
                    guard let value = event.object.value?["status"] else { continue }
                    let status = try ValueDecoder().decode(PipelineRunStatus.self, from: value)
                    if RunPhase(rawValue: status.phase)?.isFinal ?? false { return status }
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }
}
