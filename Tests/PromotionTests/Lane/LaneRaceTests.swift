import Git
import Manifest
import Promotion
import Synchronization
import TestSupport
import Testing

/// Promotions of many services in one file while somebody else pushes to it all the time.
struct LaneRaceTests {
    private static let file = "services/all/overlays/production/kustomization.yaml"
    private static let services = 60

    private static var text: String {
        var text = "resources:\n- ../../base\n# notes: 0\nimages:\n"
        for number in 0..<services {
            text += "- name: svc-\(number)  # team \(number % 7)\n  digest: \(digest(1_000 + number))\n"
        }
        return text
    }

    @Test func `all promotions land, each with its commit, and no push of others is lost`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            var settings = PromotionLane.Settings()
            settings.maximumBatch = 16
            let (pushed, counts) = try await config.withLane(settings) { lane in
                let pushed = try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<Self.services {
                        group.addTask {
                            _ = try await lane.submit(
                                .test(
                                    "svc-\(number)",
                                    target: FieldTarget(
                                        file: Self.file, place: .imageDigest("svc-\(number)")),
                                    expected: digest(1_000 + number), value: digest(2_000 + number),
                                    sequence: number + 1))
                        }
                    }
                    let pushed = try await Self.pushOften(
                        config, until: { lane.counts.landed == Self.services })
                    try await group.waitForAll()
                    return pushed
                }
                return (pushed, lane.counts)
            }
            #expect(counts.landed == Self.services && counts.refused == 0)
            var expected = Self.text.replacing("# notes: 0", with: "# notes: \(pushed)")
            for number in 0..<Self.services {
                expected = expected.replacing(digest(1_000 + number), with: digest(2_000 + number))
            }
            #expect(try await config.text(Self.file) == expected)
            let ids = try await config.git.commits(of: try await config.head(), firstParent: true)
            var promoted: Set<String> = []
            var notes = 0
            for id in ids {
                let commit = try await config.git.commit(id)
                if let entry = PromotionEntry(commit) {
                    #expect(promoted.insert(entry.promotion).inserted)
                } else if commit.subject.hasPrefix("Note") {
                    notes += 1
                }
            }
            #expect(promoted.count == Self.services && notes == pushed)
        }
    }

    /// Changes a line of the same file again and again, as others do who push to it.
    private static func pushOften(
        _ config: ConfigRepository, until isOver: @Sendable () -> Bool
    ) async throws -> Int {
        var pushed = 0
        while !isOver() || pushed == 0 {
            let head = try await config.head()
            let bytes = try #require(try await config.git.blob(file, at: head))
            let text = String(decoding: bytes, as: UTF8.self)
                .replacing("# notes: \(pushed)\n", with: "# notes: \(pushed + 1)\n")
            let commit = try await config.git.commit(
                [.write(file, Array(text.utf8))], on: head,
                author: Signature(name: "Bob", email: "bob@example.org", seconds: 1_767_000_200),
                message: "Note \(pushed + 1)")
            do {
                try await config.git.update([.move("refs/heads/main", from: head, to: commit)])
                pushed += 1
            } catch let error as GitError where error.code == .refMoved {
                continue
            }
        }
        return pushed
    }
}
