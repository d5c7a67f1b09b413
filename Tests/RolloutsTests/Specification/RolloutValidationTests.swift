import KubeModel
import Manifest
import Rollouts
import Testing

/// What a Rollout is refused for, each with its field.
@Suite struct RolloutValidationTests {
    private static func rollout(_ strategy: String, _ more: String = "") throws -> Value {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: shop}
            spec:
              replicas: 3
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: "web:1"}]}
              strategy: \(strategy)
              \(more)
            """
        return try #require(try YAML.parse(text).first)
    }

    private static let routed =
        "stableService: a, canaryService: b, trafficRouting: {gatewayAPI: {httpRoute: web}}"

    /// A strategy, what stands beside it, and the fault: its field and a part of what is said.
    struct Case: Sendable, CustomTestStringConvertible {
        var strategy: String
        var more = ""
        var field: String
        var message: String
        var testDescription: String { "\(strategy) \(more)" }
    }

    static let refusals = [
        Case(strategy: "{}", field: "spec.strategy", message: "canary or .spec.strategy.blueGreen"),
        Case(
            strategy: "{canary: {}, blueGreen: {activeService: a}}", field: "spec.strategy",
            message: "Multiple Strategies"),
        Case(
            strategy: "{canary: {}}", more: "replicas: -1", field: "spec.replicas",
            message: "must be greater than or equal to 0"),
        Case(
            strategy: "{canary: {}}", more: "minReadySeconds: 4611686018427387904",
            field: "spec.minReadySeconds", message: "whole number of 32 bits"),
        Case(
            strategy: "{canary: {}}", more: "minReadySeconds: 1.5", field: "spec.minReadySeconds",
            message: "whole number of 32 bits"),
        Case(
            strategy: "{canary: {steps: [{setCanaryScale: {weight: 4611686018427387904}}], \(routed)}}",
            field: "spec.strategy.canary.steps[0].setCanaryScale.weight", message: "whole number of 32 bits"),
        Case(
            strategy: "{canary: {steps: [{setCanaryScale: {replicas: -1}}], \(routed)}}",
            field: "spec.strategy.canary.steps[0].setCanaryScale.replicas",
            message: "must be greater than or equal to 0"),
        Case(
            strategy: "{canary: {steps: [{pause: {duration: 9223372036854775807}}]}}",
            field: "spec.strategy.canary.steps[0].pause.duration", message: "greater than 0"),
        Case(
            strategy: "{blueGreen: {activeService: a, previewReplicaCount: -1}}",
            field: "spec.strategy.blueGreen.previewReplicaCount",
            message: "must be greater than or equal to 0"
        ),
        Case(
            strategy: "{canary: {}}", more: "progressDeadlineSeconds: 5\n  minReadySeconds: 5",
            field: "spec.progressDeadlineSeconds", message: "must be greater than minReadySeconds"),
        Case(
            strategy: "{canary: {}}", more: "restartAt: \"2026-01-01T00:00:00Z\"", field: "spec.restartAt",
            message: "slipway rollout restart"),
        Case(
            strategy: "{canary: {maxSurge: 0, maxUnavailable: 0}}", field: "spec.strategy.canary.maxSurge",
            message: "both can not be zero"),
        Case(
            strategy: "{canary: {steps: [{setWeight: 101}]}}",
            field: "spec.strategy.canary.steps[0].setWeight", message: "between 0 and 100"),
        Case(
            strategy: "{canary: {steps: [{pause: {duration: -5}}]}}",
            field: "spec.strategy.canary.steps[0].pause.duration", message: "greater than 0"),
        Case(
            strategy: "{canary: {steps: [{setWeight: 5, pause: {}}]}}",
            field: "spec.strategy.canary.steps[0]", message: "it has setWeight and pause"),
        Case(
            strategy: "{canary: {steps: [{}]}}", field: "spec.strategy.canary.steps[0]",
            message: "it has none"),
        Case(
            strategy: "{canary: {steps: [{setCanaryScale: {replicas: 1}}]}}",
            field: "spec.strategy.canary.trafficRouting", message: "requires TrafficRouting"),
        Case(
            strategy: "{canary: {\(routed), steps: [{setCanaryScale: {}}]}}",
            field: "spec.strategy.canary.steps[0].setCanaryScale", message: "needs replicas"),
        Case(
            strategy:
                "{canary: {\(routed), steps: [{setCanaryScale: {replicas: 0}}, {pause: {}}, {setWeight: 5}]}}",
            field: "spec.strategy.canary.steps[2].setWeight", message: "leaves no pods to serve it"),
        Case(
            strategy: "{canary: {steps: [{analysis: {templates: []}}]}}",
            field: "spec.strategy.canary.steps[0].analysis.templates", message: "at least one"),
        Case(
            strategy: "{canary: {scaleDownDelaySeconds: 5}}",
            field: "spec.strategy.canary.scaleDownDelaySeconds", message: "only be used with traffic routing"),
        Case(
            strategy: "{canary: {\(routed), dynamicStableScale: true, scaleDownDelaySeconds: 5}}",
            field: "spec.strategy.canary.dynamicStableScale", message: "cannot be used with"),
        Case(
            strategy: "{canary: {stableService: a, canaryService: a}}",
            field: "spec.strategy.canary.stableService", message: "two different services"),
        Case(
            strategy: "{canary: {trafficRouting: {gatewayAPI: {httpRoute: web}}}}",
            field: "spec.strategy.canary.stableService", message: "must to be set"),
        Case(
            strategy: "{canary: {stableService: a, canaryService: b, trafficRouting: {}}}",
            field: "spec.strategy.canary.trafficRouting.gatewayAPI.httpRoute", message: "HTTPRoute"),
        Case(
            strategy: "{blueGreen: {activeService: a, previewService: a}}",
            field: "spec.strategy.blueGreen.activeService", message: "two different services"),
        Case(
            strategy: "{blueGreen: {}}", field: "spec.strategy.blueGreen.activeService",
            message: "switched to a new version"),
        Case(
            strategy: "{blueGreen: {activeService: a, scaleDownDelayRevisionLimit: 20}}",
            field: "spec.strategy.blueGreen.scaleDownDelayRevisionLimit", message: "history limit"),
    ]

    @Test(arguments: refusals)
    func `what contradicts itself is refused with its field`(test: Case) throws {
        var rollout = try Self.rollout(test.strategy, test.more == "replicas: -1" ? "" : test.more)
        if test.more == "replicas: -1" { rollout["spec", "replicas"] = -1 }
        let faults = RolloutValidation.faults(of: rollout).map { "\($0.field): \($0.message)" }
        #expect(
            faults.contains { $0.hasPrefix("\(test.field): ") && $0.contains(test.message) },
            "\(faults)")
    }

    static let later = [
        "{canary: {steps: [{experiment: {}}]}}", "{canary: {steps: [{setHeaderRoute: {}}]}}",
        "{canary: {steps: [{setMirrorRoute: {}}]}}", "{canary: {steps: [{plugin: {}}]}}",
        "{canary: {antiAffinity: {}}}", "{canary: {canaryMetadata: {}}}", "{canary: {stableMetadata: {}}}",
        "{canary: {pingPong: {}}}",
        "{canary: {stableService: a, canaryService: b, trafficRouting: {istio: {}}}}",
        "{canary: {stableService: a, canaryService: b, trafficRouting: {nginx: {}}}}",
        "{canary: {stableService: a, canaryService: b, trafficRouting: {plugins: {other/router: {}}}}}",
        "{blueGreen: {activeService: a, previewMetadata: {}}}",
    ]

    @Test(arguments: later)
    func `what comes later is refused by name, with what to use instead`(strategy: String) throws {
        let faults = RolloutValidation.faults(of: try Self.rollout(strategy))
        #expect(faults.contains { $0.message.contains("is not supported by this version of Slipway; ") })
    }

    @Test(arguments: [
        "{canary: {}}", "{canary: {steps: [{setWeight: 5}, {pause: {duration: 1h}}, {pause: {}}]}}",
        "{canary: {\(routed), steps: [{setCanaryScale: {replicas: 2}}, {setWeight: 5}]}}",
        "{canary: {\(routed), steps: [{setCanaryScale: {replicas: 0}}, {setCanaryScale: {matchTrafficWeight: true}}, {setWeight: 5}]}}",
        "{canary: {stableService: a, canaryService: b, trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRoute: web}}}}}",
        "{blueGreen: {activeService: a, previewService: b, autoPromotionEnabled: false}}",
    ])
    func `what Argo Rollouts takes is taken`(strategy: String) throws {
        #expect(RolloutValidation.faults(of: try Self.rollout(strategy)).isEmpty)
    }
}
