import Forge
import KubeClient
import KubeModel
import Manifest
import TestSupport
import Testing

struct ReviewLimitTests {
    private let key = ObjectKey(namespace: "default", name: "shop-1")

    /// Opens Ada's pull request and gives it reviews, as if they had come one by one.
    private func open(_ fixture: ForgeFixture, with reviews: [PullRequestStatus.Review]) async throws {
        try await fixture.repository("shop", .init(requiredApprovals: 1))
        let ada = try await fixture.developer(clones: false)
        try await ada.commit("One", [".slipway/pipeline.yaml": "version: 1\n"])
        try await ada("push", "--quiet", "-o", "auto-merge", "origin", "HEAD:refs/for/main")
        _ = try await fixture.waitForReason("shop-1", "NeedsApproval")
        let head = try await pull(fixture)["spec", "head"]?.stringValue ?? ""
        let marked = reviews.map { review in
            var review = review
            review.commit = head
            return review
        }
        for _ in 0..<20 {
            var object = try await pull(fixture)
            object["status", "reviews"] = try ValueEncoder().encode(marked)
            do {
                try await fixture.client.update(
                    .pullRequests, object, namespace: "default", subresource: "status")
                return
            } catch let error as APIError where error.isConflict {
                continue
            }
        }
        Issue.record("the reviews could not be written")
    }

    private func pull(_ fixture: ForgeFixture) async throws -> Value {
        try await fixture.client.get(.pullRequests, "shop-1", namespace: "default")
    }

    private func review(
        _ author: String, _ state: PullRequestStatus.Review.State, _ body: String
    ) -> PullRequestStatus.Review {
        .init(author: author, state: state, commit: "", body: body, submittedAt: "2026-01-01T00:00:00Z")
    }

    @Test func `an objection stays, however much is said after it`() async throws {
        try await ForgeFixture.with { fixture in
            let comments = (0..<199).map { review("ada", .commented, "\($0)") }
            try await open(fixture, with: [review("bob", .changesRequested, "not like this")] + comments)
            try await fixture.forge.review(key, .commented, body: "200", by: ForgeUser(name: "ada"))
            try await fixture.forge.review(key, .approved, by: ForgeUser(name: "carol"))
            let waiting = try await fixture.waitForReason("shop-1", "ChangesRequested")
            #expect(waiting.reviews?.first?.author == "bob")
            #expect(waiting.reviews?.first?.body == "not like this")
            #expect(waiting.reviews?.last?.author == "carol")
            #expect(waiting.reviews?.count ?? 0 <= 200)
            try await fixture.forge.review(key, .approved, by: ForgeUser(name: "bob"))
            _ = try await fixture.waitForPhase("shop-1", .merged)
        }
    }

    /// An object that the server does not take would stop the merge queue.
    @Test func `long comments make room for what comes after them`() async throws {
        try await ForgeFixture.with { fixture in
            let text = String(repeating: "\u{1}", count: 16_000)
            try await open(fixture, with: (0..<24).map { _ in review("ada", .commented, text) })
            try await fixture.forge.review(key, .commented, body: text, by: ForgeUser(name: "ada"))
            try await fixture.forge.review(key, .approved, body: text, by: ForgeUser(name: "bob"))
            let merged = try await fixture.waitForPhase("shop-1", .merged)
            let bytes = (merged.reviews ?? []).reduce(0) { $0 + ($1.body?.utf8.count ?? 0) }
            #expect(bytes <= 150_000)
            #expect(merged.reviews?.contains { $0.author == "bob" && $0.body == text } == true)
        }
    }
}
