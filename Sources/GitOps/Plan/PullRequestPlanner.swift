import Git
public import KubeClient
import KubeModel
public import Logging
import Manifest
import Synchronization

/// Shows at every open pull request of the embedded forge what merging it would change in the cluster.
///
/// The plan is made anew when the pull request or its target branch moves, and published where reviewers look.
public final class PullRequestPlanner: Sendable {
    private let pullRequests: WatchCache
    private let controller: Controller<Work>

    /// A planner at rest.
    public init(
        _ client: KubeClient, repositories: any RepositoryDirectory, publisher: any PlanPublisher,
        logger: Logger = Logger(label: "gitops.plan")
    ) {
        pullRequests = WatchCache(
            client, GroupVersionResource(group: "slipway.dev", version: "v1alpha1", resource: "pullrequests"),
            namespace: nil, mode: .raw, logger: logger)
        controller = Controller(
            "plans",
            Work(
                client: client, repositories: repositories, publisher: publisher, pullRequests: pullRequests,
                published: Published()),
            sources: [.objects(of: pullRequests, where: .generationChanged)], timeline: client.timeline,
            logger: logger)
    }

    /// Works until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.pullRequests.run() }
            group.addTask { await self.controller.run() }
        }
    }

    /// What was published last for each pull request.
    private final class Published: Sendable {
        private let ranges = Mutex<[ObjectKey: [ObjectID]]>([:])

        /// Notes a range and answers whether it is a new one.
        func note(_ range: [ObjectID], for key: ObjectKey) -> Bool {
            ranges.withLock { $0.updateValue(range, forKey: key) != range }
        }

        func forget(_ key: ObjectKey) { ranges.withLock { $0[key] = nil } }
    }

    private struct Work: Reconciler {
        let client: KubeClient
        let repositories: any RepositoryDirectory
        let publisher: any PlanPublisher
        let pullRequests: WatchCache
        let published: Published

        func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
            guard let object = pullRequests[key]?.value,
                let spec = try? ValueDecoder().decode(PullRequestSpec.self, from: object["spec"] ?? .null),
                spec.state == .open
            else {
                published.forget(key)
                return .done
            }
            let name = GroupVersionResource(
                group: "slipway.dev", version: "v1alpha1", resource: "repositories")
            let forge = try await client.get(name, spec.repository, namespace: key.namespace)
            guard let url = forge["status", "cloneURL"]?.stringValue,
                case .local(let repository)? = repositories.location(of: url), let head = ObjectID(spec.head),
                let target = try await repository.reference("refs/heads/\(spec.target)"),
                let base = try await repository.mergeBase(target, head)
            else { return .requeue(after: .seconds(60)) }
            guard published.note([base, head], for: key) else { return .requeue(after: .seconds(300)) }
            do {
                let report = try await Planner(repository, url: url).plan(from: base.hex, to: head.hex)
                try await publisher.publish(
                    repository: url, pullRequest: spec.number, body: report.markdown())
            } catch {
                published.forget(key)
                throw error
            }
            return .requeue(after: .seconds(300))
        }
    }
}

/// Keeps plans as ConfigMaps `plan-<repository>-<number>`, from where pages and forges show them.
public struct ConfigMapPlanPublisher: PlanPublisher {
    private let client: KubeClient
    private let namespace: String

    /// A publisher into a namespace.
    public init(_ client: KubeClient, namespace: String) {
        self.client = client
        self.namespace = namespace
    }

    public func publish(repository: String, pullRequest: Int, body: String) async throws {
        let last = repository.split(separator: "/").last.map(String.init) ?? "repository"
        let name = "plan-\(last.lowercased())-\(pullRequest)"
        let object: Value = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string(name),
                "annotations": ["slipway.dev/repository": .string(repository)],
            ],
            "data": ["plan.md": .string(body)],
        ]
        try await client.apply(
            .configMaps, object, namespace: namespace, fieldManager: KindCatalog.fieldManager, force: true)
    }
}
