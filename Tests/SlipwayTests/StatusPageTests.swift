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

    @Test func `an environment has the release that came last`() {
        func promotion(_ name: String, _ finished: String) -> Value {
            object(
                "Promotion", name,
                spec: [
                    "service": "orders", "environment": "dev", "release": .string(name),
                    "commit": "0123456789abcdef0123456789abcdef01234567",
                ], status: ["phase": "Succeeded", "finishedAt": .string(finished)])
        }
        let page = StatusPage([
            promotion("b", "2026-01-01T00:00:02Z"), promotion("a", "2026-01-01T00:00:01Z"),
        ])
        #expect(page.places.map(\.release) == ["b"])
        #expect(page.places.first?.commit == "0123456789ab")
        #expect(page.value["environments"]?[0]?["release"] == "b")
    }

    @Test func `what is quarantined or degraded needs somebody`() {
        let page = StatusPage([
            object("Release", "orders-bad", status: ["phase": "Quarantined", "message": "rolled back"]),
            object("Rollout", "orders", status: ["phase": "Degraded", "message": "aborted"]),
        ])
        #expect(page.trouble.map(\.state) == ["Quarantined", "Degraded"])
    }
}
