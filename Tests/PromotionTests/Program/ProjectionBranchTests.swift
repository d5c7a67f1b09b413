import ClusterTestSupport
import Git
import KubeModel
import Testing

@testable import Promotion

/// Which branches are deleted when they show nothing any more.
struct ProjectionBranchTests {
    private static let file = "services/orders/overlays/production/kustomization.yaml"
    private static let name = "promote/orders/production"
    private static let reference = "refs/heads/\(name)"

    /// Runs a body with a branch that shows a promotion.
    private static func with(
        _ body: @escaping @Sendable (ConfigRepository, ProjectionBranches, ObjectID) async throws -> Void
    ) async throws {
        try await ConfigRepository.with([file: "images: [{name: orders, digest: \"\(digest(1))\"}]\n"]) {
            config in
            let settings = PromotionLane.Settings()
            let intent = PromotionIntent.test(expected: digest(1), value: digest(2))
            let projection = PromotionProjection(branch: config.branch, settings: settings)
            let commit = try await projection.commit(
                intent, at: try await config.head(), createdAt: "2026-01-01T00:00:00Z")
            let branches = ProjectionBranches(
                branch: config.branch, settings: settings, memory: PromotionMemory(), logger: .silent)
            let head = try #require(commit).id
            try await branches.set(name, to: head)
            try await body(config, branches, head)
        }
    }

    @Test func `a branch with nothing but the projection is deleted, and can be made anew`() async throws {
        try await Self.with { config, branches, head in
            try await branches.remove(Self.name)
            #expect(try await config.git.reference(Self.reference) == nil)
            try await branches.remove(Self.name)
            try await branches.set(Self.name, to: head)
            #expect(try await config.git.reference(Self.reference) == head)
            try await branches.remove(Self.name)
            #expect(try await config.git.reference(Self.reference) == nil)
        }
    }

    @Test(arguments: ["Bob", "Slipway"]) func `a branch that somebody has pushed to stays`(_ name: String)
        async throws
    {
        try await Self.with { config, branches, head in
            let pushed = try await config.git.commit(
                [.write("note.txt", [0x61])], on: head,
                author: Signature(
                    name: name, email: "\(name.lowercased())@localhost", seconds: 1_767_000_100),
                message: "A note")
            try await config.git.update([.set(Self.reference, pushed)])
            try await branches.remove(Self.name)
            #expect(try await config.git.reference(Self.reference) == pushed)
        }
    }

    @Test func `a branch that somebody gave the commit of another stays`() async throws {
        try await Self.with { config, branches, head in
            let other = "promote/orders/staging"
            try await config.git.update([.create("refs/heads/\(other)", head)])
            try await branches.remove(other)
            #expect(try await config.git.reference("refs/heads/\(other)") == head)
        }
    }
}
