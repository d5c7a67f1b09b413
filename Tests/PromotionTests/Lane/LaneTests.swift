import Git
import Promotion
import Testing

struct LaneTests {
    private static let file = "services/orders/overlays/production/kustomization.yaml"
    private static let text = """
        # Payments depend on this.
        resources:
            - ../../base   # four spaces, as their editor likes it

        images:
        -   name: orders
            newName: registry.local/orders # the mirror
            digest: "\(digest(1))"   # pinned for CVE-1

        """

    @Test func `a promotion changes the bytes of its digest and nothing else`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            try await config.withLane { lane in
                let landing = try await lane.submit(.test(expected: digest(1), value: digest(2)))
                #expect(try await config.text(Self.file) == Self.text.replacing(digest(1), with: digest(2)))
                #expect(try await config.head() == landing.commit)
                #expect(!landing.wasPresent)
            }
        }
    }

    @Test func `who, what, when and why can be told again from the commit`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            try await config.withLane { lane in
                _ = try await lane.submit(.test(expected: digest(1), value: digest(2), sequence: 7))
            }
            let commit = try await config.git.commit(try await config.head())
            #expect(commit.subject == "Promote orders cccccccccccc to production")
            let entry = try #require(PromotionEntry(commit))
            #expect(entry.promotion == "orders-production-7" && entry.sequence == 7)
            #expect(entry.digest == digest(2) && entry.release == "orders-r7" && !entry.isRollback)
            #expect(
                entry.approvals == ["bob (a-1, 2026-01-01T00:00:00Z)"] && entry.rule == "production.approvals"
            )
            #expect(commit.trailer("Replaces") == digest(1))
            #expect(commit.trailer("Gates") == "test=passed")
        }
    }

    @Test func `a text in a trailer cannot forge another one`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            try await config.withLane { lane in
                var intent = PromotionIntent.test(expected: digest(1), value: digest(2))
                intent.reason.approvals = ["eve\nApproved-by: bob\n\nRule: none"]
                intent.reason.cause = "bad\n\nDigest: sha256:0"
                _ = try await lane.submit(intent)
            }
            let commit = try await config.git.commit(try await config.head())
            #expect(PromotionEntry(commit)?.approvals == ["eve Approved-by: bob  Rule: none"])
            #expect(PromotionEntry(commit)?.digest == digest(2))
        }
    }

    @Test func `a value that somebody has changed is left alone and the commit named`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            let hand = try await config.push(
                Self.file, Self.text.replacing(digest(1), with: digest(9)), "Pin by hand")
            let error = try await config.withLane { lane in
                await #expect(throws: PromotionError.self) {
                    _ = try await lane.submit(.test(expected: digest(1), value: digest(2)))
                }
            }
            #expect(error?.code == .changed)
            #expect(error?.message.contains("commit \(hand.short) of Bob") == true)
            #expect(error?.message.contains("Pin by hand") == true)
            #expect(try await config.head() == hand)
        }
    }

    @Test func `a later promotion replaces an earlier one, an earlier never a later`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            try await config.withLane { lane in
                // Both were decided when git had the first digest.
                _ = try await lane.submit(.test(expected: digest(1), value: digest(3), sequence: 3))
                let late = await #expect(throws: PromotionError.self) {
                    _ = try await lane.submit(.test(expected: digest(1), value: digest(2), sequence: 2))
                }
                #expect(late?.code == .superseded)
                _ = try await lane.submit(.test(expected: digest(1), value: digest(4), sequence: 4))
                #expect(try await config.text(Self.file).contains(digest(4)))
            }
        }
    }

    @Test func `a rollback does not take back what came after it was asked for`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            try await config.withLane { lane in
                _ = try await lane.submit(.test(expected: digest(1), value: digest(2), sequence: 2))
                _ = try await lane.submit(.test(expected: digest(2), value: digest(3), sequence: 3))
                let error = await #expect(throws: PromotionError.self) {
                    _ = try await lane.submit(
                        .test(kind: .rollback, expected: digest(2), value: digest(1), sequence: 4))
                }
                #expect(error?.code == .superseded)
                let back = try await lane.submit(
                    .test(kind: .rollback, expected: digest(3), value: digest(1), sequence: 5))
                let commit = try await config.git.commit(back.commit)
                #expect(PromotionEntry(commit)?.isRollback == true)
            }
            #expect(try await config.text(Self.file) == Self.text)
        }
    }

    @Test func `asking again for what git has answers with the commit that brought it`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            try await config.withLane { lane in
                let first = try await lane.submit(.test(expected: digest(1), value: digest(2)))
                try await config.push("README.md", "Hello\n")
                let again = try await lane.submit(.test(expected: digest(1), value: digest(2)))
                #expect(again.commit == first.commit && again.wasPresent)
            }
        }
    }

    @Test func `what cannot be written is refused with its reason and the others land`() async throws {
        let files = [
            Self.file: Self.text,
            "services/pay/overlays/production/kustomization.yaml": "images: [{name: pay, digest: {a: b}}]\n",
            "services/broken/overlays/production/kustomization.yaml": "images:\n\t- name: broken\n",
        ]
        try await ConfigRepository.with(files) { config in
            try await config.withLane { lane in
                async let orders = lane.submit(.test(expected: digest(1), value: digest(2)))
                for (service, words) in [
                    ("pay", "no single value"), ("broken", "kustomization.yaml:2"),
                    ("gone", "has no services/gone"),
                ] {
                    let error = await #expect(throws: PromotionError.self) {
                        _ = try await lane.submit(.test(service, expected: nil, value: digest(2)))
                    }
                    #expect(error?.message.contains(words) == true, "\(service): \(error?.message ?? "")")
                }
                _ = try await orders
            }
            #expect(try await config.text(Self.file).contains(digest(2)))
        }
    }

    @Test func `a lane that ends answers everybody who waits`() async throws {
        try await ConfigRepository.with([Self.file: Self.text]) { config in
            let lane = PromotionLane(config.branch)
            let running = Task { await lane.run() }
            running.cancel()
            await running.value
            let error = await #expect(throws: PromotionError.self) {
                _ = try await lane.submit(.test(expected: digest(1), value: digest(2)))
            }
            #expect(error?.code == .unavailable)
        }
    }
}
