import Forge
import Git
import KubeClient
import KubeModel
import Manifest
import Testing

/// Promotions on a protected branch: commits that no pull request brings, each with its signed record.
struct PromotionLandingTests {
    private static let author = Signature(name: "Slipway", email: "slipway@localhost", seconds: 1_767_000_000)
    private static let key = ObjectKey(namespace: "default", name: "config")

    private static func series(_ git: GitRepository, on base: ObjectID, _ numbers: [Int]) async throws
        -> CommitSeries
    {
        var series = CommitSeries(on: base, in: git)
        for number in numbers {
            try await series.append(
                [.write("services/s\(number)/digest", Array("\(number)".utf8))], author: author,
                message: "Promote \(number)\n\nPromotion: p-\(number)\n")
        }
        try await series.write()
        return series
    }

    @Test func `promotions land together and the auditor accepts each`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository(
                "config", .init(gates: RepositorySpec.Gates.none, autoMerge: true))
            _ = try await fixture.begin("config")
            let base = try #require(try await git.reference("refs/heads/main"))
            for numbers in [[1], [2, 3, 4]] {
                let from = try #require(try await git.reference("refs/heads/main"))
                let series = try await Self.series(git, on: from, numbers)
                try await fixture.forge.land(series, promotions: numbers.map { "p-\($0)" }, in: Self.key)
                #expect(try await git.reference("refs/heads/main") == series.tip)
                try await fixture.wait(.repositories, "config") {
                    $0["status", "audit", "commit"]?.stringValue == series.tip.hex
                        && $0.conditions.isTrue("Attested")
                }
                try await fixture.wait(.repositories, "config") {
                    $0["status", "head"]?.stringValue == series.tip.hex
                }
            }
            #expect(
                try await git.commits(
                    of: try #require(try await git.reference("refs/heads/main")), excluding: [base]
                ).count == 4)
            // One made for a head that is no longer the branch's changes nothing.
            let late = try await Self.series(git, on: base, [9])
            let error = await #expect(throws: ForgeError.self) {
                try await fixture.forge.land(late, promotions: ["p-9"], in: Self.key)
            }
            #expect(error?.code == .conflict)
        }
    }

    @Test func `where commits need verdicts no promotion lands`() async throws {
        try await ForgeFixture.with { fixture in
            let git = try await fixture.repository("config")
            _ = try await fixture.begin("config")
            let base = try #require(try await git.reference("refs/heads/main"))
            let series = try await Self.series(git, on: base, [1, 2])
            let error = await #expect(throws: ForgeError.self) {
                try await fixture.forge.land(series, promotions: ["p-1", "p-2"], in: Self.key)
            }
            #expect(error?.code == .unsupported)
            #expect(try await git.reference("refs/heads/main") == base)
        }
    }
}
