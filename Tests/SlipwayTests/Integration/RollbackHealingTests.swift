import AsyncHTTPClient
import ClusterTestSupport
import Git
import GitOps
import KubeClient
import KubeModel
import KubeServer
import LocalCluster
import Logging
import Manifest
import Promotion
import Rollouts
import Synchronization
import TestSupport
import Testing

/// What a rollback has turned in the cluster stays, although git says so only later and GitOps undoes changes at once.
struct RollbackHealingTests {
    /// Keeps rollbacks from git until it is opened.
    private final class Gate: Sendable {
        private let (opened, opener) = AsyncStream<Void>.makeStream()

        func pass() async { for await _ in opened {} }

        func open() { opener.finish() }
    }

    private struct GatedBranch: ConfigBranch {
        let branch: GitConfigBranch
        let gate: Gate

        var name: String { branch.name }
        var reference: String { branch.reference }
        var repository: GitRepository { branch.repository }

        func head() async throws -> ObjectID? { try await branch.head() }

        func land(_ series: CommitSeries, promotions: [String]) async throws {
            if series.commits.last?.subject.hasPrefix("Roll ") == true { await gate.pass() }
            try await branch.land(series, promotions: promotions)
        }
    }

    /// The images that a Rollout was seen to have, one after the other.
    private final class Images: Sendable {
        private let seen = Mutex<[String]>([])

        var all: [String] { seen.withLock { $0 } }

        func follow(_ client: KubeClient) async throws {
            let events = try await client.watch(
                Rollout.resource, namespace: "orders-dev", selection: .all, from: .withInitialEvents)
            for try await event in events {
                guard case .modified(let object) = event else { continue }
                let image = RollbackHealingTests.image(object)
                seen.withLock { if $0.last != image { $0.append(image) } }
            }
        }
    }

    private static let url = "https://git.example.com/team/config.git"

    private static let files = [
        "services/orders/delivery.yaml": """
        apiVersion: slipway.dev/v1alpha1
        kind: Delivery
        metadata: {name: orders}
        spec:
          environments:
            - name: dev

        """,
        "services/orders/base/kustomization.yaml": "resources: [rollout.yaml]\n",
        // Without pods it is through as soon as its controller has seen it.
        "services/orders/base/rollout.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: orders}
        spec:
          replicas: 0
          selector: {matchLabels: {app: orders}}
          strategy: {canary: {}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: orders}]}

        """,
        "services/orders/overlays/dev/kustomization.yaml": """
        resources: [../../base]
        images:
        - name: orders
          newName: registry.local/orders

        """,
    ]

    private static func digest(_ number: Int) -> String {
        "sha256:" + String(repeating: "0", count: 63) + "\(number)"
    }

    private static func image(_ rollout: Value) -> String {
        rollout["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue ?? ""
    }

    private static func release(_ number: Int, _ client: KubeClient) async throws {
        let commit = String(repeating: "c", count: 39) + "\(number)"
        let spec = ReleaseSpec(
            repository: "orders", commit: commit, tree: commit,
            image: .init(repository: "registry.local/orders", tag: commit, digest: digest(number)), gates: [],
            builtAt: "2026-01-01T00:00:0\(number)Z")
        let object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Release",
            "metadata": ["name": .string("orders-\(number)")], "spec": try ValueEncoder().encode(spec),
        ]
        try await client.create(.releases, object, namespace: "slipway")
        try await client.wait(for: "orders", of: .deliveries, namespace: "slipway", "verified") {
            delivery in
            let place = delivery["status", "environments"]?[0]
            return place?["release"]?.stringValue == "orders-\(number)"
                && place?["phase"]?.stringValue == "Verified"
        }
    }

    /// Runs a body beside GitOps, rollouts and promotion.
    private static func with(
        _ gate: Gate, _ body: @escaping @Sendable (KubeClient) async throws -> Void
    ) async throws {
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        try await withTemporaryDirectory { directory in
            let git = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            let edits = files.sorted { $0.key < $1.key }.map { TreeEdit.write($0.key, Array($0.value.utf8)) }
            let author = Signature(name: "Ada", email: "ada@example.org", seconds: 1_767_000_000)
            let commit = try await git.commit(edits, on: nil, author: author, message: "Begin")
            try await git.update([.create("refs/heads/main", commit)])
            try await withServer { server in
                let client = KubeClient(InProcessTransport(server))
                var repositories = Repositories()
                repositories.enter(git, at: url)
                var settings = GitOpsSettings()
                settings.pollInterval = .milliseconds(200)
                let gitops = GitOpsController(
                    client, repositories: repositories, settings: settings, logger: .silent)
                var quiet = WorkloadControllers.Settings()
                quiet.logger = .silent
                let workloads = WorkloadControllers(client, settings: quiet)
                var promoting = PromotionSettings()
                promoting.repositoryURL = url
                promoting.pollInterval = .milliseconds(200)
                let branch = GatedBranch(
                    branch: try GitConfigBranch(git, name: "slipway/config"), gate: gate)
                let promotion = PromotionProgram(
                    client: client, branch: branch, settings: promoting,
                    sources: GitSourceHistory { _ in nil },
                    logger: .silent)
                try await gitops.install()
                try await promotion.install()
                try await client.install(RolloutControllers.definitions + GatewayAPI.definitions)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await program.run() }
                    group.addTask { await gitops.run() }
                    group.addTask { try await workloads.run() }
                    group.addTask { await RolloutControllers(client, http: .shared, logger: .silent).run() }
                    group.addTask { try await promotion.run() }
                    try await body(client)
                    group.cancelAll()
                }
            }
        }
    }

    @Test func `GitOps leaves what a rollback has turned until git says the same`() async throws {
        let (gate, images) = (Gate(), Images())
        try await Self.with(gate) { client in
            try await Self.release(1, client)
            try await Self.release(2, client)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await images.follow(client) }
                let rollback: Value = [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback", "metadata": ["name": "back"],
                    "spec": ["service": "orders", "environment": "dev", "reason": "it is slow"],
                ]
                try await client.create(Rollback.resource, rollback, namespace: "slipway")
                let (good, bad) = (Self.digest(1), Self.digest(2))
                try await client.wait(
                    for: "orders", of: Rollout.resource, namespace: "orders-dev", "turned back"
                ) {
                    Self.image($0).hasSuffix(good)
                }
                // GitOps has seen it, and does nothing, or has undone it.
                try await withThrowingTaskGroup(of: Void.self) { seeing in
                    seeing.addTask {
                        try await client.wait(
                            for: "orders-dev", of: Application.resource, namespace: "slipway",
                            "left as it is"
                        ) {
                            let conditions = $0["status", "conditions"]?.arrayValue ?? []
                            return $0["status", "sync", "status"] == "OutOfSync"
                                && conditions.contains { $0["type"] == "RollbackWarning" }
                        }
                    }
                    seeing.addTask {
                        try await client.wait(
                            for: "orders", of: Rollout.resource, namespace: "orders-dev", "undone"
                        ) {
                            Self.image($0).hasSuffix(bad)
                        }
                    }
                    try await seeing.next()
                    seeing.cancelAll()
                }
                gate.open()
                let answer = try await client.wait(
                    for: "back", of: Rollback.resource, namespace: "slipway", "answered"
                ) {
                    $0["status", "phase"] != nil
                }
                #expect(answer["status", "phase"] == "Reverted")
                let commit = try #require(answer["status", "commit"]?.stringValue)
                let application = try await client.wait(
                    for: "orders-dev", of: Application.resource, namespace: "slipway", "synced again"
                ) {
                    $0["status", "sync", "status"] == "Synced"
                        && $0["status", "sync", "revision"]?.stringValue == commit
                        && $0.metadata.annotations["slipway.dev/healing-waits-until"] == nil
                }
                #expect(
                    application["status", "conditions"]?.arrayValue?.contains {
                        $0["type"] == "RollbackWarning"
                    }
                        != true)
                group.cancelAll()
                let after = images.all.drop { !$0.hasSuffix(good) }
                #expect(!after.contains { $0.hasSuffix(bad) }, "\(images.all)")
            }
        }
    }
}
