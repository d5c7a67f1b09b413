public import Forge
import FoundationEssentials
public import Git
public import GitOps
public import KubeClient
public import Logging

/// The application controller beside the embedded forge: applications follow the forge's repositories at once, plans
/// stand at its pull requests, and rollbacks open pull requests there.
///
///     let gitops = EmbeddedGitOps(client, forge: forge, repositories: "\(data)/git", program: git, data: data)
///     try await gitops.install()
///     gitops.webhooks(secret: { secret }).addRoutes(to: router)
///     await gitops.run()
public struct EmbeddedGitOps: Sendable {
    /// What works on applications.
    public let controller: GitOpsController
    private let planner: PullRequestPlanner
    private let data: String

    /// A program at rest.
    ///
    /// - Parameters:
    ///   - repositories: the folder of the forge's repositories.
    ///   - program: the git program, which somebody else runs.
    ///   - data: where mirrors of other repositories and the audit log are kept: `mirrors/`, `audit.jsonl`.
    ///   - addresses: addresses of the forge besides its own, as `https://git.example.com`.
    public init(
        _ client: KubeClient, forge: EmbeddedForge, repositories: String, program: GitProgram, data: String,
        addresses: [String] = [], settings: GitOpsSettings = GitOpsSettings(),
        guards: SyncGuards = SyncGuards(), logger: Logger = Logger(label: "slipway.gitops")
    ) {
        self.data = data
        let directory = HostedRepositories(
            bases: { [forge.baseURL] + addresses }, directory: repositories, program: program,
            others: MirroredRepositories(directory: "\(data)/mirrors", program: program))
        controller = GitOpsController(
            client, repositories: directory, settings: settings,
            audit: FileAuditLog(path: "\(data)/audit.jsonl"), guards: guards,
            reverts: GitRevertRequester.forge(
                forge, directory, addresses: addresses, timeline: client.timeline), logger: logger)
        planner = PullRequestPlanner(
            client, repositories: directory,
            publisher: PlanPublishers([ForgePlanPublisher(forge), ConfigMapPlanPublisher(client)]),
            logger: logger)
    }

    /// Teaches the cluster the kinds and makes the project `default` where it is missing.
    ///
    /// - Throws: `APIError`; `KubeClientError`.
    public func install() async throws {
        try FileManager.default.createDirectory(
            atPath: "\(data)/mirrors", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try await controller.install()
    }

    /// Works until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await controller.run() }
            group.addTask { await planner.run() }
            await group.waitForAll()
        }
    }

    /// The routes for the webhooks of other forges.
    public func webhooks(secret: @escaping @Sendable () async throws -> String) -> WebhookRoutes {
        WebhookRoutes(controller, secret: secret)
    }
}
