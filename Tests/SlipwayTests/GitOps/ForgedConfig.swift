import ClusterTestSupport
import Forge
import Foundation
import Git
import GitOps
import KubeClient
import KubeModel
import KubeServer
import Logging
import Manifest
import Sigstore
import Slipway
import TestSupport
import Testing

/// The embedded forge with a repository of configuration, and the application controller beside it.
struct ForgedConfig: Sendable {
    let client: KubeClient
    let forge: EmbeddedForge
    let gitops: EmbeddedGitOps
    let repository: GitRepository

    /// Where all objects are.
    static let namespace = "slipway"
    private static let user = ForgeUser(name: "ada")

    /// Runs a body with everything running.
    static func run(_ body: @Sendable (ForgedConfig) async throws -> Void) async throws {
        let hookProgram = try #require(Program.built("slipway"))
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        try await withTemporaryDirectory { directory in
            try await withServer { server in
                let client = KubeClient(InProcessTransport(server))
                try await EmbeddedForge.install(client)
                var configuration = EmbeddedForge.Configuration(
                    repositories: "\(directory)/git", hooks: "\(directory)/hooks",
                    socket: "\(directory)/run/forge.sock", hookProgram: hookProgram,
                    keys: ForgeKeys(queue: .p256(), gates: []))
                configuration.logger = .silent
                let forge = EmbeddedForge(client, program: program, configuration: configuration)
                var settings = GitOpsSettings()
                // Nothing that is seen within a test was found by asking again.
                settings.pollInterval = .seconds(3600)
                let gitops = EmbeddedGitOps(
                    client, forge: forge, repositories: "\(directory)/git", program: program,
                    data: "\(directory)/gitops", settings: settings, logger: .silent)
                let config = ForgedConfig(
                    client: client, forge: forge, gitops: gitops,
                    repository: GitRepository(
                        path: "\(directory)/git/\(namespace)/config.git", program: program))
                try await config.run(body)
            }
        }
    }

    private func run(_ body: @Sendable (ForgedConfig) async throws -> Void) async throws {
        let (ready, listening) = AsyncStream<Int>.makeStream()
        let listener = ForgeListener(forge, logger: .silent) { listening.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            group.addTask { try await forge.run() }
            var ports = ready.makeAsyncIterator()
            _ = await ports.next()
            try await gitops.install()
            group.addTask { await gitops.run() }
            let object: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": "config"],
                "spec": ["gates": "None", "mergeMethod": "Squash"],
            ]
            try await client.create(.repositories, object, namespace: Self.namespace)
            try await wait(.repositories, "config") { $0.conditions.isTrue("Ready") }
            try await body(self)
            group.cancelAll()
        }
    }

    /// The address of the repository.
    var url: String { "\(forge.baseURL)/\(Self.namespace)/config.git" }

    /// Opens a pull request with these files, or brings the one from the branch up to them; an empty text removes one.
    func propose(_ files: [String: String], branch: String) async throws -> ForgePullRequest {
        var head = try await repository.reference("refs/heads/\(branch)")
        if head == nil { head = try await repository.reference("refs/heads/main") }
        let edits = files.sorted { $0.key < $1.key }.map { path, text in
            text.isEmpty ? TreeEdit.remove(path) : TreeEdit.write(path, Array(text.utf8))
        }
        let author = Signature(name: "Ada", email: "ada@example.com", seconds: 1_767_225_600)
        let commit = try await repository.commit(edits, on: head, author: author, message: "Change \(branch)")
        try await repository.update([.set("refs/heads/\(branch)", commit)])
        return try await forge.acting(as: Self.user).openPullRequest(
            ForgeProposal(title: "Change \(branch)", source: branch, target: "main"), in: name)
    }

    /// Lands a pull request; answers the commit of the branch that brought it in.
    func land(_ pull: ForgePullRequest) async throws -> String {
        try await forge.acting(as: Self.user).merge(pull.number, of: name, head: pull.head)
        let object = try await wait(.pullRequests, "config-\(pull.number)") {
            $0["status", "phase"] == "Merged"
        }
        return try #require(object["status", "mergeCommit"]?.stringValue)
    }

    /// Changes the main branch as people do.
    @discardableResult
    func land(_ files: [String: String], branch: String) async throws -> String {
        try await land(try await propose(files, branch: branch))
    }

    /// The comments on a pull request.
    func comments(on pull: ForgePullRequest) async throws -> [ForgeComment] {
        try await forge.acting(as: Self.user).comments(on: pull.number, in: name)
    }

    private var name: String { "\(Self.namespace)/config" }

    /// An application over a folder of the repository.
    func createApplication(_ name: String) async throws {
        let object: Value = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": ["name": .string(name)],
            "spec": [
                "project": "default",
                "source": ["repoURL": .string(url), "path": .string(name), "targetRevision": "HEAD"],
                "destination": [
                    "server": .string(ApplicationDestination.inCluster), "namespace": .string(name),
                ],
                "syncPolicy": [
                    "automated": ["prune": true, "selfHeal": true], "syncOptions": ["CreateNamespace=true"],
                ],
            ],
        ]
        try await client.create(Application.resource, object, namespace: Self.namespace)
    }

    /// Waits until an application is synced to a revision.
    @discardableResult
    func waitForSync(_ name: String, to revision: String) async throws -> Value {
        try await wait(Application.resource, name) { object in
            object["status", "sync", "status"] == "Synced"
                && object["status", "sync", "revision"]?.stringValue == revision
                && object["status", "operationState", "phase"]?.stringValue != "Running"
        }
    }

    /// Waits until an object is as it should be, by watching it.
    @discardableResult
    func wait(
        _ resource: GroupVersionResource, _ name: String, namespace: String = namespace,
        until isRight: @escaping @Sendable (Value) -> Bool, at location: SourceLocation = #_sourceLocation
    ) async throws -> Value {
        let client = client
        let found = try await Timeline.continuous.withTimeout(.seconds(180)) { () -> Value? in
            let events = try await client.watch(
                resource, namespace: namespace, selection: Selection(fields: "metadata.name=\(name)"),
                from: .withInitialEvents)
            for try await event in events {
                switch event {
                case .added(let object), .modified(let object):
                    if isRight(object) { return object }
                case .deleted, .bookmark: continue
                }
            }
            return nil
        }
        if let found, let found { return found }
        let present = try? await client.get(resource, name, namespace: namespace)
        Issue.record(
            "\(name) did not become what was awaited: \(present.map { JSON.string($0) } ?? "absent")",
            sourceLocation: location)
        throw CancellationError()
    }

    /// A ConfigMap of one entry.
    static func configMap(_ name: String, _ text: String) -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {key: \(text)}\n"
    }
}
