import Testing

@testable import LocalCluster

@Suite struct RouteMatchingTests {
    static func backend(_ service: String) -> RoutingTable.WeightedBackend {
        .init(.init(namespace: "shop", service: service, port: 80, endpoints: []))
    }

    static func rule(_ service: String, _ matches: RoutingTable.Match...) -> RoutingTable.Rule {
        .init(matches: matches, backends: [backend(service)])
    }

    static let table = RoutingTable(routes: [
        .init(
            namespace: "shop", name: "web", created: "2026-01-02T00:00:00Z", hostnames: ["shop.example.com"],
            rules: [
                rule("web", .init()),
                rule("api", .init(path: .prefix("/api"))),
                rule("api-v2", .init(path: .prefix("/api/v2/"))),
                rule("exact", .init(path: .exact("/api/v2/status"))),
                rule("writes", .init(path: .prefix("/api"), method: "POST")),
                rule("beta", .init(path: .prefix("/api"), headers: [.init("x-user", "beta")])),
                rule("debug", .init(path: .prefix("/api"), query: [.init("debug", "1")])),
            ]),
        .init(namespace: "shop", name: "wild", hostnames: ["*.example.com"], rules: [rule("wild", .init())]),
        .init(
            namespace: "shop", name: "deep", hostnames: ["*.eu.example.com"], rules: [rule("deep", .init())]),
        .init(
            namespace: "shop", name: "younger", created: "2026-01-03T00:00:00Z",
            rules: [rule("younger", .init(path: .prefix("/tie")))]),
        .init(
            namespace: "shop", name: "older", created: "2026-01-01T00:00:00Z",
            rules: [rule("older", .init(path: .prefix("/tie")))]),
    ])

    struct Case: CustomTestStringConvertible {
        var host = "shop.example.com"
        var method = "GET"
        let target: String
        var headers: [String: String] = [:]
        let service: String?
        var testDescription: String { "\(method) \(host) \(target)" }
    }

    @Test(arguments: [
        Case(target: "/", service: "web"),
        Case(target: "/apis", service: "web"),
        Case(target: "/api", service: "api"),
        Case(target: "/api/x?debug=0", service: "api"),
        Case(target: "/api/x?a=b&debug=1", service: "debug"),
        Case(target: "/api/v2", service: "api-v2"),
        Case(target: "/api/v2/orders", service: "api-v2"),
        Case(target: "/api/v2/status", service: "exact"),
        Case(target: "/api/v2/status/", service: "api-v2"),
        Case(method: "POST", target: "/api/x", service: "writes"),
        Case(target: "/api/x", headers: ["x-user": "beta"], service: "beta"),
        Case(target: "/api/x", headers: ["x-user": "Beta"], service: "api"),
        Case(method: "POST", target: "/api/x", headers: ["x-user": "beta"], service: "writes"),
        Case(host: "SHOP.example.com:8080", target: "/", service: "web"),
        Case(host: "other.example.com", target: "/api", service: "wild"),
        Case(host: "a.eu.example.com", target: "/", service: "deep"),
        Case(host: "example.com", target: "/", service: nil),
        Case(host: "[::1]:80", target: "/tie/1", service: "older"),
        Case(host: "elsewhere", target: "/none", service: nil),
    ])
    func `requests match in the order of the Gateway API`(request: Case) {
        let routes = CompiledRoutes(Self.table, seed: 1)
        let rule = routes.rule(
            host: request.host, method: request.method, target: request.target,
            header: { request.headers[$0] })
        #expect(rule?.nextTarget()?.backend.service == request.service)
    }
}
