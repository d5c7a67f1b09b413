import Git
import KubeClient
import KubeModel
import Manifest
import Promotion
import Synchronization
import Testing

/// Releases that are built when a newer one is there already.
struct LateReleaseTests {
    /// A history that counts what it is asked.
    private final class CountingHistory: SourceHistory {
        private let history: any SourceHistory
        private let questions = Mutex<[String: Int]>([:])

        init(_ history: any SourceHistory) { self.history = history }

        func change(in repository: String, from: String?, to: String) async throws -> SourceChange {
            try await history.change(in: repository, from: from, to: to)
        }

        func isAncestor(_ commit: String, of other: String, in repository: String) async -> Bool? {
            questions.withLock { $0[commit, default: 0] += 1 }
            return await history.isAncestor(commit, of: other, in: repository)
        }

        func count(of commit: String) -> Int { questions.withLock { $0[commit] ?? 0 } }
    }

    @Test func `a release that comes late goes nowhere, is recorded, and its history is looked up once`()
        async throws
    {
        try await PromotionFixture.prepared { fixture in
            let source = fixture.source
            let history = CountingHistory(GitSourceHistory { $0 == "orders" ? source : nil })
            try await fixture.withProgram(sources: history) {
                let late = try await fixture.commit(1)
                let second = try await fixture.release(2)
                try await fixture.wait("dev") { $0.release == second && $0.phase == .verified }
                let name = try await fixture.announce(late, 1)
                let record = try await fixture.wait(.promotions, .all) {
                    $0["spec", "release"]?.stringValue == name && $0["status", "phase"] != nil
                }
                #expect(record["status", "phase"]?.stringValue == "Superseded")
                #expect(
                    record["status", "message"]?.stringValue
                        == "skipped: \(second) has its change, and was there first")
                // Many looks later.
                let third = try await fixture.release(3)
                try await fixture.wait("staging") { $0.release == third && $0.phase == .verified }
                #expect(history.count(of: late.hex) == 1)
                let all = try await fixture.client.listAll(.promotions, namespace: "slipway")
                #expect(all.count { $0["spec", "release"]?.stringValue == name } == 1)
            }
        }
    }
}
