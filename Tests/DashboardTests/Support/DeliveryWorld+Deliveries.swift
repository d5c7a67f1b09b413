import KubeClient
import KubeModel
import Manifest

extension DeliveryWorld {
    /// What is where, and what waits.
    func delivery() async throws {
        func environment(_ name: String, _ commit: String, _ digest: String, _ phase: String, _ since: Int64)
            -> Value
        {
            [
                "name": .string(name), "phase": .string(phase), "commit": .string(commit),
                "digest": .string(digest),
                "since": Self.time(since), "release": .string("orders-\(commit.prefix(12))"),
                "namespace": .string("orders-\(name)"),
                "application": .string("orders-\(name)"), "production": .bool(name == "production"),
            ]
        }
        var staging = environment("staging", Self.commit, Self.digest, "Soaking", 260)
        staging["blocker"] = [
            "reason": "Soaking", "message": "runs for 10 min before it may go on",
            "until": .string(Timestamp(seconds: Timeline.continuous.date.seconds + 340).rfc3339),
        ]
        var production = environment("production", Self.older, Self.olderDigest, "Verified", 86_400)
        production["pullRequest"] = "config-12"
        production["waiting"] = [
            [
                "release": "orders-3fa9c23fa9c2", "digest": .string(Self.digest),
                "commit": .string(Self.commit),
                "promotion": "orders-production-3", "since": Self.time(200), "requiredApprovals": 1,
                "approvedBy": [],
                "blocker": [
                    "reason": "NeedsApproval",
                    "message": "needs 1 approval of others than its author, dora (rule production.approvals)",
                ],
            ]
        ]
        try await create(
            .deliveries,
            slipway(
                "Delivery", "orders",
                [
                    "environments": [
                        ["name": "dev"], ["name": "staging", "soak": "10m"], ["name": "production"],
                    ]
                ],
                [
                    "environments": [
                        environment("dev", Self.commit, Self.digest, "Verified", 420), staging, production,
                    ]
                ]))
        try await create(
            .deliveries,
            slipway(
                "Delivery", "payments",
                ["environments": [["name": "dev"], ["name": "production"]], "stopTheLine": "incident 214"],
                [
                    "environments": [
                        ["name": "dev", "phase": "Empty"], ["name": "production", "phase": "Empty"],
                    ]
                ]))
    }

    /// How one release came so far.
    func promotions() async throws {
        for (place, (environment, phase)) in [
            ("dev", "Succeeded"), ("staging", "Verifying"), ("production", "Waiting"),
        ]
        .enumerated() {
            var status: Value = ["phase": .string(phase), "createdAt": Self.time(430)]
            if phase != "Waiting" {
                status["committedAt"] = Self.time(420)
                status["syncedAt"] = Self.time(400)
                status["healthyAt"] = Self.time(380)
                status["configCommit"] = "5d1c0e5d1c0e5d1c0e5d1c0e5d1c0e5d1c0e5d1c"
                status["rule"] = .string(environment == "dev" ? "first-environment" : "verified-before")
            } else {
                status["requiredApprovals"] = 1
                status["blocker"] = [
                    "reason": "NeedsApproval", "message": "needs 1 approval of others than its author, dora",
                ]
            }
            status["decisions"] = [
                ["at": Self.time(430), "rule": "order", "message": "the release before it is verified"]
            ]
            try await create(
                .promotions,
                slipway(
                    "Promotion", "orders-\(environment)-3",
                    [
                        "service": "orders", "environment": .string(environment),
                        "release": "orders-3fa9c23fa9c2",
                        "digest": .string(Self.digest), "image": "127.0.0.1:5000/orders",
                        "commit": .string(Self.commit), "kind": "Promotion",
                        "sequence": .integer(Int64(place + 1)),
                    ], status))
        }
    }
}
