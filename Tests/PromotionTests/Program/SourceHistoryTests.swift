import Git
import KubeModel
import Promotion
import Testing

/// Who wrote a change: all of them, or nobody can say.
struct SourceHistoryTests {
    @Test func `a change that is too large to look through is refused, and not cut`() async throws {
        try await PromotionFixture.prepared { fixture in
            var commits: [ObjectID] = []
            for (number, author) in ["Ada", "Bob", "Cleo", "Dan"].enumerated() {
                commits.append(try await fixture.commit(number, by: author))
            }
            let (source, tip, base) = (fixture.source, commits[3].hex, commits[0].hex)
            let small = GitSourceHistory(limit: 3) { _ in source }
            let change = try await small.change(in: "orders", from: base, to: tip)
            #expect(change.authors.isSuperset(of: ["bob", "cleo", "dan"]) && !change.authors.contains("ada"))
            #expect(change.commits.count == 3)
            let error = await #expect(throws: PromotionError.self) {
                try await small.change(in: "orders", from: nil, to: tip)
            }
            #expect(
                error?.message.hasPrefix(
                    "there are more than 3 commits from the beginning to \(tip.prefix(10)) of orders, ")
                    == true)
        }
    }

    @Test func `nobody's approval counts for a change that is too large, and the blocker says what to do`()
        async throws
    {
        try await PromotionFixture.prepared { fixture in
            let source = fixture.source
            let history = GitSourceHistory(limit: 1) { $0 == "orders" ? source : nil }
            try await fixture.withProgram(sources: history) {
                _ = try await fixture.commit(1, by: "Ada")
                try await fixture.release(2, by: "Cleo")
                try await fixture.approve(2, by: "bob")
                let place = try await fixture.wait("production") {
                    $0.waiting?.last?.blocker?.reason == "AuthorsUnknown"
                        && $0.waiting?.last?.blocker?.message.contains("more than 1 commits") == true
                }
                let message = place.waiting?.last?.blocker?.message ?? ""
                #expect(message.contains("set an earlier release by hand"), "\(message)")
                #expect(place.phase == .empty)
            }
        }
    }
}
