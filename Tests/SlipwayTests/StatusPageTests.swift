import Manifest
import Testing

@testable import Slipway

struct StatusPageTests {
    private func object(_ kind: String, _ name: String, spec: Value = [:], status: Value = [:]) -> Value {
        [
            "kind": .string(kind), "metadata": ["namespace": "slipway", "name": .string(name)], "spec": spec,
            "status": status,
        ]
    }

    @Test func `nothing is said of what is done`() {
        let page = StatusPage([
            object("PullRequest", "orders-1", status: ["phase": "Merged"]),
            object("PipelineRun", "run-1", status: ["phase": "Passed"]),
            object("Rollout", "orders", status: ["phase": "Healthy"]),
            object(
                "Application", "orders-dev",
                status: ["sync": ["status": "Synced"], "health": ["status": "Healthy"]]),
            object("Release", "orders-abc"),
        ])
        #expect(page.moving.isEmpty && page.waiting.isEmpty && page.trouble.isEmpty)
        #expect(page.text == "Nothing moves and nothing waits.\n")
    }

    @Test func `what waits names what for and until when`() {
        let page = StatusPage([
            object(
                "Promotion", "orders-production-3",
                status: [
                    "phase": "Waiting",
                    "blocker": [
                        "reason": "Soaking", "message": "staging has soaked 2 of 10 minutes",
                        "until": "2026-01-01T00:10:00Z",
                    ],
                ])
        ])
        #expect(
            page.waiting == [
                .init(
                    object: "Promotion slipway/orders-production-3", state: "Waiting",
                    reason: "Soaking: staging has soaked 2 of 10 minutes", until: "2026-01-01T00:10:00Z")
            ])
        #expect(page.text.contains("(until 2026-01-01T00:10:00Z)"))
    }

    @Test func `what moves names where it is`() {
        let page = StatusPage([
            object(
                "PipelineRun", "run-1",
                status: [
                    "phase": "Running",
                    "gates": [
                        ["name": "lint", "phase": "Passed"],
                        [
                            "name": "test", "phase": "Running",
                            "steps": [
                                ["name": "unit", "phase": "Running"], ["name": "db", "phase": "Passed"],
                            ],
                        ],
                    ],
                ]),
            object(
                "Rollout", "orders",
                status: ["phase": "Progressing", "canary": ["weights": ["canary": ["weight": 25]]]]),
        ])
        #expect(page.moving.map(\.reason) == ["gate test: unit", "25 % of requests"])
    }

    @Test func `environments are told in the order of their delivery, with how far each is`() {
        let page = StatusPage([
            object(
                "Delivery", "orders",
                status: [
                    "environments": [
                        [
                            "name": "staging", "phase": "Soaking", "release": "orders-b",
                            "digest": "sha256:b",
                            "commit": "0123456789abcdef0123456789abcdef01234567",
                            "since": "2026-01-01T00:00:02Z",
                        ],
                        ["name": "production", "phase": "Verified", "digest": "sha256:a"],
                        ["name": "abroad", "phase": "Empty"],
                    ]
                ])
        ])
        #expect(page.places.map(\.environment) == ["staging", "production", "abroad"])
        #expect(page.places.map(\.release) == ["orders-b", "sha256:a", ""])
        #expect(page.places.map(\.commit) == ["0123456789ab", "", ""])
        #expect(page.value["environments"]?[0]?["phase"] == "Soaking")
        #expect(
            page.text == """
                ENVIRONMENTS
                  orders  staging     orders-b  Soaking   2026-01-01T00:00:02Z
                  orders  production  sha256:a  Verified
                  orders  abroad      -         Empty

                """)
    }

    @Test func `a file with a fault and a failed environment need somebody, old failures do not`() {
        var delivery = object(
            "Delivery", "orders",
            status: [
                "conditions": [
                    [
                        "type": "Valid", "status": "False", "reason": "Unreadable",
                        "message": "services/orders/delivery.yaml:3: soak: not a duration",
                    ]
                ],
                "environments": [
                    ["name": "dev", "phase": "Verified"],
                    [
                        "name": "production", "phase": "Failed",
                        "blocker": ["reason": "Unhealthy", "message": "Rollout orders is degraded"],
                    ],
                ],
            ])
        func promotion(_ sequence: Int64, _ phase: String, _ environment: String = "production") -> Value {
            object(
                "Promotion", "orders-\(environment)-\(sequence)",
                spec: [
                    "service": "orders", "environment": .string(environment), "sequence": .integer(sequence),
                ], status: ["phase": .string(phase), "message": "its signature does not hold"])
        }
        // What failed there is told once, by the environment.
        let old = promotion(1, "Failed")
        var page = StatusPage([delivery, old])
        #expect(
            page.trouble == [
                .init(
                    object: "Delivery slipway/orders", state: "Unreadable",
                    reason: "services/orders/delivery.yaml:3: soak: not a duration"),
                .init(
                    object: "Delivery slipway/orders in production", state: "Failed",
                    reason: "Unhealthy: Rollout orders is degraded"),
            ])
        delivery["status"] = [:]
        page = StatusPage([delivery, old, promotion(2, "Succeeded"), promotion(3, "Failed", "dev")])
        #expect(
            page.trouble == [
                .init(
                    object: "Promotion slipway/orders-dev-3", state: "Failed",
                    reason: "its signature does not hold")
            ])
    }

    @Test func `a release in quarantine needs somebody until there is a newer one`() {
        func release(_ name: String, _ built: String, _ phase: String) -> Value {
            object(
                "Release", name, spec: ["service": "orders", "builtAt": .string(built)],
                status: ["phase": .string(phase)])
        }
        let bad = release("orders-bad", "2026-01-01T00:00:01Z", "Quarantined")
        let good = release("orders-good", "2026-01-01T00:00:02Z", "Available")
        #expect(StatusPage([bad]).trouble.map(\.object) == ["Release slipway/orders-bad"])
        #expect(StatusPage([bad, good]).trouble.isEmpty)
    }

    @Test func `a reason of many lines is told by its first one`() {
        let page = StatusPage([
            object(
                "PullRequest", "orders-1", spec: ["title": "Sell"],
                status: ["phase": "Open", "message": "pipeline.yaml:4: no gate\n  fix: add one\n"]),
            object("PullRequest", "orders-2", status: ["phase": "Open", "message": "a draft\n"]),
        ])
        #expect(
            page.text == """
                WAITS
                  PullRequest slipway/orders-1  Open  Sell: pipeline.yaml:4: no gate …
                  PullRequest slipway/orders-2  Open  a draft

                """)
        #expect(page.value["waiting"]?[0]?["reason"] == "Sell: pipeline.yaml:4: no gate\n  fix: add one\n")
    }

    @Test func `what is quarantined or degraded needs somebody`() {
        let page = StatusPage([
            object("Release", "orders-bad", status: ["phase": "Quarantined", "message": "rolled back"]),
            object("Rollout", "orders", status: ["phase": "Degraded", "message": "aborted"]),
        ])
        #expect(page.trouble.map(\.state) == ["Quarantined", "Degraded"])
    }
}
