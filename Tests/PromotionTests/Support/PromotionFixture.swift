import ClusterTestSupport
import Foundation
import Git
import KubeClient
import KubeModel
import KubeServer
import Logging
import Manifest
import Promotion
import TestSupport
import Testing

/// A whole promotion in this process: API server, config and source repositories, the program; and a cluster that takes up
/// whatever git has.
struct PromotionFixture: Sendable {
    let server: APIServer
    let client: KubeClient
    let config: ConfigRepository
    /// The service's own repository.
    let source: GitRepository

    static let namespace = "slipway"

    static let delivery = """
        apiVersion: slipway.dev/v1alpha1
        kind: Delivery
        metadata: {name: orders}
        spec:
          environments:
            - name: dev
              smoke: {command: [/orders, --check]}
            - name: staging
            - name: production
        """

    static var files: [String: String] {
        var files = [
            "services/orders/delivery.yaml": delivery + "\n",
            "services/orders/base/kustomization.yaml": "resources: []\n",
        ]
        for environment in ["dev", "staging", "production"] {
            files["services/orders/overlays/\(environment)/kustomization.yaml"] =
                "resources: [../../base]\nimages:\n- name: orders  # the service\n  newName: registry.local/orders\n"
        }
        return files
    }

    /// Runs a body beside a program.
    static func with<Answer: Sendable>(
        _ files: [String: String] = Self.files, verifier: any DigestVerifier = UnverifiedDigests(),
        _ body: @Sendable (PromotionFixture) async throws -> Answer
    ) async throws -> Answer {
        try await prepared(files) { fixture in
            try await fixture.withProgram(verifier: verifier) { try await body(fixture) }
        }
    }

    /// Runs a body with everything but the program.
    static func prepared<Answer: Sendable>(
        _ files: [String: String] = Self.files, _ body: @Sendable (PromotionFixture) async throws -> Answer
    ) async throws -> Answer {
        try await ConfigRepository.with(files) { config in
            let source = try await GitRepository.create(
                at: "\(config.directory)/orders.git", program: config.git.program)
            var configuration = APIServer.Configuration.testing
            configuration.tokens.add("ada-token", User(name: "ada", groups: ["slipway:developers"]))
            configuration.tokens.add("bob-token", User(name: "bob", groups: ["slipway:approvers"]))
            configuration.admission = [
                RequesterStamp(.approvals, field: "user"),
                RequesterStamp(Rollback.resource, field: "requestedBy"),
            ]
            return try await withServer(configuration) { server in
                let client = KubeClient(InProcessTransport(server))
                let fixture = PromotionFixture(server: server, client: client, config: config, source: source)
                try await client.install(PromotionProgram.definitions)
                try await client.create(
                    .namespaces,
                    ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]],
                    namespace: nil)
                try await client.create(
                    .repositories,
                    [
                        "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository",
                        "metadata": ["name": "config"],
                        "spec": ["gates": "None"],
                    ], namespace: namespace)
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await TakingCluster(client: client, config: config).run() }
                    let answer = try await body(fixture)
                    group.cancelAll()
                    return answer
                }
            }
        }
    }

    /// Runs a body while the program works.
    func withProgram<Answer: Sendable>(
        verifier: any DigestVerifier = UnverifiedDigests(), sources: (any SourceHistory)? = nil,
        branch: (any ConfigBranch)? = nil, concurrency: Int? = nil,
        _ body: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        var settings = PromotionSettings()
        settings.repositoryURL = "http://localhost/slipway/config.git"
        settings.pollInterval = .milliseconds(100)
        settings.retryInterval = .milliseconds(200)
        if let concurrency { settings.concurrency = concurrency }
        let source = source
        let program = PromotionProgram(
            client: client, branch: branch ?? config.branch, settings: settings,
            sources: sources ?? GitSourceHistory { $0 == "orders" ? source : nil }, verifier: verifier,
            pullRequests: ObjectPullRequests(client: client, git: config.git), logger: .silent)
        try await program.install()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await program.run() }
            let answer = try await body()
            group.cancelAll()
            return answer
        }
    }

    /// A client of a person.
    func person(_ name: String) -> KubeClient {
        KubeClient(InProcessTransport(server, as: User(name: name, groups: [User.mastersGroup])))
    }

    /// Commits to the service's repository as somebody, and makes the release of it.
    @discardableResult
    func release(_ number: Int, by author: String = "Ada") async throws -> String {
        try await announce(try await commit(number, by: author), number)
    }

    /// Commits to the service's repository as somebody.
    func commit(_ number: Int, by author: String = "Ada") async throws -> ObjectID {
        let parent = try await source.reference("refs/heads/main")
        let commit = try await source.commit(
            [.write("main.c", Array("\(number)".utf8))], on: parent,
            author: Signature(
                name: author, email: "\(author.lowercased())@example.org",
                seconds: 1_767_000_000 + Int64(number)),
            message: "Change \(number)")
        try await source.update([
            parent.map { .move("refs/heads/main", from: $0, to: commit) }
                ?? .create("refs/heads/main", commit)
        ])
        return commit
    }

    /// Makes the release of a commit.
    @discardableResult
    func announce(_ commit: ObjectID, _ number: Int) async throws -> String {
        let name = "orders-\(commit.hex.prefix(12))"
        let spec = ReleaseSpec(
            repository: "orders", commit: commit.hex, tree: commit.hex,
            image: .init(repository: "registry.local/orders", tag: commit.hex, digest: digest(number)),
            gates: [.init(name: "test", result: "passed")],
            builtAt: Timestamp(seconds: 1_767_000_000 + Int64(number)).rfc3339)
        try await client.create(
            .releases,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Release", "metadata": ["name": .string(name)],
                "spec": try ValueEncoder().encode(spec),
            ], namespace: Self.namespace)
        return name
    }

    func approve(
        _ number: Int, _ environment: String = "production", by user: String, as claimed: String? = nil
    )
        async throws
    {
        let spec = ApprovalSpec(
            service: "orders", environment: environment, digest: digest(number), decision: .approve,
            user: claimed)
        try await person(user).create(
            .approvals, try spec.object(namespace: Self.namespace), namespace: Self.namespace)
    }

    /// Waits for the next whole second: what people say within one has no order.
    func nextSecond() async throws {
        let now = client.timeline.date
        try await client.timeline.sleep(for: .nanoseconds(1_000_000_000 - Int64(now.nanoseconds)))
    }

    /// Waits until a branch of the config repository is gone, of which nothing tells.
    func waitForNoBranch(_ name: String) async throws {
        let isGone = try await client.timeline.withTimeout(.seconds(240)) {
            while try await config.git.reference("refs/heads/\(name)") != nil {
                try await client.timeline.sleep(for: .milliseconds(20))
            }
            return true
        }
        #expect(isGone == true, "the branch \(name) is still there")
    }

    func overlay(_ environment: String) async throws -> String {
        try await config.text("services/orders/overlays/\(environment)/kustomization.yaml")
    }

    /// Waits until the delivery's environment is as it should be.
    @discardableResult
    func wait(
        _ environment: String, sourceLocation: SourceLocation = #_sourceLocation,
        until isRight: @escaping @Sendable (DeliveryStatus.Environment) -> Bool
    ) async throws -> DeliveryStatus.Environment {
        let object = try await wait(.deliveries, "orders", sourceLocation: sourceLocation) { object in
            Self.environment(environment, of: object).map(isRight) ?? false
        }
        return try #require(Self.environment(environment, of: object))
    }

    private static func environment(_ name: String, of object: Value) -> DeliveryStatus.Environment? {
        let status = try? ValueDecoder().decode(DeliveryStatus.self, from: object["status"] ?? .emptyObject)
        return status?.environments?.first { $0.name == name }
    }

    /// Waits until an object is as it should be.
    @discardableResult
    func wait(
        _ resource: GroupVersionResource, _ name: String, in namespace: String = Self.namespace,
        sourceLocation: SourceLocation = #_sourceLocation, until isRight: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        try await wait(
            resource, .init(fields: "metadata.name=\(name)"), in: namespace, sourceLocation: sourceLocation,
            until: isRight)
    }

    /// Waits until one of the objects that are selected is as it should be.
    @discardableResult
    func wait(
        _ resource: GroupVersionResource, _ selection: Selection, in namespace: String = Self.namespace,
        sourceLocation: SourceLocation = #_sourceLocation, until isRight: @escaping @Sendable (Value) -> Bool
    ) async throws -> Value {
        let cache = WatchCache(
            client, resource, namespace: namespace, selection: selection, mode: .full, logger: .silent)
        let found = try await client.timeline.withTimeout(.seconds(240)) {
            await withTaskGroup(of: Value?.self) { group in
                group.addTask {
                    await cache.run()
                    return nil
                }
                group.addTask {
                    for await event in cache.subscribe() {
                        if let object = event.object.value, isRight(object) { return object }
                    }
                    return nil
                }
                defer { group.cancelAll() }
                return await group.next() ?? nil
            }
        }
        let last = cache.objects.first?.value.map { JSON.string($0) } ?? "no such object"
        return try #require(
            found ?? nil, "\(resource.resource) never came to it: \(last)", sourceLocation: sourceLocation)
    }
}

/// A cluster that has at once what git has: Applications are synced and healthy, Jobs succeed.
struct TakingCluster: Sendable {
    let client: KubeClient
    let config: ConfigRepository

    func run() async {
        let applications = WatchCache(
            client, Application.resource, namespace: PromotionFixture.namespace, mode: .full, logger: .silent)
        let deliveries = WatchCache(
            client, .deliveries, namespace: PromotionFixture.namespace, mode: .full, logger: .silent)
        let jobs = WatchCache(client, .jobs, namespace: nil, mode: .full, logger: .silent)
        await withTaskGroup(of: Void.self) { group in
            for cache in [applications, deliveries, jobs] { group.addTask { await cache.run() } }
            group.addTask {
                for await event in applications.subscribe() {
                    guard case .added(let object) = event else { continue }
                    await self.makeNamespace(
                        object.value?["spec", "destination", "namespace"]?.stringValue ?? "")
                    await self.sync(object.key.name)
                }
            }
            // Whatever the lane writes shows in a delivery.
            group.addTask {
                for await _ in deliveries.subscribe() {
                    for object in applications.objects { await self.sync(object.key.name) }
                }
            }
            group.addTask {
                for await event in jobs.subscribe() {
                    guard case .added(let object) = event else { continue }
                    await self.finish(object.key.name, in: object.key.namespace)
                }
            }
        }
    }

    private func makeNamespace(_ name: String) async {
        _ = try? await client.create(
            .namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]],
            namespace: nil)
    }

    private func sync(_ name: String) async {
        guard let head = try? await config.head(),
            let object = try? await client.get(
                Application.resource, name, namespace: PromotionFixture.namespace),
            object["status", "sync", "revision"]?.stringValue != head.hex
        else { return }
        let status: Value = [
            "sync": ["status": "Synced", "revision": .string(head.hex)], "health": ["status": "Healthy"],
        ]
        var changed = object
        changed["status"] = status
        _ = try? await client.update(
            Application.resource, changed, namespace: PromotionFixture.namespace,
            subresource: Application.definition.status == nil ? nil : "status")
    }

    private func finish(_ name: String, in namespace: String) async {
        guard var job = try? await client.get(.jobs, name, namespace: namespace) else { return }
        job["status"] = [
            "succeeded": 1,
            "conditions": [
                [
                    "type": "SuccessCriteriaMet", "status": "True",
                    "lastTransitionTime": "2026-01-01T00:00:00Z",
                ],
                ["type": "Complete", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"],
            ],
            "startTime": "2026-01-01T00:00:00Z", "completionTime": "2026-01-01T00:00:01Z",
        ]
        _ = try? await client.update(.jobs, job, namespace: namespace, subresource: "status")
    }
}

/// Pull requests as plain objects, without a forge.
struct ObjectPullRequests: PromotionPullRequests {
    let client: KubeClient
    let git: GitRepository

    private func open(_ branch: String) async throws -> Value? {
        try await client.listAll(.pullRequests, namespace: PromotionFixture.namespace).first {
            $0["spec", "source", "branch"]?.stringValue == branch
                && $0["spec", "state"]?.stringValue == "Open"
        }
    }

    func show(_ proposal: PromotionProposal) async throws {
        if var present = try await open(proposal.branch) {
            present["spec", "head"] = .string(proposal.head.hex)
            present["spec", "title"] = .string(proposal.title)
            try await client.update(.pullRequests, present, namespace: PromotionFixture.namespace)
            return
        }
        let count = try await client.listAll(.pullRequests, namespace: PromotionFixture.namespace).count
        let spec = PullRequestSpec(
            repository: "config", number: count + 1, title: proposal.title, body: proposal.body,
            author: "slipway",
            target: "main", head: proposal.head.hex, source: .init(branch: proposal.branch), draft: true)
        try await client.create(
            .pullRequests,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "PullRequest",
                "metadata": ["name": .string("config-\(count + 1)")], "spec": try ValueEncoder().encode(spec),
            ], namespace: PromotionFixture.namespace)
    }

    func close(branch: String, reason: String) async throws {
        guard var present = try await open(branch) else { return }
        present["spec", "state"] = "Closed"
        try await client.update(.pullRequests, present, namespace: PromotionFixture.namespace)
    }
}
