import ClusterTestSupport
import KubeClient
import KubeModel
import Manifest
import Synchronization
import Testing

@testable import Promotion

/// Going back while other parts of the installation fail.
struct RollbackProgramTests {
    /// A registry that is there, until it is away: then releases that go on are never answered for, and of one that
    /// is gone back to nothing can be told.
    private final class Registry: DigestVerifier {
        let client = Mutex<KubeClient?>(nil)
        /// The image that the rollout had when the signature of what it goes back to was asked for.
        let image = Mutex<String?>(nil)

        func verify(_ release: ReleaseSpec) async throws -> String? {
            guard let client = client.withLock({ $0 }) else { return "ada" }
            guard release.image.digest == digest(1) else {
                try await Task.sleep(for: .seconds(86_400))
                return nil
            }
            let rollout = try await client.get(Rollout.resource, "orders", namespace: "orders-dev")
            let container = rollout["spec", "template", "spec", "containers"]?.arrayValue?.first
            image.withLock { $0 = container?["image"]?.stringValue }
            throw PromotionError(.unavailable, "the registry is away")
        }
    }

    static let rollout: Value = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "orders"],
        "spec": [
            "selector": ["matchLabels": ["app": "orders"]], "strategy": ["canary": .emptyObject],
            "template": [
                "metadata": ["labels": ["app": "orders"]],
                "spec": [
                    "containers": [
                        ["name": "orders", "image": .string("registry.local/orders@\(digest(2))")]
                    ]
                ],
            ],
        ],
    ]

    @Test func `users are back, and git too, while no signature can be checked`() async throws {
        let registry = Registry()
        try await PromotionFixture.with(verifier: registry) { fixture in
            for number in 1...2 {
                let name = try await fixture.release(number)
                try await fixture.wait("dev") { $0.release == name && $0.phase == .verified }
            }
            registry.client.withLock { $0 = fixture.client }
            try await fixture.release(3)
            try await fixture.wait("dev") {
                $0.waiting?.last?.blocker?.reason == "SignatureUnknown"
            }
            try await fixture.client.create(Rollout.resource, Self.rollout, namespace: "orders-dev")
            try await fixture.person("bob").create(
                Rollback.resource,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback", "metadata": ["name": "back"],
                    "spec": ["service": "orders", "environment": "dev", "reason": "it is slow"],
                ], namespace: "slipway")
            let answer = try await fixture.wait(Rollback.resource, "back") {
                $0["status", "phase"] != nil
            }
            #expect(answer["status", "phase"]?.stringValue == "Reverted")
            #expect(try await fixture.overlay("dev").contains(digest(1)))
            #expect(registry.image.withLock { $0 } == "registry.local/orders@\(digest(1))")
        }
    }

    /// What the rollouts' controller leaves behind of release 2, as it does.
    private static func leave(revision: Int64, _ fixture: PromotionFixture) async throws -> Value {
        let rollback: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Rollback", "metadata": ["name": "orders-abc"],
            "spec": [
                "workload": ["apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "orders"],
                "podTemplateHash": "abc", "revision": .integer(revision), "reason": "errors rose",
                "images": [.string("registry.local/orders@\(digest(2))")],
                "stableImages": [.string("registry.local/orders@\(digest(1))")],
            ],
        ]
        return try await fixture.client.apply(
            Rollback.resource, rollback, namespace: "orders-production", fieldManager: "slipway", force: true)
    }

    @Test func `a version that fails again after it was let in again is taken back again`() async throws {
        try await PromotionFixture.with { fixture in
            let first = try await fixture.release(1)
            try await fixture.approve(1, by: "bob")
            try await fixture.wait("production") { $0.release == first && $0.phase == .verified }
            let second = try await fixture.release(2)
            for revision in [2, 4] as [Int64] {
                try await fixture.nextSecond()
                try await fixture.approve(2, by: "bob")
                try await fixture.wait("production") { $0.release == second && $0.phase == .verified }
                let generation = try await Self.leave(revision: revision, fixture).metadata.generation
                let answer = try await fixture.wait(
                    Rollback.resource, "orders-abc", in: "orders-production"
                ) { $0["status", "observedGeneration"]?.integerValue == generation }
                #expect(answer["status", "phase"]?.stringValue == "Reverted")
                #expect(try await fixture.overlay("production").contains(digest(1)))
                try await fixture.wait(.releases, second) {
                    $0["status", "phase"]?.stringValue == "Quarantined"
                }
                try await fixture.wait("production") { $0.release == first && $0.phase == .verified }
                try await fixture.client.patch(
                    .releases, second, namespace: "slipway", .merge(["status": ["phase": "Available"]]),
                    subresource: "status")
            }
        }
    }

    @Test func `an Application that cannot be made is what its environment waits for, and no other`()
        async throws
    {
        let spec = DeliverySpec(environments: [
            .init(name: "dev", application: "Not_A_Name"), .init(name: "qa"),
        ])
        try await PromotionFixture.prepared { fixture in
            let caches = PromotionCaches(fixture.client, namespace: "slipway", logger: .silent)
            var settings = PromotionSettings()
            settings.repositoryURL = "http://localhost/slipway/config.git"
            let maker = ApplicationMaker(
                client: fixture.client, settings: settings, caches: caches, branch: fixture.config.branch)
            var facts = LineFacts(now: fixture.client.timeline.date, policy: spec)
            for name in ["dev", "qa"] {
                facts.environments[name] = .init(head: .value(digest(1), nil), deployment: .healthy)
            }
            try await maker.make(DeliveryConventions(service: "orders", spec), &facts)
            guard case .behind(let message) = facts.environments["dev"]?.deployment else {
                Issue.record("\(String(describing: facts.environments["dev"]))")
                return
            }
            #expect(message.hasPrefix("Application Not_A_Name cannot be made: "))
            #expect(facts.environments["qa"]?.deployment == .healthy)
            _ = try await fixture.client.get(Application.resource, "orders-qa", namespace: "slipway")
        }
    }
}
