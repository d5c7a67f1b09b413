import ClusterTestSupport
import Forge
import Foundation
import Git
import KubeClient
import KubeModel
import KubeServer
import Logging
import Manifest
import Sigstore
import TestSupport
import Testing

/// A whole forge in this process: API server, git over HTTP, hooks, merge queue; and a pipeline that is scripted.
struct ForgeFixture: Sendable {
    let client: KubeClient
    let forge: EmbeddedForge
    let directory: String
    let program: GitProgram
    let gateKey: PrivateKey

    /// Users by their tokens, besides the administrator.
    static let users = ["ada-token": "ada", "bob-token": "bob", "eve-token": "eve"]

    /// Runs a body with a forge.
    static func with<Result: Sendable>(
        gates change: (@Sendable (inout Verdict) -> Void)? = nil, runsGates: Bool = true,
        _ body: @Sendable (ForgeFixture) async throws -> Result
    ) async throws -> Result {
        let hookProgram = try #require(Program.built("slipway"))
        let git = try #require(Program.path("git"))
        var configuration = APIServer.Configuration.testing
        for (token, user) in users { configuration.tokens.add(token, User(name: user)) }
        return try await withTemporaryDirectory { directory in
            try await withServer(configuration) { server in
                let client = KubeClient(InProcessTransport(server))
                try await EmbeddedForge.install(client)
                let program = try GitProgram(path: git, isDurable: false)
                let (queueKey, gateKey) = (PrivateKey.p256(), PrivateKey.ed25519())
                var setting = EmbeddedForge.Configuration(
                    repositories: "\(directory)/git", hooks: "\(directory)/hooks",
                    socket: "\(directory)/run/forge.sock",
                    hookProgram: hookProgram, keys: ForgeKeys(queue: queueKey, gates: [gateKey.publicKey]))
                setting.logger = .silent
                setting.auditInterval = .milliseconds(200)
                setting.housekeepingInterval = .milliseconds(200)
                let forge = EmbeddedForge(client, program: program, configuration: setting)
                let fixture = ForgeFixture(
                    client: client, forge: forge, directory: directory, program: program, gateKey: gateKey)
                var scripted = ScriptedGates(
                    client: client, key: gateKey, repositories: "\(directory)/git", program: program)
                if let change { scripted.change = change }
                return try await fixture.run(body, gates: runsGates ? scripted : nil)
            }
        }
    }

    private func run<Result: Sendable>(
        _ body: @Sendable (ForgeFixture) async throws -> Result, gates: ScriptedGates?
    ) async throws -> Result {
        let (ready, listening) = AsyncStream<Int>.makeStream()
        let listener = ForgeListener(forge, logger: .silent) { listening.yield($0) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            group.addTask { try await forge.run() }
            if let gates { group.addTask { await gates.run() } }
            var ports = ready.makeAsyncIterator()
            _ = await ports.next()
            try await allowEveryone()
            let result = try await body(self)
            group.cancelAll()
            return result
        }
    }

    /// Ada and Bob may do everything with repositories but administer them; Eve may only read.
    private func allowEveryone() async throws {
        func bind(_ role: String, verbs: [Value], to users: [String]) async throws {
            let roles = GroupVersionResource(
                group: "rbac.authorization.k8s.io", version: "v1", resource: "clusterroles")
            let bindings = GroupVersionResource(
                group: "rbac.authorization.k8s.io", version: "v1", resource: "clusterrolebindings")
            try await client.create(
                roles,
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                    "metadata": ["name": .string(role)],
                    "rules": [
                        [
                            "apiGroups": ["slipway.dev"], "resources": ["repositories", "pullrequests"],
                            "verbs": .array(verbs),
                        ]
                    ],
                ], namespace: nil)
            try await client.create(
                bindings,
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                    "metadata": ["name": .string(role)],
                    "roleRef": [
                        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role),
                    ],
                    "subjects": .array(
                        users.map {
                            ["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string($0)]
                        }),
                ], namespace: nil)
        }
        try await bind("developer", verbs: ["get", "push", "review", "merge"], to: ["ada", "bob"])
        try await bind("reader", verbs: ["get"], to: ["eve"])
    }

    /// Makes a repository and waits until it is served.
    @discardableResult
    func repository(_ name: String = "shop", _ spec: RepositorySpec = .init(autoMerge: true)) async throws
        -> GitRepository
    {
        let object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Repository", "metadata": ["name": .string(name)],
            "spec": try ValueEncoder().encode(spec),
        ]
        try await client.create(.repositories, object, namespace: "default")
        try await wait(.repositories, name) { $0.conditions.isTrue("Ready") }
        return git(name)
    }

    func git(_ name: String = "shop") -> GitRepository {
        GitRepository(path: "\(directory)/git/default/\(name).git", program: program)
    }

    /// The URL under which a user pushes.
    func url(_ name: String = "shop", token: String = "ada-token") -> String {
        forge.baseURL.replacing("http://", with: "http://user:\(token)@") + "/default/\(name).git"
    }

    /// Waits until an object is as it should be, and answers it.
    @discardableResult
    func wait(
        _ resource: GroupVersionResource, _ name: String, until isRight: @escaping @Sendable (Value) -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Value {
        try await client.wait(for: resource, name, sourceLocation: sourceLocation, until: isRight)
    }

    func waitForPhase(
        _ name: String, _ phase: PullRequestStatus.Phase, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> PullRequestStatus {
        let object = try await wait(
            .pullRequests, name,
            until: {
                $0["status", "phase"]?.stringValue == phase.rawValue
            }, sourceLocation: sourceLocation)
        return try ValueDecoder().decode(PullRequestStatus.self, from: object["status"] ?? .null)
    }

    func waitForReason(
        _ name: String, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> PullRequestStatus {
        let object = try await wait(
            .pullRequests, name, until: { $0["status", "reason"]?.stringValue == reason },
            sourceLocation: sourceLocation)
        return try ValueDecoder().decode(PullRequestStatus.self, from: object["status"] ?? .null)
    }

    /// A client with an empty repository whose origin is the forge's.
    func developer(_ name: String = "Ada", repository: String = "shop", clones: Bool = true) async throws
        -> ClientGit
    {
        let folder = "\(directory)/work/\(name)-\(UUID().uuidString.prefix(8))"
        let client = try ClientGit(folder, name: name)
        let url = url(repository, token: "\(name.lowercased())-token")
        if clones {
            try await client("clone", "--quiet", url, ".")
        } else {
            try await client("init", "--quiet", "-b", "main")
            try await client("remote", "add", "origin", url)
        }
        return client
    }

    /// Lands the first commit of a repository, with a pipeline file at the root and in the folders given.
    @discardableResult
    func begin(_ name: String = "shop", services: [String] = [""]) async throws -> ClientGit {
        let ada = try await developer(repository: name, clones: false)
        var files = ["README.md": "# \(name)\n"]
        for service in services {
            files[(service.isEmpty ? "" : service + "/") + ".slipway/pipeline.yaml"] = "version: 1\n"
        }
        try await ada.commit("Begin", files)
        try await ada("push", "--quiet", "-o", "auto-merge", "origin", "HEAD:refs/for/main")
        _ = try await waitForPhase("\(name)-1", .merged)
        try await ada("fetch", "--quiet", "origin")
        try await ada("branch", "--quiet", "--set-upstream-to=origin/main", "main")
        return ada
    }
}
