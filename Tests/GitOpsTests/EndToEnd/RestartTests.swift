import ClusterTestSupport
import Git
import GitOps
import KubeClient
import KubeModel
import KubeServer
import Manifest
import TestSupport
import Testing

/// A controller that starts from the objects alone, as after a crash.
@Suite struct RestartTests {
    private static func withController<Result: Sendable>(
        _ client: KubeClient, _ repository: GitRepository, _ directory: String,
        _ settings: GitOpsSettings = GitOpsSettings(),
        _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        var repositories = Repositories()
        repositories.enter(repository, at: Installation.url)
        let controller = GitOpsController(
            client, repositories: repositories, settings: settings, logger: .silent)
        let installation = Installation(
            client: client, repository: repository, controller: controller, directory: directory)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            try await controller.install()
            group.addTask { await controller.run() }
            let result = try await body(installation)
            group.cancelAll()
            return result
        }
    }

    @Test
    func `a sync goes on where it was, with the hook it has made, and kinds that are gone are still pruned`()
        async throws
    {
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        try await withTemporaryDirectory { directory in
            let repository = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            try await withServer { server in
                let client = KubeClient(InProcessTransport(server))
                let hook = ["argocd.argoproj.io/hook": "PreSync"]
                let (commit, uid) = try await Self.withController(client, repository, directory) {
                    installation in
                    let commit = try await installation.commit([
                        "shop/pre.yaml": Manifests.job("slow-migrate", annotations: hook),
                        "shop/map.yaml": Manifests.configMap("one"),
                        "shop/account.yaml":
                            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\n",
                    ])
                    try await installation.createApplication(
                        "shop",
                        policy: ["automated": ["prune": true], "syncOptions": ["CreateNamespace=true"]])
                    try await installation.awaitApplication("shop") {
                        $0["status", "operationState", "message"]?.stringValue?.contains("slow-migrate")
                            ?? false
                    }
                    return (
                        commit, try await client.get(.jobs, "slow-migrate", namespace: "shop").metadata.uid
                    )
                }
                try await Self.withController(client, repository, directory) { installation in
                    let time = Value.string(client.timeline.date.rfc3339)
                    try await client.patch(
                        .jobs, "slow-migrate", namespace: "shop",
                        .merge([
                            "status": [
                                "startTime": time, "completionTime": time, "succeeded": 1,
                                "conditions": [
                                    ["type": "SuccessCriteriaMet", "status": "True"],
                                    ["type": "Complete", "status": "True"],
                                ],
                            ]
                        ]), subresource: "status")
                    try await installation.awaitSynced("shop", to: commit)
                    #expect(
                        try await client.get(.jobs, "slow-migrate", namespace: "shop").metadata.uid == uid)
                }
                let next = try await Installation(
                    client: client, repository: repository,
                    controller: GitOpsController(client, repositories: Repositories(), logger: .silent),
                    directory: directory
                ).commit(["shop/account.yaml": "", "shop/pre.yaml": ""])
                try await Self.withController(client, repository, directory) { installation in
                    try await installation.awaitSynced("shop", to: next)
                    let accounts = GroupVersionResource(version: "v1", resource: "serviceaccounts")
                    try await installation.awaitAbsence(accounts, "robot", namespace: "shop")
                }
            }
        }
    }

    @Test func `what a commit has deleted counts on after a restart`() async throws {
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        var settings = GitOpsSettings()
        // No storm, so that only the deletions hold back.
        settings.storm.threshold = 100
        let chosen = settings
        let names = (0..<6).map { "app\($0)" }
        try await withTemporaryDirectory { directory in
            let repository = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            try await withServer { server in
                let client = KubeClient(InProcessTransport(server))
                try await Self.withController(client, repository, directory, chosen) { installation in
                    var files: [String: String] = [:]
                    for name in names {
                        for number in 0..<4 {
                            files["\(name)/\(number).yaml"] = Manifests.configMap("\(name)-\(number)")
                        }
                    }
                    let first = try await installation.commit(files)
                    for name in names {
                        try await installation.createApplication(
                            name,
                            policy: ["automated": ["prune": true], "syncOptions": ["CreateNamespace=true"]])
                    }
                    for name in names { try await installation.awaitSynced(name, to: first) }
                    let second = try await installation.commit(
                        Dictionary(uniqueKeysWithValues: names.map { ("\($0)/0.yaml", "") }))
                    for name in names {
                        try await installation.awaitApplication(name) { object in
                            Self.isHeld(object)
                                || object["status", "sync", "status"] == "Synced"
                                    && object["status", "sync", "revision"]?.stringValue == second
                        }
                    }
                }
                // What is said after the restart is said by who has started anew.
                let held = try await client.listAll(Application.resource, namespace: Installation.namespace)
                    .filter(Self.isHeld).map(\.metadata.name)
                #expect(held.count == 3)
                for name in held {
                    try await client.patch(
                        Application.resource, name, namespace: Installation.namespace,
                        .merge(["status": ["operationState": ["message": "before the restart"]]]),
                        subresource: "status")
                }
                try await Self.withController(client, repository, directory, chosen) { installation in
                    for name in held { try await installation.awaitApplication(name) { Self.isHeld($0) } }
                    let left = try await client.listAll(.configMaps, namespace: "shop")
                        .filter { $0.metadata.name.hasSuffix("-0") }
                    #expect(left.count == 3)
                }
            }
        }
    }

    private static func isHeld(_ application: Value) -> Bool {
        let message = application["status", "operationState", "message"]?.stringValue ?? ""
        return message.contains("the commit would delete")
    }
}
