import ClusterTestSupport
import Git
import KubeClient
import KubeModel
import KubeServer
import Manifest
import Promotion
import TestSupport
import Testing

@testable import Dashboard

/// A service of one environment, production, with promotion itself at work: what it promotes is in git.
struct PromotedService: Sendable {
    let client: KubeClient
    let git: GitRepository

    static let file = "services/orders/overlays/production/kustomization.yaml"
    static let digest = DeliveryWorld.digest
    static let commit = DeliveryWorld.commit
    static let release = "orders-\(commit.prefix(12))"

    /// Everything that is there was written by Dora.
    private struct DorasHistory: SourceHistory {
        func change(in repository: String, from: String?, to: String) async throws -> SourceChange {
            SourceChange(authors: ["dora"], commits: [to])
        }

        func isAncestor(_ commit: String, of other: String, in repository: String) async -> Bool? { false }
    }

    /// Runs a body beside promotion.
    static func with(
        _ fixture: DashboardFixture, _ body: @escaping @Sendable (PromotedService) async throws -> Void
    ) async throws {
        let path = try #require(Program.path("git"))
        try await withTemporaryDirectory { directory in
            let program = try GitProgram(path: path, isDurable: false)
            let git = try await GitRepository.create(at: "\(directory)/config.git", program: program)
            let delivery = """
                apiVersion: slipway.dev/v1alpha1
                kind: Delivery
                metadata: {name: orders}
                spec:
                  environments: [{name: production, approvals: 1}]

                """
            let first = try await git.commit(
                [
                    .write("services/orders/delivery.yaml", Array(delivery.utf8)),
                    .write(file, Array("images:\n- name: orders\n  newName: r/orders\n".utf8)),
                ], on: nil,
                author: Signature(name: "Dora", email: "dora@example.org", seconds: 1_767_000_000),
                message: "Begin")
            try await git.update([.create("refs/heads/main", first)])
            let promotion = PromotionProgram(
                client: fixture.client, branch: try GitConfigBranch(git, name: "slipway/config"),
                sources: DorasHistory(), logger: .silent)
            try await promotion.install()
            let service = PromotedService(client: fixture.client, git: git)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await program.run() }
                group.addTask { try await promotion.run() }
                try await service.makeRelease()
                try await body(service)
                group.cancelAll()
            }
        }
    }

    private func makeRelease() async throws {
        let spec = ReleaseSpec(
            repository: "orders", commit: Self.commit, tree: Self.commit,
            image: .init(repository: "r/orders", tag: Self.commit, digest: Self.digest))
        try await client.create(
            .releases,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Release",
                "metadata": ["name": .string(Self.release)], "spec": try ValueEncoder().encode(spec),
            ], namespace: "slipway")
    }

    /// What git has for production, and how the commit that brought it was allowed.
    func production() async throws -> (text: String, approvals: [String]) {
        let head = try #require(try await git.reference("refs/heads/main"))
        let text = String(decoding: try #require(try await git.blob(Self.file, at: head)), as: UTF8.self)
        return (text, PromotionEntry(try await git.commit(head))?.approvals ?? [])
    }
}
