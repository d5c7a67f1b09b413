import ClusterTestSupport
import Foundation
import Git
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Manifest
import Sigstore
import TestSupport
import Testing

@testable import Pipeline

/// A server, a cluster on this machine, a controller, and a repository to push commits to.
struct PipelineFixture: Sendable {
    let client: KubeClient
    let repository: GitRepository
    let files: RunFiles
    let controller: PipelineController
    let verifier: KeyVerifier

    static let namespace = "default"

    /// Whether this machine can run what the tests need.
    static var isPossible: Bool { Program.path("git") != nil && geteuid() == 0 }

    /// Writes files as a commit on top of another one and answers its name.
    func commit(
        _ contents: [String: String], on parent: String? = nil, link: (path: String, target: String)? = nil
    ) async throws -> String {
        var edits = contents.map { TreeEdit.write($0.key, Array($0.value.utf8)) }
        if let link { edits.append(.write(link.path, Array(link.target.utf8), mode: .symlink)) }
        let author = Signature(name: "Ann", email: "ann@example.com", seconds: 1_767_225_600)
        let base = try parent.map { try #require(ObjectID($0)) }
        return try await repository.commit(edits, on: base, author: author, message: "Change").hex
    }

    /// Asks for a run and answers its name.
    @discardableResult
    func submit(
        _ name: String, commit: String, base: String? = nil,
        change: (inout PipelineRunSpec) -> Void = { _ in }
    )
        async throws -> String
    {
        var spec = PipelineRunSpec(repository: "shop", commit: commit, base: base, trust: "candidate")
        change(&spec)
        var run: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "PipelineRun",
            "spec": try ValueEncoder().encode(spec),
        ]
        run.metadata.name = name
        try await client.create(.pipelineRuns, run, namespace: Self.namespace)
        return name
    }

    /// Waits until a run has ended.
    func ended(_ name: String) async throws -> PipelineRunStatus {
        try await status(of: name) { RunPhase(rawValue: $0.phase)?.isFinal ?? false }
    }

    /// Waits for a status.
    func status(
        of name: String, where condition: @escaping @Sendable (PipelineRunStatus) -> Bool
    ) async throws -> PipelineRunStatus {
        let cache = WatchCache(client, .pipelineRuns, namespace: Self.namespace, mode: .full, logger: .silent)
        return try await withThrowingTaskGroup(of: PipelineRunStatus?.self) { group in
            group.addTask {
                await cache.run()
                return nil
            }
            group.addTask {
                for await event in cache.subscribe() where event.key.name == name {
                    guard let value = event.object.value?["status"],
                        let status = try? ValueDecoder().decode(PipelineRunStatus.self, from: value)
                    else { continue }
                    if condition(status) { return status }
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    /// The text of a step's log.
    func log(_ step: PipelineRunStatus.Step) throws -> String {
        let digest = try #require(step.log)
        let bytes = try #require(try ContentStore(files).get(digest))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Runs a body with a fixture; everything is gone afterwards.
func withPipeline(
    startsController: Bool = true,
    configure: @Sendable (inout PipelineController.Configuration) -> Void = { _ in },
    cluster configureCluster: @Sendable (inout LocalCluster.Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (PipelineFixture) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        let logs = NodeLogs()
        var serving = APIServer.Configuration.testing
        serving.podLogs = logs
        let git = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        let repository = try await GitRepository.create(at: "\(directory)/shop.git", program: git)
        let key = PrivateKey.p256()
        var configuration = PipelineController.Configuration(
            files: RunFiles(root: "\(directory)/ci"), sources: GitSourceProvider { _, _ in repository },
            secrets: EnvironmentSecretSource(["API_KEY": "k3y-of-the-registry"]))
        configuration.signer = VerdictSigner(key, keyID: "test")
        configuration.limitsNetworks = true
        configure(&configuration)
        let final = configuration
        try await withServer(serving) { server in
            let client = KubeClient(InProcessTransport(server))
            try await client.install([.pipelineRuns])
            var settings = LocalCluster.Configuration()
            settings.bridge = "slip\(UInt32.random(in: 0..<1_000_000))"
            settings.podSubnet = IPv4Subnet(
                "10.\(UInt8.random(in: 100...250)).\(UInt8.random(in: 0...255)).0/24")
            configureCluster(&settings)
            let cluster = LocalCluster(client: client, configuration: settings, logs: logs, logger: .silent)
            let controller = PipelineController(client, configuration: final, logger: .silent)
            let fixture = PipelineFixture(
                client: client, repository: repository, files: final.files, controller: controller,
                verifier: KeyVerifier(key.publicKey, keyID: "test"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await git.run() }
                group.addTask {
                    do {
                        try await cluster.run()
                    } catch let error as SandboxError {
                        Issue.record("the cluster has ended: \(error)")
                        throw error
                    }
                }
                try await cluster.waitUntilReady()
                if startsController { group.addTask { try await controller.run() } }
                try await body(fixture)
                cluster.stop()
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        }
    }
}

/// Pipelines of small scripts.
enum ScriptPipeline {
    /// A valid file whose steps are the given scripts; what is not given succeeds.
    static func file(
        lint: String = "echo linted", unit: String? = nil, services: String = "", uses: String = "",
        extra: String = "", security: String? = nil, secrets: String = ""
    ) -> String {
        let unit = unit ?? "echo '<testsuite><testcase name=\"a\"/></testsuite>' > unit.xml"
        let scans =
            security ?? """
                      sast: { run: "echo '{\\"version\\":\\"2.1.0\\",\\"runs\\":[{\\"tool\\":{\\"driver\\":{\\"name\\":\\"t\\"}},\\"results\\":[]}]}' > sast.sarif", reports: [{ sarif: sast.sarif }] }
                      sca: { run: "echo '{\\"matches\\":[],\\"descriptor\\":{\\"name\\":\\"grype\\",\\"db\\":{}}}' > sca.json", reports: [{ grype: sca.json }] }
                """
        return """
            version: 1
            service: shop
            defaults: { image: host, timeout: 30s }
            \(secrets)
            \(services)
            gates:
              lint:
                steps:
                  style:
                    run: |
            \(indented(lint, 10))
              test:
            \(uses)
                steps:
                  unit:
                    run: |
            \(indented(unit, 10))
                    reports: [{ junit: "unit*.xml" }]
            \(extra)
              security:
                steps:
            \(scans)
              build:
                steps:
                  compile: { run: "echo program > server", outputs: { server: server } }
                image:
                  repository: registry.example.com/shop
                  base: scratch
                  layers: [{ from: outputs.server, to: /server }]
                  entrypoint: [/server]
                  user: "65532:65532"
                  verify: { run: [/server] }

            """
    }

    private static func indented(_ text: String, _ count: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }
}

/// Says it has built, tried and published what it was asked for.
struct RecordingImageBuilder: ImageBuilder {
    func build(_ request: ImageBuildRequest, log: @Sendable (String) -> Void) async throws -> BuiltImage {
        let output = try FileWork.read("\(request.outputs)/server")
        log("built of \(output.count) bytes")
        return BuiltImage(
            repository: request.recipe.repository, digest: "sha256:" + String(repeating: "a", count: 64),
            size: Int64(output.count), uncompressedSize: Int64(output.count))
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
