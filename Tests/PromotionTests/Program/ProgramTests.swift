import Git
import KubeClient
import KubeModel
import Manifest
import Promotion
import Testing

/// Promotion as a whole: objects and git in, objects and git out.
struct ProgramTests {
    @Test func `a release goes to dev and staging itself and to production after an approval`() async throws {
        try await PromotionFixture.with { fixture in
            let name = try await fixture.release(1)
            try await fixture.wait("staging") { $0.release == name && $0.phase == .verified }
            let waiting = try await fixture.wait("production") {
                $0.waiting?.last?.blocker?.reason == "AwaitingApproval"
            }
            #expect(waiting.phase == .empty && waiting.production == true)
            // Without an image of its own nothing is to run there, whatever the manifests call it.
            let made = try await fixture.client.listAll(Application.resource, namespace: "slipway")
            #expect(made.map(\.metadata.name) == ["orders-dev", "orders-staging"])
            // The author's word does not count, whoever it claims to be of.
            try await fixture.approve(1, by: "ada", as: "bob")
            try await fixture.wait("production") {
                $0.waiting?.last?.blocker?.message.contains("ada wrote it") == true
            }
            try await fixture.approve(1, by: "bob", as: "ada")
            let done = try await fixture.wait("production") { $0.release == name && $0.phase == .verified }
            #expect(done.digest == digest(1))
            #expect(
                try await fixture.overlay("production")
                    == "resources: [../../base]\nimages:\n- name: orders  # the service\n"
                    + "  newName: registry.local/orders\n  digest: \(digest(1))\n")
            let commit = try await fixture.config.git.commit(try await fixture.config.head())
            let entry = try #require(PromotionEntry(commit))
            #expect(entry.environment == "production" && entry.rule == "production.approvals")
            #expect(entry.approvals.count == 1 && entry.approvals[0].hasPrefix("bob ("))
            let application = try await fixture.client.get(
                Application.resource, "orders-production", namespace: "slipway")
            #expect(
                application["spec", "source", "path"]?.stringValue == "services/orders/overlays/production")
            #expect(application["spec", "destination", "namespace"]?.stringValue == "orders-production")
        }
    }

    @Test func `a rolled back canary is taken back in git, barred, and let in again when that is lifted`()
        async throws
    {
        try await PromotionFixture.with { fixture in
            let first = try await fixture.release(1)
            try await fixture.approve(1, by: "bob")
            try await fixture.wait("production") { $0.release == first && $0.phase == .verified }
            let second = try await fixture.release(2)
            try await fixture.approve(2, by: "bob")
            try await fixture.wait("production") { $0.release == second && $0.phase == .verified }
            // What the rollouts' controller leaves behind.
            let rollback: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback", "metadata": ["name": "orders-abc"],
                "spec": [
                    "workload": ["apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "orders"],
                    "podTemplateHash": "abc", "reason": "errors rose",
                    "images": [.string("registry.local/orders@\(digest(2))")],
                    "stableImages": [.string("registry.local/orders@\(digest(1))")],
                ],
            ]
            try await fixture.client.create(Rollback.resource, rollback, namespace: "orders-production")
            let answer = try await fixture.wait(Rollback.resource, "orders-abc", in: "orders-production") {
                $0["status", "phase"] != nil
            }
            #expect(answer["status", "phase"]?.stringValue == "Reverted")
            #expect(try await fixture.overlay("production").contains(digest(1)))
            let barred = try await fixture.wait(.releases, second) {
                $0["status", "phase"]?.stringValue == "Quarantined"
            }
            #expect(barred["status", "message"]?.stringValue == "errors rose")
            try await fixture.wait("production") {
                $0.release == first && $0.phase == .verified && $0.waiting == nil
            }
            try await fixture.client.patch(
                .releases, second, namespace: "slipway", .merge(["status": ["phase": "Available"]]),
                subresource: "status")
            try await fixture.wait("production") { $0.waiting?.last?.blocker?.reason == "AwaitingApproval" }
        }
    }

    @Test func `a person takes an environment back`() async throws {
        try await PromotionFixture.with { fixture in
            let first = try await fixture.release(1)
            try await fixture.wait("dev") { $0.release == first && $0.phase == .verified }
            let second = try await fixture.release(2)
            try await fixture.wait("dev") { $0.release == second && $0.phase == .verified }
            try await fixture.person("bob").create(
                Rollback.resource,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback", "metadata": ["name": "back"],
                    "spec": [
                        "service": "orders", "environment": "dev", "reason": "it is slow",
                        "requestedBy": "ada",
                    ],
                ], namespace: "slipway")
            try await fixture.wait(Rollback.resource, "back") {
                $0["status", "phase"]?.stringValue == "Reverted"
            }
            try await fixture.wait("dev") { $0.release == first }
            let head = try await fixture.config.git.commit(try await fixture.config.head())
            #expect(head.trailer("Requested-by") == "bob")
            #expect(head.trailer("Rollback-of") == second)
        }
    }

    @Test func `an approved pull request promotes, also after its branch was made anew`() async throws {
        try await PromotionFixture.with { fixture in
            try await fixture.release(1)
            let pull = try await fixture.wait(.pullRequests, "config-1") { _ in true }
            let head = try #require(pull["spec", "head"]?.stringValue)
            #expect(pull["spec", "draft"]?.boolValue == true)
            // The branch of the pull request is exactly what main would get.
            let commit = try await fixture.config.git.commit(head)
            #expect(PromotionEntry(commit)?.environment == "production")
            try await fixture.config.push("README.md", "Hello\n")
            try await fixture.wait(.pullRequests, "config-1") { $0["spec", "head"]?.stringValue != head }
            // The review is of the commit from before.
            var status = PullRequestStatus()
            status.reviews = [
                .init(
                    author: "bob", state: .approved, commit: head,
                    submittedAt: fixture.client.timeline.date.rfc3339)
            ]
            try await fixture.client.patch(
                .pullRequests, "config-1", namespace: "slipway",
                .merge(["status": try ValueEncoder().encode(status)]), subresource: "status")
            try await fixture.wait("production") { $0.digest == digest(1) && $0.phase == .verified }
            try await fixture.wait(.pullRequests, "config-1") { $0["spec", "state"]?.stringValue == "Closed" }
            let landed = try await fixture.config.git.commit(try await fixture.config.head())
            #expect(PromotionEntry(landed)?.approvals.first?.hasPrefix("bob (config-1, ") == true)
        }
    }

    @Test func `whoever once pushed to the pull request does not approve what came of it`() async throws {
        try await PromotionFixture.with { fixture in
            let commit = try await fixture.commit(1)
            var spec = PullRequestSpec(
                repository: "orders", number: 1, title: "Change 1", author: "ada", pusher: "bob",
                target: "main", head: commit.hex)
            spec.move(to: commit.hex, by: "ada")
            let pull: Value = [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "PullRequest",
                "metadata": ["name": "orders-1", "namespace": "slipway"],
                "spec": try ValueEncoder().encode(spec), "status": ["mergeCommit": .string(commit.hex)],
            ]
            try await fixture.client.create(.pullRequests, pull, namespace: "slipway")
            try await fixture.client.patch(
                .pullRequests, "orders-1", namespace: "slipway",
                .merge(["status": ["mergeCommit": .string(commit.hex)]]), subresource: "status")
            try await fixture.announce(commit, 1)
            try await fixture.approve(1, by: "bob")
            try await fixture.wait("production") {
                $0.waiting?.last?.blocker?.message.contains("bob wrote it") == true
            }
        }
    }

    @Test func `another process goes on where one was ended`() async throws {
        try await PromotionFixture.prepared { fixture in
            let first = try await fixture.withProgram {
                let name = try await fixture.release(1)
                try await fixture.wait("dev") { $0.release == name }
                return name
            }
            try await fixture.withProgram {
                try await fixture.wait("staging") { $0.release == first && $0.phase == .verified }
                try await fixture.approve(1, by: "bob")
                try await fixture.wait("production") { $0.release == first && $0.phase == .verified }
            }
            // Every environment once, however often was looked.
            let ids = try await fixture.config.git.commits(of: try await fixture.config.head())
            var environments: [String] = []
            for id in ids {
                if let entry = PromotionEntry(try await fixture.config.git.commit(id)) {
                    environments.append(entry.environment)
                }
            }
            #expect(environments == ["production", "staging", "dev"])
        }
    }

    @Test func `a file that cannot be read says where, and leaves what it said before`() async throws {
        try await PromotionFixture.with { fixture in
            let valid = try await fixture.wait(.deliveries, "orders") { $0.conditions.isTrue("Valid") }
            let bad = PromotionFixture.delivery.replacing("- name: staging", with: "- nmae: staging")
            try await fixture.config.push("services/orders/delivery.yaml", bad)
            let object = try await fixture.wait(.deliveries, "orders") {
                $0.conditions["Valid"]?.status == .isFalse
            }
            #expect(object["spec"] == valid["spec"])
            let message = object.conditions["Valid"]?.message ?? ""
            #expect(
                message.contains("services/orders/delivery.yaml:8:13: spec.environments[1].nmae: is no field")
            )
            try await fixture.config.push("services/orders/delivery.yaml", PromotionFixture.delivery)
            try await fixture.wait(.deliveries, "orders") { $0.conditions.isTrue("Valid") }
        }
    }

    @Test func `a service that nothing can be called as is told of, and keeps no other from being read`()
        async throws
    {
        try await PromotionFixture.with { fixture in
            let folders = ["Order_Service", String(repeating: "b", count: 70)]
            for folder in folders {
                try await fixture.config.push(
                    "services/\(folder)/delivery.yaml",
                    PromotionFixture.delivery.replacing("name: orders", with: "name: \(folder)"))
            }
            let long = try await fixture.wait(.deliveries, folders[1]) { $0.conditions["Valid"] != nil }
            #expect(long.conditions["Valid"]?.status == .isFalse)
            #expect(
                long.conditions["Valid"]?.message.contains("delivery.yaml:3:18: metadata.name: \"bbb") == true
            )
            let name = try await fixture.release(1)
            try await fixture.wait("dev") { $0.release == name }
            let event = try await fixture.wait(.events, .all) {
                $0["reason"]?.stringValue == "DeliveryInvalid"
            }
            #expect(event["involvedObject", "name"]?.stringValue == "config")
            #expect(
                event["message"]?.stringValue?.contains("rename the service's folder, to \"order-service\"")
                    == true)
        }
    }

    @Test func `an image whose signature does not hold goes nowhere`() async throws {
        try await PromotionFixture.with(verifier: NobodySigned()) { fixture in
            let head = try await fixture.config.head()
            try await fixture.release(1)
            let place = try await fixture.wait("dev") {
                $0.waiting?.last?.blocker?.reason == "SignatureRefused"
            }
            #expect(place.waiting?.last?.blocker?.message == "nobody whom a policy trusts has signed it")
            #expect(try await fixture.config.head() == head)
        }
    }

    private struct NobodySigned: DigestVerifier {
        func verify(_ release: ReleaseSpec) async throws -> String? {
            throw PromotionError(.unsigned, "nobody whom a policy trusts has signed it")
        }
    }
}
