import ClusterTestSupport
import Foundation
import Git
import GitOps
import KubeClient
import KubeModel
import KubeServer
import Logging
import Manifest
import TestSupport
import Testing

/// An embedded API server, a git repository, and the application controller, in this process.
struct Installation: Sendable {
    let client: KubeClient
    let repository: GitRepository
    let controller: GitOpsController
    let directory: String

    static let url = "https://git.example.com/team/config.git"
    static let namespace = "slipway"

    /// Runs a body with everything running.
    static func run<Result: Sendable>(
        _ configure: (inout GitOpsSettings) -> Void = { _ in }, guards: SyncGuards = SyncGuards(),
        audits: Bool = false, _ body: @Sendable (Installation) async throws -> Result
    ) async throws -> Result {
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        var settings = GitOpsSettings()
        configure(&settings)
        let chosen = settings
        return try await withTemporaryDirectory { directory in
            let repository = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            return try await withServer { server in
                let client = KubeClient(InProcessTransport(server))
                var repositories = Repositories()
                repositories.enter(repository, at: url)
                let audit: any AuditLog =
                    audits ? FileAuditLog(path: "\(directory)/audit.jsonl") : NoAuditLog()
                let controller = GitOpsController(
                    client, repositories: repositories, settings: chosen, audit: audit, guards: guards,
                    logger: .silent)
                let installation = Installation(
                    client: client, repository: repository, controller: controller, directory: directory)
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await program.run() }
                    try await controller.install()
                    group.addTask { await controller.run() }
                    let result = try await body(installation)
                    group.cancelAll()
                    return result
                }
            }
        }
    }

    /// Commits files to the main branch and tells the controller where that is not declined; an empty text removes a
    /// file.
    @discardableResult
    func commit(
        _ files: [String: String], message: String = "Change", tells: Bool = true
    ) async throws -> String {
        let head = try await repository.reference("refs/heads/main")
        let edits = files.sorted { $0.key < $1.key }.map { path, text in
            text.isEmpty ? TreeEdit.remove(path) : TreeEdit.write(path, Array(text.utf8))
        }
        let author = Signature(name: "Ada", email: "ada@example.com", seconds: 1_767_225_600)
        let commit = try await repository.commit(edits, on: head, author: author, message: message)
        try await repository.update([.set("refs/heads/main", commit)])
        if tells { controller.repositoryChanged(Self.url) }
        return commit.hex
    }

    /// Creates an application over a directory.
    func createApplication(
        _ name: String, path: String? = nil, project: String = "default", policy: Value = ["automated": [:]],
        namespace: String = "shop", spec: [String: Value] = [:], finalizers: [String] = []
    ) async throws {
        var object: Value = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": ["name": .string(name)],
            "spec": [
                "project": .string(project),
                "source": [
                    "repoURL": .string(Self.url), "path": .string(path ?? name), "targetRevision": "main",
                ],
                "destination": [
                    "server": .string(ApplicationDestination.inCluster), "namespace": .string(namespace),
                ],
                "syncPolicy": policy,
            ],
        ]
        for (key, value) in spec { object.set(value, at: ["spec", key]) }
        object.metadata.finalizers = finalizers
        try await client.create(Application.resource, object, namespace: Self.namespace)
    }

    /// Changes an application by a merge patch.
    func patchApplication(_ name: String, _ patch: Value) async throws {
        try await client.patch(Application.resource, name, namespace: Self.namespace, .merge(patch))
    }

    func application(_ name: String) async throws -> Value {
        try await client.get(Application.resource, name, namespace: Self.namespace)
    }

    /// Waits until an application is as it should be; fails with what it is otherwise.
    @discardableResult
    func awaitApplication(
        _ name: String, seconds: Int = 300, _ condition: @escaping @Sendable (Value) -> Bool,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Value {
        try await awaitObject(
            Application.resource, name, namespace: Self.namespace, seconds: seconds, condition, at: location)
    }

    /// Waits until an application is synced to a revision and healthy.
    @discardableResult
    func awaitSynced(
        _ name: String, to revision: String, seconds: Int = 300,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Value {
        try await awaitApplication(
            name, seconds: seconds,
            { object in
                object["status", "sync", "status"]?.stringValue == "Synced"
                    && object["status", "sync", "revision"]?.stringValue == revision
                    && object["status", "health", "status"]?.stringValue == "Healthy"
                    && object["status", "operationState", "phase"]?.stringValue != "Running"
            }, at: location)
    }

    /// Waits until an object is as it should be, by watching it.
    @discardableResult
    func awaitObject(
        _ resource: GroupVersionResource, _ name: String, namespace: String?, seconds: Int = 300,
        _ condition: @escaping @Sendable (Value) -> Bool, at location: SourceLocation = #_sourceLocation
    ) async throws -> Value {
        let client = client
        let found = try await Timeline.continuous.withTimeout(.seconds(seconds)) { () -> Value? in
            let selection = Selection(fields: "metadata.name=\(name)")
            let events = try await client.watch(
                resource, namespace: namespace, selection: selection, from: .withInitialEvents)
            for try await event in events {
                switch event {
                case .added(let object), .modified(let object):
                    if condition(object) { return object }
                case .deleted, .bookmark: continue
                }
            }
            return nil
        }
        if let found, let found { return found }
        var now = try? await client.get(resource, name, namespace: namespace)
        now?.set(nil, at: ["metadata", "managedFields"])
        Issue.record(
            "\(name) did not become what was awaited: \(now.map { JSON.string($0, options: .pretty) } ?? "gone")",
            sourceLocation: location)
        throw CancellationError()
    }

    /// Waits until an event of a reason has been written, which is done beside the work.
    func awaitEvent(_ reason: String, at location: SourceLocation = #_sourceLocation) async throws {
        let client = client
        let found = try await Timeline.continuous.withTimeout(.seconds(300)) { () -> Bool in
            let events = try await client.watch(
                .events, namespace: Self.namespace, selection: .all, from: .withInitialEvents)
            for try await case .added(let event) in events where event["reason"]?.stringValue == reason {
                return true
            }
            return false
        }
        if found != true { Issue.record("there is no event \(reason)", sourceLocation: location) }
    }

    /// Waits until an object is gone.
    func awaitAbsence(
        _ resource: GroupVersionResource, _ name: String, namespace: String?,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let client = client
        let isGone = try await Timeline.continuous.withTimeout(.seconds(300)) { () -> Bool in
            while true {
                let list = try await client.list(
                    resource, namespace: namespace, selection: Selection(fields: "metadata.name=\(name)"))
                if list.items.isEmpty { return true }
                let events = try await client.watch(
                    resource, namespace: namespace, selection: Selection(fields: "metadata.name=\(name)"),
                    from: .after(list.resourceVersion))
                for try await event in events {
                    if case .deleted = event { return true }
                }
            }
        }
        if isGone != true { Issue.record("\(name) is still there", sourceLocation: location) }
    }
}

/// Short manifests.
enum Manifests {
    static func configMap(
        _ name: String, _ data: [String: String] = ["key": "value"], annotations: [String: String] = [:]
    )
        -> String
    {
        var object: Value = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)]]
        for (key, value) in annotations { object.metadata.annotations[key] = value }
        for (key, value) in data.sorted(by: { $0.key < $1.key }) {
            object.set(.string(value), at: ["data", key])
        }
        return YAML.string(object)
    }

    static func namespace(_ name: String) -> String {
        YAML.string(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
    }
}
