import Git
import KubeClient
import KubeModel
import Manifest
import Promotion
import Synchronization
import Testing

/// One service's git does not answer, and there is one worker for all: the others are served nevertheless.
struct SlowGitTests {
    /// Histories of which those of one repository never answer.
    private struct HangingHistory: SourceHistory {
        let history: any SourceHistory
        let asked: @Sendable () -> Void

        func change(in repository: String, from: String?, to: String) async throws -> SourceChange {
            if repository == "slow" { try await hang() }
            return try await history.change(in: repository, from: from, to: to)
        }

        func isAncestor(_ commit: String, of other: String, in repository: String) async -> Bool? {
            if repository == "slow" { try? await hang() }
            return await history.isAncestor(commit, of: other, in: repository)
        }

        private func hang() async throws {
            asked()
            try await Task.sleep(for: .seconds(86_400))
        }
    }

    /// A branch that a move with a promotion of `slow` keeps from moving until it is let go.
    private struct HangingBranch: ConfigBranch {
        let branch: GitConfigBranch
        let gate: Gate

        var name: String { branch.name }
        var reference: String { branch.reference }
        var repository: GitRepository { branch.repository }

        func head() async throws -> ObjectID? { try await branch.head() }

        func land(_ series: CommitSeries, promotions: [String]) async throws {
            if promotions.contains(where: { $0.hasPrefix("slow-") }) { await gate.pass() }
            try await branch.land(series, promotions: promotions)
        }
    }

    /// Holds whoever comes until it is opened.
    private final class Gate: Sendable {
        private let (opened, opener) = AsyncStream<Void>.makeStream()
        private let (come, comer) = AsyncStream<Void>.makeStream()

        func pass() async {
            comer.yield()
            for await _ in opened {}
        }

        func open() { opener.finish() }

        func waitForSomebody() async {
            for await _ in come { return }
        }
    }

    private static let slow = """
        apiVersion: slipway.dev/v1alpha1
        kind: Delivery
        metadata: {name: slow}
        spec:
          environments:
            - name: NAME

        """

    private static func files(_ environment: String) -> [String: String] {
        var files = PromotionFixture.files
        files["services/slow/delivery.yaml"] = slow.replacing("NAME", with: environment)
        files["services/slow/overlays/\(environment)/kustomization.yaml"] = "resources: []\n"
        return files
    }

    private static func releaseSlow(_ number: Int, _ fixture: PromotionFixture) async throws {
        let spec = ReleaseSpec(
            repository: "slow", commit: commitName(number), tree: commitName(number),
            image: .init(
                repository: "registry.local/slow", tag: commitName(number), digest: digest(100 + number)),
            gates: [], builtAt: Timestamp(seconds: 1_767_000_000 + Int64(number)).rfc3339)
        try await fixture.client.create(
            .releases,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Release",
                "metadata": ["name": .string("slow-\(number)")], "spec": try ValueEncoder().encode(spec),
            ], namespace: PromotionFixture.namespace)
    }

    private static func rollBack(_ fixture: PromotionFixture) async throws {
        try await fixture.person("bob").create(
            Rollback.resource,
            [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback", "metadata": ["name": "back"],
                "spec": ["service": "orders", "environment": "dev", "reason": "it is slow"],
            ], namespace: PromotionFixture.namespace)
    }

    @Test func `a history that does not answer keeps only its own service waiting, and says so`() async throws
    {
        try await PromotionFixture.prepared(Self.files("production")) { fixture in
            let (asked, asker) = AsyncStream<Void>.makeStream()
            let source = fixture.source
            let history = HangingHistory(history: GitSourceHistory { $0 == "orders" ? source : nil }) {
                asker.yield()
            }
            try await fixture.withProgram(sources: history, concurrency: 1) {
                try await Self.releaseSlow(1, fixture)
                for await _ in asked { break }
                let waits = try await fixture.wait(.deliveries, "slow") {
                    $0["status", "environments"]?[0]?["waiting"] != nil
                }
                let blocker = waits["status", "environments"]?[0]?["waiting"]?[0]?["blocker"]
                #expect(blocker?["reason"]?.stringValue == "AuthorsUnknown")
                #expect(blocker?["message"]?.stringValue == "who wrote the change is being looked up")
                for number in 1...2 {
                    let name = try await fixture.release(number)
                    try await fixture.wait("dev") { $0.release == name && $0.phase == .verified }
                }
                try await Self.rollBack(fixture)
                let answer = try await fixture.wait(Rollback.resource, "back") {
                    $0["status", "phase"] != nil
                }
                #expect(answer["status", "phase"]?.stringValue == "Reverted")
            }
        }
    }

    @Test func `users are back while git keeps another service's promotion, and git follows`() async throws {
        try await PromotionFixture.prepared(Self.files("dev")) { fixture in
            let gate = Gate()
            let branch = HangingBranch(branch: fixture.config.branch, gate: gate)
            try await fixture.withProgram(branch: branch, concurrency: 1) {
                for number in 1...2 {
                    let name = try await fixture.release(number)
                    try await fixture.wait("dev") { $0.release == name && $0.phase == .verified }
                }
                try await fixture.client.create(
                    Rollout.resource, RollbackProgramTests.rollout, namespace: "orders-dev")
                try await Self.releaseSlow(1, fixture)
                await gate.waitForSomebody()
                try await Self.rollBack(fixture)
                try await fixture.wait(Rollout.resource, "orders", in: "orders-dev") { rollout in
                    let container = rollout["spec", "template", "spec", "containers"]?[0]
                    return container?["image"]?.stringValue == "registry.local/orders@\(digest(1))"
                }
                let told = try await fixture.wait(Rollback.resource, "back") {
                    $0["status", "message"] != nil
                }
                #expect(told["status", "message"]?.stringValue == "being written to git")
                #expect(told["status", "phase"] == nil)
                gate.open()
                let answer = try await fixture.wait(Rollback.resource, "back") {
                    $0["status", "phase"] != nil
                }
                #expect(answer["status", "phase"]?.stringValue == "Reverted")
                #expect(try await fixture.overlay("dev").contains(digest(1)))
            }
        }
    }
}
