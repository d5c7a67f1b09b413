import AsyncHTTPClient
import Forge
import Foundation
import Git
import GitOps
import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import LocalCluster
import Manifest
import OCI
import Pipeline
import Rollouts

/// What makes changes: every controller of the whole, from the kinds it needs to its end.
struct InstallationPrograms: Sendable {
    let parts: InstallationParts
    let report: @Sendable (StartProgress) -> Void
    private let logs: LogStore
    private let gitops: GitOpsController

    init(parts: InstallationParts, report: @escaping @Sendable (StartProgress) -> Void) {
        self.parts = parts
        self.report = report
        logs = LogStore(RunFiles(root: parts.directory.runs))
        gitops = GitOpsController(
            parts.client, repositories: parts.repositories, settings: parts.gitopsSettings,
            audit: FileAuditLog(path: "\(parts.directory.gitops)/audit.jsonl"), logger: parts.logger)
    }

    /// Adds what other programs ask controllers for.
    func addRoutes(to router: Hummingbird.Router<BasicRequestContext>) {
        LogRoutes(logs).addRoutes(to: router) { _, _ in true }
    }

    /// Installs the kinds, waits for the cluster and works until the task is cancelled.
    func run(onReady: @escaping @Sendable () async -> Void) async throws {
        let (parts, client) = (parts, parts.client)
        try await install()
        report(.part("forge", "\(parts.webURL)/\(parts.settings.namespace)/NAME.git"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await parts.forge.run() }
            group.addTask { await gitops.run() }
            group.addTask {
                await RolloutControllers(client, http: .shared, logger: parts.logger).run()
            }
            group.addTask {
                try await parts.cluster.waitUntilReady()
                let runtime = try await runtime()
                report(.part("cluster", "node \(parts.settings.cluster.node), \(runtime)"))
                let pipeline = try pipeline(runtime)
                report(.part("traffic", "http://\(parts.settings.listen.traffic.local)"))
                await onReady()
                try await pipeline.run()
            }
            try await group.waitForAll()
        }
    }

    /// Teaches the API every kind, and makes the objects that every installation has.
    private func install() async throws {
        let client = parts.client
        try await client.install(
            [.repositories, .pullRequests, .pipelineRuns, .releases, .signaturePolicies]
                + RolloutControllers.definitions + GatewayAPI.definitions)
        try await gitops.install()
        for object in StandingObjects(parts.settings).all {
            let namespace = object.metadata.namespace
            try await client.apply(
                object.kind == "Namespace" ? .namespaces : GatewayAPI.gateways.resource, object,
                namespace: namespace.isEmpty ? nil : namespace, fieldManager: "slipway-up", force: true)
        }
    }

    /// What containers run in: `runc`, `bubblewrap`, `process`.
    private func runtime() async throws -> String {
        let nodes = try await parts.client.listAll(
            GroupVersionResource(group: "", version: "v1", resource: "nodes"), namespace: nil)
        let version = nodes.first?["status", "nodeInfo", "containerRuntimeVersion"]?.stringValue ?? ""
        return String(version.prefix { $0 != ":" })
    }

    private func pipeline(_ runtime: String) throws -> PipelineController {
        let (parts, environment) = (parts, parts.configuration.environment)
        let files = RunFiles(root: parts.directory.runs)
        var configuration = PipelineController.Configuration(
            files: files,
            sources: GitSourceProvider { namespace, name in
                GitRepository(
                    path: "\(parts.directory.repositories)/\(namespace)/\(name).git", program: parts.git)
            }, secrets: KubeSecretSource(parts.client))
        configuration.concurrency = parts.settings.pipeline.runs
        configuration.parallelism = parts.settings.pipeline.steps
        configuration.tools = try ToolPaths.find(environment: environment).withRules(in: files)
        configuration.signer = VerdictSigner(parts.keys.gates, keyID: "gates")
        configuration.isolatesFiles = runtime != "process"
        return PipelineController(parts.client, configuration: configuration, logger: parts.logger)
    }
}

extension InstallationParts {
    /// Repositories of the forge are read in place, all others are mirrored.
    fileprivate var repositories: Repositories {
        let (directory, git, base) = (directory, git, webURL + "/")
        return Repositories { url in
            if url.hasPrefix(base), url.hasSuffix(".git") {
                return .local(
                    GitRepository(
                        path: "\(directory.repositories)/\(url.dropFirst(base.count))", program: git))
            }
            let name = RepositoryURL.normalized(url).map { $0.isLetter || $0.isNumber ? $0 : "-" }
            return .remote(
                Remote(url: url), mirror: "\(directory.gitops)/mirrors/\(String(name)).git", git)
        }
    }

    fileprivate var gitopsSettings: GitOpsSettings {
        var settings = GitOpsSettings()
        settings.controlNamespace = self.settings.namespace
        return settings
    }
}
