import KubeClient
import KubeModel
import Manifest
import Promotion
import Synchronization
import Testing

/// Images that are put in quarantine while they are on their way.
struct QuarantineTests {
    /// A verifier during whose second look, when all is decided, somebody puts the release in quarantine.
    private final class SlowVerifier: DigestVerifier {
        private let client: KubeClient
        private let looks = Mutex(0)

        init(_ client: KubeClient) { self.client = client }

        func verify(_ release: ReleaseSpec) async throws -> String? {
            let look = looks.withLock { looks in
                looks += 1
                return looks
            }
            if look == 2 { try await QuarantineTests.set("Quarantined", client, release) }
            return "ada"
        }
    }

    private static func set(_ phase: String, _ client: KubeClient, _ release: ReleaseSpec) async throws {
        try await client.patch(
            .releases, "\(release.repository)-\(release.commit.prefix(12))", namespace: "slipway",
            .merge(["status": ["phase": .string(phase)]]), subresource: "status")
    }

    @Test func `what is put in quarantine between decision and commit is not written`() async throws {
        try await PromotionFixture.prepared { fixture in
            let head = try await fixture.config.head()
            try await fixture.withProgram(verifier: SlowVerifier(fixture.client)) {
                let name = try await fixture.release(1)
                let promotion = try await fixture.wait(.promotions, "\(name)-dev-1") {
                    $0["status", "phase"]?.stringValue == "Superseded"
                }
                #expect(promotion["status", "message"]?.stringValue == "\(name) is in quarantine")
                #expect(try await fixture.config.head() == head)
                try await fixture.client.patch(
                    .releases, name, namespace: "slipway", .merge(["status": ["phase": "Available"]]),
                    subresource: "status")
                try await fixture.wait("dev") { $0.release == name && $0.phase == .verified }
            }
        }
    }

    @Test func `an image in quarantine does not come by a release of another service`() async throws {
        try await PromotionFixture.with { fixture in
            let commit = commitName(7)
            let spec = ReleaseSpec(
                repository: "payments", commit: commit, tree: commit,
                image: .init(repository: "registry.local/payments", tag: commit, digest: digest(1)),
                builtAt: "2026-01-01T00:00:00Z")
            try await fixture.client.create(
                .releases,
                [
                    "apiVersion": "slipway.dev/v1alpha1", "kind": "Release",
                    "metadata": ["name": .string("payments-\(commit.prefix(12))")],
                    "spec": try ValueEncoder().encode(spec),
                ], namespace: "slipway")
            try await Self.set("Quarantined", fixture.client, spec)
            let name = try await fixture.release(1)
            try await fixture.wait(.deliveries, "orders") {
                $0["status", "state", "releases"]?.arrayValue?.first?["quarantined"]?.boolValue == true
            }
            try await Self.set("Available", fixture.client, spec)
            try await fixture.wait("dev") { $0.release == name && $0.phase == .verified }
        }
    }
}
