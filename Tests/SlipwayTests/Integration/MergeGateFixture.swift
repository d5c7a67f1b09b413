import ClusterTestSupport
import Forge
import Foundation
import Git
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Logging
import Manifest
import Pipeline
import Slipway
import TestSupport
import Testing

/// A merge gate in this process, as it is in production: API, forge, queue, pipeline, cells on this machine.
struct MergeGateFixture: Sendable {
    let client: KubeClient
    let gate: MergeGate
    let directory: String
    let program: GitProgram

    /// Whether this machine can run cells.
    static var isPossible: Bool { geteuid() == 0 && Program.path("git") != nil }
    static let tools = ToolPaths.find(environment: ProcessInfo.processInfo.environment)

    var url: String { gate.forge.baseURL }
    var git: GitRepository { GitRepository(path: "\(directory)/git/default/shop.git", program: program) }

    /// Runs a body with a merge gate and the repository `shop`.
    static func with(
        repository: RepositorySpec = .init(requiredApprovals: 1),
        _ body: @escaping @Sendable (MergeGateFixture) async throws -> Void
    ) async throws {
        let hookProgram = try #require(Program.built("slipway"))
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        let logs = NodeLogs()
        var serving = APIServer.Configuration.testing
        for user in ["ada", "bob"] {
            serving.tokens.add("\(user)-token", User(name: user, groups: [User.mastersGroup]))
        }
        serving.tokens.add("eve-token", User(name: "eve"))
        serving.podLogs = logs
        let configuration = serving
        try await withTemporaryDirectory { directory in
            try await withServer(configuration) { server in
                let client = KubeClient(InProcessTransport(server))
                var settings = MergeGate.Configuration(
                    directory: directory, hookProgram: hookProgram,
                    environment: ProcessInfo.processInfo.environment)
                settings.images = OutputImageBuilder()
                settings.auditInterval = .milliseconds(500)
                settings.logger = .silent
                let gate = try MergeGate(client, git: program, settings)
                let fixture = MergeGateFixture(
                    client: client, gate: gate, directory: directory, program: program)
                let cluster = LocalCluster(
                    client: client, configuration: fixture.nodes, logs: logs, logger: .silent)
                try await fixture.run(cluster, repository: repository, body)
            }
        }
    }

    private var nodes: LocalCluster.Configuration {
        var nodes = LocalCluster.Configuration()
        nodes.bridge = "slip\(UInt32.random(in: 0..<1_000_000))"
        nodes.podSubnet = IPv4Subnet("10.\(UInt8.random(in: 100...250)).\(UInt8.random(in: 0...255)).0/24")
        nodes.hiddenDirectories = [directory]
        return nodes
    }

    private func run(
        _ cluster: LocalCluster, repository: RepositorySpec,
        _ body: @escaping @Sendable (MergeGateFixture) async throws -> Void
    ) async throws {
        let (ready, listening) = AsyncStream<Int>.makeStream()
        let listener = gate.listener(logger: .silent) { listening.yield($0) }
        try await gate.install()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            group.addTask { try await cluster.run() }
            group.addTask {
                try await gate.run {
                    try await cluster.waitUntilReady()
                    return try await CellNode(registeredWith: client)
                }
            }
            var ports = ready.makeAsyncIterator()
            _ = await ports.next()
            // Pods are ended in order also where the body fails.
            let outcome: Result<Void, any Error>
            do {
                try await makeRepository(repository)
                try await body(self)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            cluster.stop()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
            try outcome.get()
        }
    }

    private func makeRepository(_ spec: RepositorySpec) async throws {
        try await client.create(
            .repositories,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": "shop"],
                "spec": try ValueEncoder().encode(spec),
            ], namespace: "default")
        try await client.wait(for: .repositories, "shop") { $0.conditions.isTrue("Ready") }
    }

    /// A stock git client whose origin is the repository, with its main branch where there is one.
    func developer() async throws -> ClientGit {
        let client = try ClientGit("\(directory)/work/\(UUID().uuidString.prefix(8))")
        let origin = url.replacing("http://", with: "http://ada:ada-token@") + "/default/shop.git"
        try await client("clone", "--quiet", origin, ".")
        return client
    }

    /// Pushes the present commit for main, as a pull request that is merged once it may be.
    func propose(_ developer: ClientGit, topic: String) async throws {
        try await developer(
            "push", "--quiet", "-o", "topic=\(topic)", "-o", "auto-merge", "origin", "HEAD:refs/for/main")
    }

    /// Bob approves what a pull request stands at.
    func approve(_ name: String, head: String) async throws {
        _ = try await ForgeClient(address: url, token: "bob-token").act(
            "review", namespace: "default", pullRequest: name, ["state": "Approved", "head": head])
    }

    func merged(_ name: String) async throws -> PullRequestStatus {
        let object = try await client.wait(for: .pullRequests, name) {
            $0["status", "phase"]?.stringValue == "Merged"
                || $0["status", "reason"]?.stringValue?.hasPrefix("Pipeline") == true
        }
        let status = try ValueDecoder().decode(PullRequestStatus.self, from: object["status"] ?? .null)
        #expect(status.phase == .merged, "\(name): \(status.message ?? "")")
        return status
    }

    /// The message with which a pull request was turned away.
    func turnedAway(_ name: String, head: String) async throws -> String {
        let object = try await client.wait(for: .pullRequests, name) {
            $0["status", "evictedHead"]?.stringValue == head
                || $0["status", "phase"]?.stringValue == "Merged"
        }
        #expect(object["status", "reason"]?.stringValue == "PipelineFailed", "\(name): \(object)")
        return object["status", "message"]?.stringValue ?? ""
    }
}

/// Says it has built what it was asked for, of the output that there is.
struct OutputImageBuilder: ImageBuilder {
    func build(_ request: ImageBuildRequest, log: @Sendable (String) -> Void) async throws -> BuiltImage {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(request.outputs)/app")
        let size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
        log("built of \(size) bytes")
        return BuiltImage(
            repository: request.recipe.repository, digest: "sha256:" + String(repeating: "a", count: 64),
            size: size, uncompressedSize: size)
    }

    func verify(
        _ image: BuiltImage, _ request: ImageBuildRequest, in trial: ImageTrial,
        log: @escaping @Sendable (String) -> Void
    ) async throws { log("tried") }

    func publish(
        _ image: BuiltImage, _ request: ImageBuildRequest, log: @Sendable (String) -> Void
    ) async throws -> PipelineRunStatus.Artifact {
        PipelineRunStatus.Artifact(
            service: request.run.file.service,
            image: .init(
                repository: image.repository, tag: request.run.spec.commit, digest: image.digest,
                size: image.size), builtAt: request.date().rfc3339)
    }
}
