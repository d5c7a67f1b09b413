import Git
public import KubeClient
import KubeModel
public import Logging
import Manifest
import Synchronization

/// Shows at every open pull request of the embedded forge what merging it would change in the cluster.
///
/// The plan is that of the commits from where the pull request left its branch to where it stands, made anew when it
/// moves. A pull request of a repository that no application reads from gets none. The applications are those of the
/// repository and those of the cluster that read from it.
public final class PullRequestPlanner: Sendable {
    private let pullRequests: WatchCache
    private let controller: Controller<Work>

    /// A planner at rest.
    ///
    /// - Parameter publisher: shows the plans; a pull request's plan is published again after a restart.
    public init(
        _ client: KubeClient, repositories: any RepositoryDirectory, publisher: any PlanPublisher,
        logger: Logger = Logger(label: "gitops.plan")
    ) {
        pullRequests = WatchCache(client, .pullRequests, namespace: nil, mode: .raw, logger: logger)
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

        func contains(_ key: ObjectKey) -> Bool { ranges.withLock { $0[key] != nil } }

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
                spec.state == .open, object["status", "phase"] != "Merged"
            else {
                published.forget(key)
                return .done
            }
            let forge = try await client.get(.repositories, spec.repository, namespace: key.namespace)
            guard let url = forge["status", "cloneURL"]?.stringValue,
                case .local(let repository)? = repositories.location(of: url), let head = ObjectID(spec.head),
                let target = try await repository.reference("refs/heads/\(spec.target)"),
                let base = try await repository.mergeBase(target, head)
            else { return .requeue(after: .seconds(60)) }
            let wasShown = published.contains(key)
            guard published.note([base, head], for: key) else { return .done }
            do {
                let report = try await Planner(
                    repository, url: url, applications: try await applications(of: url)
                ).plan(from: base.hex, to: head.hex)
                guard report.total > 0 || !report.applications.isEmpty || wasShown else { return .done }
                try await publisher.publish(
                    report, on: PlanSubject(repository: key.repository(spec), url: url, number: spec.number))
            } catch {
                published.forget(key)
                throw error
            }
            return .done
        }

        private func applications(of url: String) async throws -> [Application] {
            let url = RepositoryURL.normalized(url)
            do {
                return try await client.listAll(Application.resource, namespace: nil).map { Application($0) }
                    .filter { $0.source.map { RepositoryURL.normalized($0.repoURL) == url } ?? false }
            } catch let error as APIError where error.isNotFound {
                // The cluster does not know the kind, and so has none.
                return []
            }
        }
    }
}

extension ObjectKey {
    fileprivate func repository(_ spec: PullRequestSpec) -> String { "\(namespace)/\(spec.repository)" }
}
