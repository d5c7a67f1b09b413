import Manifest
import Testing

@testable import Promotion

/// What an Application and the Rollouts of its namespace say of an environment.
@Suite struct DeployedApplicationTests {
    private static let release = LineState.Known(
        number: 2, name: "orders-2", digest: digest(2), commit: commitName(2), image: "registry.local/orders")

    private static func application(
        _ sync: String, _ health: String, wasSynced: Bool = true, made: [String]? = nil,
        rollouts: [Value] = []
    ) -> LineFacts.Deployment {
        var status: Value = ["sync": ["status": .string(sync)], "health": ["status": .string(health)]]
        if let made {
            status["resources"] = .array(made.map { ["kind": "Rollout", "name": .string($0)] })
        }
        return DeployedApplication(
            name: "orders-dev", status: status, wasSynced: wasSynced, rollouts: rollouts, release: release,
            digests: [digest(1), digest(2)]
        ).deployment
    }

    /// A rollout that is through.
    private static func rollout(_ name: String, _ image: String) -> Value {
        [
            "metadata": ["name": .string(name), "generation": 1],
            "spec": ["template": ["spec": ["containers": [["image": .string(image)]]]]],
            "status": [
                "observedGeneration": "1", "currentPodHash": "a", "stableRS": "a", "phase": "Healthy",
            ],
        ]
    }

    @Test func `what is degraded has failed although it is out of sync`() {
        #expect(
            Self.application("OutOfSync", "Degraded")
                == .unhealthy("Application orders-dev is out of sync and degraded"))
        // The health is of the release before, as long as this one was never there.
        #expect(
            Self.application("OutOfSync", "Degraded", wasSynced: false)
                == .behind("Application orders-dev is out of sync"))
        #expect(
            Self.application("OutOfSync", "Healthy") == .behind("Application orders-dev is out of sync"))
    }

    @Test(arguments: [nil, ["cache", "orders"]])
    func `images of others are no concern of the service`(made: [String]?) {
        let cache = Self.rollout("cache", "redis@\(digest(90))")
        let orders = Self.rollout("orders", "registry.local/orders@\(digest(2))")
        #expect(
            Self.application("Synced", "Healthy", made: made, rollouts: [cache, orders]) == .healthy)
    }

    @Test func `rollouts of other applications in the namespace are no concern of the service`() {
        var payments = Self.rollout("payments", "registry.local/payments@\(digest(80))")
        payments["status", "abort"] = true
        let orders = Self.rollout("orders", "registry.local/orders@\(digest(2))")
        #expect(
            Self.application("Synced", "Healthy", made: ["orders"], rollouts: [orders, payments])
                == .healthy)
        #expect(
            Self.application(
                "Synced", "Healthy", made: ["orders", "payments"], rollouts: [orders, payments])
                == .unhealthy("Rollout payments was aborted"))
    }

    @Test(arguments: ["registry.local/orders@\(digest(70))", "mirror.local/o@\(digest(1))"])
    func `a rollout of another version is still to get the image`(image: String) {
        #expect(
            Self.application("Synced", "Healthy", rollouts: [Self.rollout("orders", image)])
                == .unsettled("Rollout orders is to get the image"))
    }

    @Test func `smoke tests of services that share a namespace have names of their own`() {
        let long = String(repeating: "a", count: 60)
        let names = [
            SmokeTestName.of("orders", sequence: 1), SmokeTestName.of("payments", sequence: 1),
            SmokeTestName.of("orders", environment: "dev", origin: commitName(1)),
            SmokeTestName.of(long, sequence: 1), SmokeTestName.of(long, sequence: 2),
            SmokeTestName.of(long + "b", sequence: 1),
        ]
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.count <= 63 })
        #expect(names[0] == "smoke-orders-1")
    }
}
