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
import Logging
import Manifest
import OCI
import Pipeline
import Promotion
import Rollouts
import Sigstore

/// What makes changes: every controller of the whole, from the kinds it needs to its end.
struct InstallationPrograms: Sendable {
    let parts: InstallationParts
    let report: @Sendable (StartProgress) -> Void
    private let gitops: EmbeddedGitOps
    private let releases: ReleaseWriter
    private let promotion: PromotionProgram

    /// - Throws: `GitError` where the name of a branch is none.
    init(parts: InstallationParts, report: @escaping @Sendable (StartProgress) -> Void) throws {
        self.parts = parts
        self.report = report
        gitops = EmbeddedGitOps(
            parts.client, forge: parts.forge, repositories: parts.directory.repositories, program: parts.git,
            data: parts.directory.gitops, addresses: Array(parts.addresses.web.dropFirst()),
            settings: parts.gitopsSettings,
            guards: .signatures(ImageSignatureJudge(parts.client, lookup: parts.lookup)), logger: parts.logger
        )
        let (directory, git) = (parts.directory, parts.git)
        releases = ReleaseWriter(
            parts.client,
            ReleaseWriter.Settings(
                verifiers: [KeyVerifier(parts.gate.keys.gates.publicKey)],
                sources: GitSourceProvider { namespace, name in
                    GitRepository(path: "\(directory.repositories)/\(namespace)/\(name).git", program: git)
                }), logger: parts.logger)
        promotion = try parts.promotion()
    }

    /// Adds what other forges send.
    func addRoutes(to router: some RouterMethods<BasicRequestContext>) {
        let secret = parts.keys.webhooks
        gitops.webhooks(secret: { secret }).addRoutes(to: router)
    }

    /// Installs the kinds, waits for the cluster and works until the task is cancelled.
    func run(onReady: @escaping @Sendable () async -> Void) async throws {
        let (parts, client) = (parts, parts.client)
        try await install()
        report(.part("forge", "\(parts.webURL)/\(parts.settings.namespace)/NAME.git"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await parts.gate.run {
                    try await parts.cluster.waitUntilReady()
                    let node = try await CellNode(registeredWith: client)
                    report(.part("cluster", "node \(parts.settings.cluster.node), \(node.runtime)"))
                    report(.part("traffic", "http://\(parts.settings.listen.traffic.local)"))
                    if let prometheus = parts.prometheus { report(.part("prometheus", prometheus.url)) }
                    await onReady()
                    return node
                }
            }
            group.addTask { await gitops.run() }
            group.addTask { try await releases.run() }
            group.addTask { try await promote() }
            group.addTask {
                var settings = RolloutControllers.Settings()
                settings.prometheus = parts.prometheus?.url
                await RolloutControllers(client, http: .shared, settings: settings, logger: parts.logger)
                    .run()
            }
            try await group.waitForAll()
        }
    }

    /// Promotes for as long as this process leads, and tries to lead again where it lost that.
    private func promote() async throws {
        while true {
            do {
                return try await promotion.run()
            } catch let error as KubeClientError {
                try Task.checkCancellation()
                parts.logger.error("promotion begins anew", metadata: ["error": "\(error)"])
                try await parts.client.timeline.sleep(for: .seconds(1))
            }
        }
    }

    /// Teaches the API every kind, and makes the objects that every installation has.
    private func install() async throws {
        let client = parts.client
        try await client.install(
            [.repositories, .pullRequests, .pipelineRuns, .releases, .signaturePolicies]
                + RolloutControllers.definitions + GatewayAPI.definitions)
        try await gitops.install()
        try await promotion.install()
        for (resource, object) in try StandingObjects(parts.settings, parts.addresses).all {
            let namespace = object.metadata.namespace
            try await client.apply(
                resource, object, namespace: namespace.isEmpty ? nil : namespace, fieldManager: "slipway-up",
                force: true)
        }
        try await PrometheusWorkload.apply(parts.prometheus, in: parts.settings.namespace, client)
    }
}

extension InstallationParts {
    fileprivate func promotion() throws -> PromotionProgram {
        let (directory, git, namespace) = (directory, git, settings.namespace)
        var promoting = PromotionSettings()
        promoting.namespace = namespace
        let config = ObjectKey(namespace: namespace, name: promoting.repository)
        return PromotionProgram(
            client: client,
            branch: try ForgeConfigBranch(
                forge, config, repositories: directory.repositories, program: git),
            settings: promoting,
            sources: GitSourceHistory { name in
                GitRepository(path: "\(directory.repositories)/\(namespace)/\(name).git", program: git)
            }, verifier: SignedDigests(ImageSignatureJudge(client, lookup: lookup)),
            pullRequests: ForgePromotionPullRequests(
                forge.acting(as: ForgeUser(name: "slipway")), config), logger: logger)
    }

    fileprivate var gitopsSettings: GitOpsSettings {
        var settings = GitOpsSettings()
        settings.controlNamespace = self.settings.namespace
        return settings
    }
}
