import ClusterTestSupport
import Foundation
import Git
import GitOps
import KubeClient
import KubeModel
import KubeServer
import Manifest
import TestSupport
import Testing

/// Repositories that cannot be asked any more.
@Suite struct SilentRepositoryTests {
    @Test func `an application says that its repository does not answer, until it does again`() async throws {
        let program = try GitProgram(path: try #require(Program.path("git")), isDurable: false)
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/config.git"
            let repository = try await GitRepository.create(at: path, program: program)
            var remote = Remote(url: path)
            remote.allowsLocal = true
            let elsewhere = remote
            var settings = GitOpsSettings()
            settings.pollInterval = .seconds(1)
            let chosen = settings
            try await withServer { server in
                let client = KubeClient(InProcessTransport(server))
                let controller = GitOpsController(
                    client,
                    repositories: Repositories { _ in
                        .remote(elsewhere, mirror: "\(directory)/mirror.git", program)
                    }, settings: chosen, logger: .silent)
                let installation = Installation(
                    client: client, repository: repository, controller: controller, directory: directory)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await controller.install()
                    group.addTask { await controller.run() }
                    let first = try await installation.commit(["shop/one.yaml": Manifests.configMap("one")])
                    try await installation.createApplication(
                        "shop", policy: ["automated": [:], "syncOptions": ["CreateNamespace=true"]])
                    try await installation.awaitSynced("shop", to: first)

                    try FileManager.default.moveItem(atPath: path, toPath: "\(path).away")
                    let silent = try await installation.awaitApplication("shop") { Self.fault(of: $0) != nil }
                    let message = try #require(Self.fault(of: silent))
                    #expect(message.contains("https://git.example.com/team/config has not answered since"))
                    #expect(silent["status", "sync", "status"] == "Synced")

                    try FileManager.default.moveItem(atPath: "\(path).away", toPath: path)
                    try await installation.awaitApplication("shop") { Self.fault(of: $0) == nil }
                    let next = try await installation.commit(
                        ["shop/two.yaml": Manifests.configMap("two")], tells: false)
                    let synced = try await installation.awaitSynced("shop", to: next)
                    #expect(Self.fault(of: synced) == nil)
                    group.cancelAll()
                }
            }
        }
    }

    private static func fault(of application: Value) -> String? {
        let conditions = application["status", "conditions"]?.arrayValue ?? []
        return conditions.first { $0["type"] == "ComparisonError" }?["message"]?.stringValue
    }
}
