import Foundation
import Git
import KubeClient
import KubeModel
import KubeServer
import Logging
import Manifest
import Promotion

/// From a Release object to the commit for the first environment, through the API server and the whole program.
struct ProgramBenchmark {
    let directory: String
    let program: GitProgram
    private static let rounds = 20
    private static let file = "services/orders/overlays/dev/kustomization.yaml"

    func run() async throws {
        let git = try await GitRepository.create(at: "\(directory)/program.git", program: program)
        let author = Signature(name: "Ada", email: "ada@example.org", seconds: 1_767_000_000)
        let delivery = """
            apiVersion: slipway.dev/v1alpha1
            kind: Delivery
            metadata: {name: orders}
            spec:
              environments: [{name: dev}]

            """
        let first = try await git.commit(
            [
                .write("services/orders/delivery.yaml", Array(delivery.utf8)),
                .write(Self.file, Array("images:\n- name: orders\n".utf8)),
            ], on: nil, author: author, message: "Begin")
        try await git.update([.create("refs/heads/main", first)])
        var configuration = APIServer.Configuration(store: .file(path: "\(directory)/cluster.db"))
        configuration.logger = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
        let server = try await APIServer.open(configuration)
        let client = KubeClient(InProcessTransport(server))
        var settings = PromotionSettings()
        settings.repositoryURL = "http://localhost/slipway/config.git"
        let promotion = PromotionProgram(
            client: client, branch: try GitConfigBranch(git, name: "slipway/config"), settings: settings,
            sources: GitSourceHistory { _ in nil },
            logger: Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await promotion.install()
            group.addTask { try await promotion.run() }
            var times: [Double] = []
            for number in 1...Self.rounds {
                times.append(try await measure(number, client, git))
                try await takeUp(client, git)
            }
            PromotionBenchmarks.row(
                "from a Release object to the commit for dev, ms p50 / most",
                String(format: "%.0f / %.0f", PromotionBenchmarks.percentile(times, 0.5), times.max() ?? 0))
            group.cancelAll()
        }
        try server.close()
    }

    /// What a cluster does that has at once what git has; the next release waits for it.
    private func takeUp(_ client: KubeClient, _ git: GitRepository) async throws {
        guard let head = try await git.reference("refs/heads/main") else { return }
        let status: Value = [
            "sync": ["status": "Synced", "revision": .string(head.hex)], "health": ["status": "Healthy"],
        ]
        // It is made once git has an image there.
        while true {
            do {
                try await client.patch(
                    Application.resource, "orders-dev", namespace: "slipway", .merge(["status": status]),
                    subresource: Application.definition.status == nil ? nil : "status")
                break
            } catch let error as APIError where error.isNotFound {
                try await client.timeline.sleep(for: .milliseconds(5))
            }
        }
        while true {
            let delivery = try await client.get(.deliveries, "orders", namespace: "slipway")
            let place = delivery["status", "environments"]?[0]
            if place?["phase"] == "Verified", place?["configCommit"]?.stringValue == head.hex { return }
            try await client.timeline.sleep(for: .milliseconds(5))
        }
    }

    private func measure(_ number: Int, _ client: KubeClient, _ git: GitRepository) async throws -> Double {
        let digest = PromotionBenchmarks.digest(5_000_000 + number)
        let hex = String(number, radix: 16)
        let commit = String(repeating: "a", count: 40 - hex.count) + hex
        let spec = ReleaseSpec(
            repository: "orders", commit: commit, tree: commit,
            image: .init(repository: "registry.local/orders", tag: commit, digest: digest))
        let clock = ContinuousClock()
        let start = clock.now
        try await client.create(
            .releases,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Release",
                "metadata": ["name": .string("orders-\(number)")], "spec": try ValueEncoder().encode(spec),
            ], namespace: "slipway")
        while true {
            if let head = try await git.reference("refs/heads/main"),
                let bytes = try await git.blob(Self.file, at: head),
                String(decoding: bytes, as: UTF8.self).contains(digest)
            {
                return PromotionBenchmarks.milliseconds(start.duration(to: clock.now))
            }
            try await clock.sleep(for: .milliseconds(2))
        }
    }
}
