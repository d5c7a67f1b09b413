import AsyncHTTPClient
import ClusterTestSupport
import Foundation
import Glibc
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Rollouts
import TestSupport

/// A cluster in this process whose pods are real, with the rollout controllers.
enum RealCluster {
    static let isRoot = geteuid() == 0
    /// The best runtime of this machine, nil where there is none that isolates.
    static let runtime: String? =
        isRoot && Program.path("runc") != nil ? "runc" : Program.path("bwrap") != nil ? "bubblewrap" : nil
    static let canRun = runtime != nil && StaticServer.compiler != nil

    /// Runs `body` beside a cluster that knows the image `shop:1`, in a directory of its own.
    static func with(
        _ body: @Sendable @escaping (KubeClient, _ directory: String) async throws -> Void
    ) async throws {
        let network = try TestNetwork("sws")
        defer { withExtendedLifetime(network) {} }
        let directory = "/tmp/slipway-shop-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await StaticServer.addImage("shop:1", to: "\(directory)/cluster")
        let logs = NodeLogs()
        var server = APIServer.Configuration.testing
        server.podLogs = logs
        try await withServer(server) { server in
            let client = KubeClient(InProcessTransport(server))
            let cluster = LocalCluster(
                client: client, configuration: configuration(directory, network), logs: logs, logger: .silent)
            let rollouts = RolloutControllers(client, http: HTTPClient.shared, logger: .silent)
            try await client.install(RolloutControllers.definitions)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cluster.run() }
                do {
                    try await cluster.waitUntilReady()
                    try await withThrowingTaskGroup(of: Void.self) { inner in
                        inner.addTask { await rollouts.run() }
                        defer { inner.cancelAll() }
                        try await body(client, directory)
                    }
                } catch {
                    cluster.stop()
                    try await group.waitForAll()
                    throw error
                }
                cluster.stop()
                try await group.waitForAll()
            }
        }
    }

    private static func configuration(
        _ directory: String, _ network: TestNetwork
    ) -> LocalCluster.Configuration {
        var configuration = LocalCluster.Configuration()
        configuration.directory = "\(directory)/cluster"
        if let runtime { configuration.runtimes = [runtime] }
        configuration.connectsPods = isRoot && Program.path("ip") != nil
        configuration.bridge = network.bridge
        configuration.podSubnet = IPv4Subnet(network.subnet)
        configuration.restartDelay = .milliseconds(500)
        configuration.shutdownGracePeriod = .milliseconds(500)
        return configuration
    }
}
