import Git
import KubeModel
import Testing

@testable import Promotion

/// The commits of promotions, found again after a crash.
struct PromotionTrailTests {
    /// Adds commits of others to a file, all of them together.
    private static func edit(_ config: ConfigRepository, _ file: String, times: Int) async throws {
        let head = try await config.head()
        let text = try await config.text(file)
        var series = CommitSeries(on: head, in: config.git)
        for number in 1...times {
            _ = try await series.append(
                [.write(file, Array("\(text)# \(number)\n".utf8))],
                author: Signature(name: "Bob", email: "bob@example.org", seconds: 1_600_000_000),
                message: "Edit \(number)")
        }
        try await series.write()
        try await config.git.update([.move("refs/heads/main", from: head, to: series.tip)])
    }

    @Test func `a promotion is found by its name when its file has changed hundreds of times since`()
        async throws
    {
        let file = "services/all.yaml"
        let target = FieldTarget(file: file, place: .imageDigest("orders"))
        try await ConfigRepository.with([file: "images:\n- name: orders\n  digest: \(digest(1))\n"]) {
            config in
            let intent = PromotionIntent.test(target: target, expected: digest(1), value: digest(2))
            let landing = try await config.withLane { try await $0.submit(intent) }
            try await Self.edit(config, file, times: 230)
            var record = LineState.Record(
                name: intent.reason.promotion,
                spec: PromotionSpec(
                    service: "orders", environment: "production", release: "orders-r1", digest: digest(2),
                    image: "registry.local/orders", commit: commitName(1), kind: .promotion, sequence: 1),
                status: PromotionStatus(), number: 1)
            record.value = digest(2)
            record.status.createdAt = "2020-01-01T00:00:00Z"
            let heads = HeadReader(config.branch)
            for times in [0, 3] {
                // Also when the branch has moved on since it was looked up.
                if times > 0 { try await Self.edit(config, file, times: times) }
                let head = try await config.head()
                let answer = try await heads.read(target, at: head, known: nil, landing: [record])
                guard case .value(let value, let change) = answer else {
                    Issue.record("\(answer)")
                    return
                }
                #expect(value == digest(2) && change?.commit == landing.commit.hex)
                #expect(change?.promotion == intent.reason.promotion)
            }
            // What another wrote is not taken for it.
            record.name = "orders-production-9"
            let answer = try await heads.read(
                target, at: try await config.head(), known: nil, landing: [record])
            #expect(answer == .value(digest(2), nil))
        }
    }
}
