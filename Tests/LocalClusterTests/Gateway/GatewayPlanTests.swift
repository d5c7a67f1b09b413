import KubeClient
import KubeModel
import Manifest
import Testing

@testable import LocalCluster

/// The Gateway API's rules about who attaches to what, as tables.
@Suite struct GatewayPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var listener: Object = [:]
        var route: Object = [:]
        var parent: Object = [:]
        var namespace = "shop"
        var grants: [Value] = []
        /// The reasons of `Accepted` and `ResolvedRefs`.
        var reasons: [String]
        var hosts: [String]? = []
    }

    static func backend(_ more: Object) -> Object {
        var fields: Object = ["name": "web", "port": 80]
        for pair in more { fields[pair.key] = pair.value }
        return ["rules": [["backendRefs": [.object(fields)]]]]
    }

    static let grant: Value = [
        "metadata": ["name": "g", "namespace": "shop"],
        "spec": [
            "from": [["group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "other"]],
            "to": [["group": "", "kind": "Service"]],
        ],
    ]

    static let cases: [Case] = [
        Case(testDescription: "plain", reasons: ["Accepted", "ResolvedRefs"]),
        Case(
            testDescription: "hosts in common", listener: ["hostname": "*.example.com"],
            route: ["hostnames": ["a.example.com", "b.example.org"]], reasons: ["Accepted", "ResolvedRefs"],
            hosts: ["a.example.com"]),
        Case(
            testDescription: "the listener's host where the route has none",
            listener: ["hostname": "a.example.com"],
            reasons: ["Accepted", "ResolvedRefs"], hosts: ["a.example.com"]),
        Case(
            testDescription: "no host in common", listener: ["hostname": "a.example.com"],
            route: ["hostnames": ["b.example.com"]], reasons: ["NoMatchingListenerHostname", "ResolvedRefs"],
            hosts: nil),
        Case(
            testDescription: "another namespace", namespace: "other",
            reasons: ["NotAllowedByListeners", "RefNotPermitted"], hosts: nil),
        Case(
            testDescription: "another namespace that is allowed",
            listener: ["allowedRoutes": ["namespaces": ["from": "All"]]],
            route: backend(["namespace": "shop"]),
            namespace: "other", grants: [grant], reasons: ["Accepted", "ResolvedRefs"]),
        Case(
            testDescription: "another namespace by its labels",
            listener: [
                "allowedRoutes": [
                    "namespaces": ["from": "Selector", "selector": ["matchLabels": ["team": "a"]]]
                ]
            ], route: backend(["namespace": "shop"]), namespace: "other",
            reasons: ["Accepted", "RefNotPermitted"]),
        Case(
            testDescription: "no such listener", parent: ["sectionName": "nothing"],
            reasons: ["NoMatchingParent", "ResolvedRefs"], hosts: nil),
        Case(
            testDescription: "no such port", parent: ["port": 81],
            reasons: ["NoMatchingParent", "ResolvedRefs"],
            hosts: nil),
        Case(
            testDescription: "a backend of another kind", route: backend(["kind": "Bucket"]),
            reasons: ["Accepted", "InvalidKind"]),
        Case(
            testDescription: "a backend without such a port", route: backend(["port": 81]),
            reasons: ["Accepted", "BackendNotFound"]),
        Case(
            testDescription: "expressions",
            route: ["rules": [["matches": [["path": ["type": "RegularExpression"]]]]]],
            reasons: ["UnsupportedValue", "ResolvedRefs"], hosts: nil),
        Case(
            testDescription: "mirrors", route: ["rules": [["filters": [["type": "RequestMirror"]]]]],
            reasons: ["UnsupportedValue", "ResolvedRefs"], hosts: nil),
        Case(
            testDescription: "a redirect",
            route: [
                "rules": [
                    ["filters": [["type": "RequestRedirect", "requestRedirect": ["scheme": "https"]]]]
                ]
            ], reasons: ["Accepted", "ResolvedRefs"]),
    ]

    @Test(arguments: cases) func `routes attach by the rules`(test: Case) {
        var view = GatewayView()
        view.classes = [
            ["metadata": ["name": "slipway"], "spec": ["controllerName": .string(GatewayView.controller)]]
        ]
        view.namespaces = [
            ["metadata": ["name": "shop"]], ["metadata": ["name": "other", "labels": ["team": "a"]]],
        ]
        view.grants = test.grants
        var listener: Object = ["name": "http", "port": 80, "protocol": "HTTP"]
        for pair in test.listener { listener[pair.key] = pair.value }
        view.gateways = [
            [
                "metadata": ["name": "edge", "namespace": "shop"],
                "spec": ["gatewayClassName": "slipway", "listeners": [.object(listener)]],
            ]
        ]
        var parent: Object = ["name": "edge", "namespace": "shop"]
        for pair in test.parent { parent[pair.key] = pair.value }
        var spec: Object = ["parentRefs": [.object(parent)]]
        for pair in test.namespace == "shop" ? Object() : Self.backend(["namespace": "shop"]) {
            spec[pair.key] = pair.value
        }
        for pair in test.route { spec[pair.key] = pair.value }
        view.routes = [
            ["metadata": ["name": "web", "namespace": .string(test.namespace)], "spec": .object(spec)]
        ]
        let service = ServiceState([
            "metadata": ["name": "web", "namespace": "shop"],
            "spec": ["clusterIP": "10.96.0.7", "selector": ["a": "b"], "ports": [["port": 80]]],
        ])
        view.services = [service.key: service]
        let plan = GatewayPlan(view)
        let now = Timestamp(seconds: 1_800_000_000)
        let changes = plan.statusChanges(address: "127.0.0.1", failures: [:], now: now)
        let status = changes.first { $0.object.metadata.name == "web" }?.status
        let conditions = Conditions(status?["parents"]?[0]?["conditions"]?.arrayValue ?? [])
        #expect(["Accepted", "ResolvedRefs"].map { conditions[$0]?.reason } == test.reasons)
        #expect(plan.tables[80]?.routes.first?.hostnames == test.hosts)
    }

    @Test func `durations are read as the API spells them`() {
        #expect(RouteRules.duration("1h30m") == .seconds(5400))
        #expect(RouteRules.duration("500ms") == .milliseconds(500))
        #expect(RouteRules.duration("0s") == .zero)
        for text in ["", "5", "s", "5d", "-1s"] { #expect(RouteRules.duration(text) == nil) }
    }
}
