import ClusterTestSupport
import Git
import GitOps
import KubeClient
import KubeModel
import KubeServer
import Manifest
import TestSupport
import Testing

@Suite struct OperationTests {
    private static let options: Value = ["syncOptions": ["CreateNamespace=true"]]

    @Test func `a sync that is only tried changes nothing`() async throws {
        try await Installation.run { installation in
            try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
            try await installation.createApplication("shop", policy: Self.options)
            try await installation.awaitApplication("shop") { $0["status", "sync", "status"] == "OutOfSync" }
            try await installation.patchApplication(
                "shop", ["operation": ["initiatedBy": ["username": "ada"], "sync": ["dryRun": true]]])
            let application = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Succeeded" && $0["operation"] == nil
            }
            #expect(application["status", "sync", "status"] == "OutOfSync")
            #expect(application["status", "history"] == nil)
            #expect(try await installation.client.list(.configMaps, namespace: "shop").items.isEmpty)
        }
    }

    @Test func `a revision that somebody names is synced and kept while nothing is automated`() async throws {
        try await Installation.run { installation in
            let first = try await installation.commit([
                "shop/one.yaml": Manifests.configMap("one", ["v": "1"])
            ])
            try await installation.commit(["shop/one.yaml": Manifests.configMap("one", ["v": "2"])])
            try await installation.createApplication("shop", policy: Self.options)
            try await installation.awaitApplication("shop") { $0["status", "sync", "status"] == "OutOfSync" }
            try await installation.patchApplication(
                "shop",
                ["operation": ["initiatedBy": ["username": "ada"], "sync": ["revision": .string(first)]]])
            let application = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Succeeded"
            }
            #expect(
                application["status", "operationState", "syncResult", "revision"]?.stringValue == first)
            let object = try await installation.client.get(.configMaps, "one", namespace: "shop")
            #expect(object["data", "v"] == "1")
        }
    }

    @Test func `what is not supported in an operation is refused by name`() async throws {
        try await Installation.run { installation in
            try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
            try await installation.createApplication("shop", policy: Self.options)
            try await installation.awaitApplication("shop") { $0["status", "sync", "status"] == "OutOfSync" }
            try await installation.patchApplication(
                "shop", ["operation": ["sync": ["resources": [["kind": "ConfigMap", "name": "one"]]]]])
            let application = try await installation.awaitApplication("shop") {
                $0["status", "operationState", "phase"] == "Error"
            }
            #expect(
                application["status", "operationState", "message"]?.stringValue?
                    .hasPrefix("operation.sync.resources: selective sync") ?? false)
        }
    }

    @Test func `a repository elsewhere is mirrored, and a webhook has it asked at once`() async throws {
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        try await withTemporaryDirectory { directory in
            let origin = try await GitRepository.create(at: "\(directory)/origin.git", program: program)
            let url = "\(directory)/origin.git"
            try await withServer { server in
                let client = KubeClient(InProcessTransport(server))
                let repositories = Repositories { address in
                    var remote = Remote(url: address)
                    remote.allowsLocal = true
                    return .remote(remote, mirror: "\(directory)/mirror.git", program)
                }
                let controller = GitOpsController(client, repositories: repositories, logger: .silent)
                let installation = Installation(
                    client: client, repository: origin, controller: controller, directory: directory)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await controller.install()
                    group.addTask { await controller.run() }
                    let first = try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
                    try await installation.createApplication(
                        "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]],
                        spec: ["source": ["repoURL": .string(url), "path": "shop", "targetRevision": "main"]])
                    try await installation.awaitSynced("shop", to: first)
                    let second = try await installation.commit(["shop/two.yaml": Manifests.configMap("two")])
                    let body = JSON.write(["project": ["git_http_url": .string(url)]])
                    try controller.receive(
                        headers: ["x-gitlab-event": "Push Hook", "x-gitlab-token": "t"], body: body,
                        secret: "t")
                    try await installation.awaitSynced("shop", to: second)
                    group.cancelAll()
                }
            }
        }
    }

    @Test func `objects that belong to nobody are told where the project asks for it`() async throws {
        try await Installation.run { installation in
            let project: Value = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": ["name": "tidy"],
                "spec": [
                    "sourceRepos": ["*"], "destinations": [["server": "*", "namespace": "*"]],
                    "orphanedResources": [
                        "warn": true, "ignore": [["kind": "ConfigMap", "name": "known-*"]],
                    ],
                ],
            ]
            try await installation.client.create(
                AppProject.resource, project, namespace: Installation.namespace)
            let commit = try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
            try await installation.createApplication(
                "shop", project: "tidy", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
            try await installation.awaitSynced("shop", to: commit)
            for name in ["known-a", "stray"] {
                try await installation.client.create(
                    .configMaps, ["metadata": ["name": .string(name)]], namespace: "shop")
            }
            try await installation.patchApplication(
                "shop", ["metadata": ["annotations": [Application.refreshAnnotation: "normal"]]])
            try await installation.awaitApplication("shop") { object in
                (object["status", "conditions"]?.arrayValue ?? []).contains {
                    $0["message"] == "Application has 1 orphaned resources, such as ConfigMap/shop/stray"
                }
            }
        }
    }
}
