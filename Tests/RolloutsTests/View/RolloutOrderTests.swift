import KubeModel
import Manifest
import Rollouts
import Testing

/// What people ask, as the fields that `kubectl argo rollouts` writes.
@Suite struct RolloutOrderTests {
    private static func rollout(_ status: Value, paused: Bool? = nil, steps: Int = 3) -> Value {
        var spec: Value = [
            "template": [
                "spec": [
                    "initContainers": [["name": "migrate", "image": "db:1"]],
                    "containers": [["name": "web", "image": "web:1"], ["name": "log", "image": "log:1"]],
                ]
            ],
            "strategy": ["canary": ["steps": .array(Array(repeating: ["setWeight": 10], count: steps))]],
        ]
        if let paused { spec["paused"] = .bool(paused) }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "web", "generation": 4], "spec": spec, "status": status,
        ]
    }

    private static let updating: Value = [
        "currentPodHash": "b", "stableRS": "a", "observedGeneration": "4", "currentStepIndex": 1,
    ]
    private static let resting: Value = [
        "currentPodHash": "a", "stableRS": "a", "observedGeneration": "4", "currentStepIndex": 3,
    ]

    private static func with(_ status: Value, _ fields: Object) -> Value {
        var status = status
        for pair in fields { status[pair.key] = pair.value }
        return status
    }

    /// An order, what it is given to, and the patches that come of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var order: RolloutOrder
        var rollout: Value
        var patches: [Value]
        var subresources: [String?] = ["status"]
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "a pause is ended", order: .promote,
            rollout: rollout(
                with(
                    updating,
                    ["pauseConditions": [["reason": "CanaryPauseStep", "startTime": "2026-01-01T00:00:00Z"]]])
            ),
            patches: [["status": ["pauseConditions": .null]]]),
        Case(
            name: "without a pause, a step is skipped", order: .promote, rollout: rollout(updating),
            patches: [["status": ["currentStepIndex": 2]]]),
        Case(
            name: "an inconclusive analysis is skipped and not asked again", order: .promote,
            rollout: rollout(
                with(
                    updating,
                    [
                        "controllerPause": true,
                        "pauseConditions": [
                            ["reason": "InconclusiveAnalysisRun", "startTime": "2026-01-01T00:00:00Z"]
                        ],
                    ])),
            patches: [
                ["status": ["pauseConditions": .null, "controllerPause": false, "currentStepIndex": 2]]
            ]),
        Case(
            name: "a held rollout is let go", order: .promote, rollout: rollout(updating, paused: true),
            patches: [["spec": ["paused": false]]], subresources: [nil]),
        Case(
            name: "everything is skipped", order: .promoteFully, rollout: rollout(updating),
            patches: [["status": ["promoteFull": true]]]),
        Case(
            name: "an update is aborted", order: .abort, rollout: rollout(updating),
            patches: [["status": ["abort": true]]]),
        Case(
            name: "an aborted update is tried again", order: .retry,
            rollout: rollout(with(updating, ["abort": true])), patches: [["status": ["abort": false]]]),
        Case(
            name: "a rollout is held", order: .pause, rollout: rollout(updating),
            patches: [["spec": ["paused": true]]], subresources: [nil]),
        Case(
            name: "and let go", order: .resume, rollout: rollout(updating, paused: true),
            patches: [["spec": ["paused": .null]]], subresources: [nil]),
        Case(
            name: "one container gets an image",
            order: .setImages([.init(container: "web", reference: "web:2")]), rollout: rollout(resting),
            patches: [
                [
                    "spec": [
                        "template": [
                            "spec": [
                                "initContainers": [["name": "migrate", "image": "db:1"]],
                                "containers": [
                                    ["name": "web", "image": "web:2"], ["name": "log", "image": "log:1"],
                                ],
                            ]
                        ]
                    ]
                ]
            ], subresources: [nil]),
    ]

    @Test(arguments: cases)
    func `an order becomes the patches of kubectl's plug-in`(test: Case) throws {
        let changes = try test.order.changes(of: test.rollout)
        #expect(changes.map(\.patch) == test.patches)
        #expect(changes.map(\.subresource) == test.subresources)
    }

    /// An order that cannot be carried out, and a word of the hint.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var order: RolloutOrder
        var rollout: Value
        var hint: String
        var testDescription: String { hint }
    }

    static let refusals = [
        Refusal(order: .promote, rollout: rollout(resting), hint: "nothing to promote"),
        Refusal(order: .promoteFully, rollout: rollout(resting), hint: "nothing to promote"),
        Refusal(order: .abort, rollout: rollout(resting), hint: "nothing to abort"),
        Refusal(
            order: .abort, rollout: rollout(with(updating, ["abort": true])), hint: "is aborted already"),
        Refusal(
            order: .promote, rollout: rollout(with(updating, ["abort": true])),
            hint: "slipway rollout retry web"),
        Refusal(
            order: .promote, rollout: rollout(with(updating, ["currentStepIndex": 3])), hint: "--full"),
        Refusal(order: .retry, rollout: rollout(updating), hint: "is not aborted"),
        Refusal(order: .resume, rollout: rollout(updating), hint: "is not held"),
        Refusal(
            order: .setImages([.init(container: "nobody", reference: "x")]), rollout: rollout(resting),
            hint: "it has: migrate, web, log"),
    ]

    @Test(arguments: refusals)
    func `an order that cannot be carried out says why`(test: Refusal) throws {
        let error = #expect(throws: RolloutsError.self) { try test.order.changes(of: test.rollout) }
        #expect(error?.message.contains(test.hint) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["web", "=x", ""])
    func `what is no container and image is refused`(text: String) {
        #expect(throws: RolloutsError.self) { try RolloutOrder.Image(text) }
    }
}
