import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

/// What Argo Rollouts' functional tests play and this version leaves for later: refused, and by its name.
@Suite struct RefusalScenarioTests {
    /// What is asked for, and the field that is refused.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var what: String
        var strategy: String
        var spec = ""
        var field: String
        var testDescription: String { what }
    }

    private static func step(_ step: String) -> String { Scenario.canary("setWeight: 25", step) }

    private static func router(_ routing: String, more: String = "", step: String = "setWeight: 10") -> String
    {
        "canary:\n  stableService: web-stable\n  canaryService: web-canary\n  trafficRouting: \(routing)\n"
            + "  steps: [{\(step)}]\n  \(more)"
    }

    private static let traffic = "spec.strategy.canary.trafficRouting"
    private static let istio = "{istio: {virtualService: {name: web, routes: [primary]}}}"
    private static let workload = "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web, scaleDown:"
    private static let active = "blueGreen: {activeService: web-active}"
    private static let experiment =
        "experiment: {duration: 5s, templates: [{name: baseline, specRef: stable}]}"

    static let all = [
        Refusal(
            what: "a restart in place", strategy: step("pause: {}"),
            spec: "restartAt: \"2026-01-01T00:00:00Z\"", field: "spec.restartAt"),
        Refusal(
            what: "a restart in place beside a disruption budget",
            strategy: Scenario.canary("setWeight: 25", "pause: {}", more: "maxUnavailable: 100%"),
            spec: "restartAt: \"2026-01-01T00:00:00Z\"", field: "spec.restartAt"),
        Refusal(
            what: "a Deployment's template", strategy: "canary: {}",
            spec: "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}", field: "spec.workloadRef"
        ),
        Refusal(
            what: "a PodTemplate", strategy: "canary: {}",
            spec: "workloadRef: {apiVersion: v1, kind: PodTemplate, name: web}", field: "spec.workloadRef"),
        Refusal(
            what: "a Deployment that is scaled down at the end", strategy: active,
            spec: "\(workload) onsuccess}",
            field: "spec.workloadRef"),
        Refusal(
            what: "a Deployment that is scaled down by and by", strategy: active,
            spec: "\(workload) progressively}", field: "spec.workloadRef"),
        Refusal(
            what: "a Deployment that is scaled down by the steps of a canary",
            strategy: Scenario.canary("setWeight: 25", "pause: {duration: 2s}"),
            spec: "\(workload) progressively}", field: "spec.workloadRef"),
        Refusal(
            what: "a Deployment that is never scaled down", strategy: active, spec: "\(workload) never}",
            field: "spec.workloadRef"),
        Refusal(
            what: "labels of a canary's pods alone",
            strategy: "canary: {canaryMetadata: {labels: {role: canary}}}",
            field: "spec.strategy.canary.canaryMetadata"),
        Refusal(
            what: "labels of stable pods alone",
            strategy: "canary: {stableMetadata: {labels: {role: stable}}}",
            field: "spec.strategy.canary.stableMetadata"),
        Refusal(
            what: "labels of a preview's pods alone",
            strategy: "blueGreen: {activeService: web-active, previewMetadata: {labels: {role: preview}}}",
            field: "spec.strategy.blueGreen.previewMetadata"),
        Refusal(
            what: "labels of active pods alone",
            strategy: "blueGreen: {activeService: web-active, activeMetadata: {labels: {role: active}}}",
            field: "spec.strategy.blueGreen.activeMetadata"),
        Refusal(
            what: "an experiment in a step", strategy: step(experiment),
            field: "spec.strategy.canary.steps[1].experiment"),
        Refusal(
            what: "ALB", strategy: router("{alb: {ingress: web, servicePort: 80}}"), field: "\(traffic).alb"),
        Refusal(
            what: "ALB with several ingresses",
            strategy: router("{alb: {ingresses: [a, b], servicePort: 80}}"), field: "\(traffic).alb"),
        Refusal(
            what: "ping and pong services",
            strategy: router(
                "{alb: {ingress: web, servicePort: 80}}", more: "pingPong: {pingService: a, pongService: b}"),
            field: "spec.strategy.canary.pingPong"),
        Refusal(
            what: "an experiment behind ALB",
            strategy: router("{alb: {ingress: web, servicePort: 80}}", step: experiment),
            field: "spec.strategy.canary.steps[0].experiment"),
        Refusal(
            what: "requests by header behind ALB",
            strategy: router(
                "{managedRoutes: [{name: header}], alb: {ingress: web, servicePort: 80}}",
                step: "setHeaderRoute: {name: header, match: [{headerName: a, headerValue: {exact: b}}]}"),
            field: "spec.strategy.canary.steps[0].setHeaderRoute"),
        Refusal(what: "Istio's hosts", strategy: router(istio), field: "\(traffic).istio"),
        Refusal(
            what: "Istio's subsets",
            strategy: router(
                "{istio: {virtualService: {name: web}, destinationRule: {name: web, canarySubsetName: canary, stableSubsetName: stable}}}"
            ), field: "\(traffic).istio"),
        Refusal(
            what: "an experiment behind Istio", strategy: router(istio, step: experiment),
            field: "spec.strategy.canary.steps[0].experiment"),
        Refusal(
            what: "ping and pong services behind Istio",
            strategy: router(istio, more: "pingPong: {pingService: a, pongService: b}"),
            field: "spec.strategy.canary.pingPong"),
        Refusal(
            what: "requests by header behind Istio",
            strategy: router(
                istio,
                step: "setHeaderRoute: {name: header, match: [{headerName: a, headerValue: {exact: b}}]}"),
            field: "spec.strategy.canary.steps[0].setHeaderRoute"),
        Refusal(
            what: "copies of requests",
            strategy: router(istio, step: "setMirrorRoute: {name: mirror, percentage: 100, match: []}"),
            field: "spec.strategy.canary.steps[0].setMirrorRoute"),
        Refusal(
            what: "managed routes", strategy: router("{managedRoutes: [{name: mirror}]}"),
            field: "\(traffic).managedRoutes"),
        Refusal(what: "NGINX", strategy: router("{nginx: {stableIngress: web}}"), field: "\(traffic).nginx"),
        Refusal(
            what: "App Mesh", strategy: router("{appMesh: {virtualService: {name: web}}}"),
            field: "\(traffic).appMesh"),
        Refusal(
            what: "APISIX", strategy: router("{apisix: {route: {name: web, rules: [a]}}}"),
            field: "\(traffic).apisix"),
        Refusal(
            what: "APISIX by header",
            strategy: router(
                "{managedRoutes: [{name: header}], apisix: {route: {name: web}}}",
                step: "setHeaderRoute: {name: header}"),
            field: "spec.strategy.canary.steps[0].setHeaderRoute"),
        Refusal(what: "SMI", strategy: router("{smi: {rootService: web}}"), field: "\(traffic).smi"),
        Refusal(
            what: "an experiment behind SMI", strategy: router("{smi: {}}", step: experiment),
            field: "spec.strategy.canary.steps[0].experiment"),
        Refusal(
            what: "Ambassador", strategy: router("{ambassador: {mappings: [a]}}"),
            field: "\(traffic).ambassador"),
        Refusal(
            what: "Traefik", strategy: router("{traefik: {weightedTraefikServiceName: a}}"),
            field: "\(traffic).traefik"),
        Refusal(
            what: "another router's plugin", strategy: router("{plugins: {other/router: {}}}"),
            field: "\(traffic).plugins"),
        Refusal(
            what: "a step by a plugin", strategy: step("plugin: {name: steps/plugin, config: {}}"),
            field: "spec.strategy.canary.steps[1].plugin"),
        Refusal(
            what: "anti-affinity of a canary",
            strategy: "canary: {antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}",
            field: "spec.strategy.canary.antiAffinity"),
        Refusal(
            what: "anti-affinity of blue and green",
            strategy:
                "blueGreen: {activeService: web-active, antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}",
            field: "spec.strategy.blueGreen.antiAffinity"),
    ]

    @Test(arguments: all)
    func `what comes later is refused by its name`(refusal: Refusal) throws {
        let rollout = try #require(
            try YAML.parse(Scenario.rollout(refusal.strategy, spec: refusal.spec)).first)
        let faults = RolloutValidation.faults(of: rollout)
        #expect(
            faults.contains {
                "\($0.field)".hasPrefix(refusal.field)
                    && $0.message.contains("is not supported by this version of Slipway; ")
            }, "\(faults.map { "\($0.field): \($0.message)" })")
    }

    @Test func `a rollout that asks for what comes later is degraded and says why, and goes on without it`()
        async throws
    {
        let refusal = try #require(Self.all.first { $0.what == "a step by a plugin" })
        try await Scenario.play(Scenario.rollout(refusal.strategy)) { play in
            let refused = try await play.reach("Degraded")
            #expect(refused.replicaSets.isEmpty)
            #expect(refused.message.hasPrefix("InvalidSpec"))
            #expect(refused.message.contains("steps[1].plugin"))
            try await play.change("spec: {strategy: {canary: {steps: [{setWeight: 25}]}}}")
            try await play.reach("Healthy", pods: [1: 1])
        }
    }

    /// Experiments of their own, with services, dry runs and retention, are objects of a kind that there is not.
    @Test func `an Experiment is of no kind that a server knows`() async throws {
        try await Scenario.play(Scenario.rollout("canary: {}")) { play in
            await #expect(throws: (any Error).self) {
                try await play.apply(
                    "{apiVersion: argoproj.io/v1alpha1, kind: Experiment, metadata: {name: web}, spec: {templates: []}}"
                )
            }
        }
    }
}
