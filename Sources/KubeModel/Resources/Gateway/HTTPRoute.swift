import Manifest

extension GatewayAPI {
    /// HTTPRoute: which requests go to which services, and how they are split.
    public static let httpRoutes = approved(
        ResourceDefinition(
            resource("httproutes"), kind: "HTTPRoute", categories: ["gateway-api"],
            spec: object([
                "parentRefs": list(parent, maximum: 32), "hostnames": list(text(), maximum: 16),
                "rules": list(
                    rule, maximum: 16,
                    default: [["matches": [["path": ["type": "PathPrefix", "value": "/"]]]]]),
            ]),
            status: object([
                "parents": list(
                    object([
                        "parentRef": ResourceDefinition.anyObject, "controllerName": text(),
                        "conditions": conditions,
                    ]), maximum: 32)
            ]),
            columns: [
                .init("Hostnames", path: ".spec.hostnames"),
                .init("Age", type: "date", path: ".metadata.creationTimestamp"),
            ]))

    private static let parent = object(
        [
            "group": text(default: "gateway.networking.k8s.io"),
            "kind": text(maximum: 63, default: "Gateway"),
            "namespace": text(maximum: 63), "name": text(), "sectionName": text(), "port": number(1...65535),
        ], required: ["name"])

    private static let rule = object([
        "matches": list(match, maximum: 64, default: [["path": ["type": "PathPrefix", "value": "/"]]]),
        "filters": list(ResourceDefinition.anyObject, maximum: 16),
        "backendRefs": list(backend, maximum: 16),
        "timeouts": object(["request": duration, "backendRequest": duration]),
    ])

    private static let duration: Value = ["type": "string", "pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$"]

    private static let match = object([
        "path": object(
            [
                "type": text(default: "PathPrefix", values: ["Exact", "PathPrefix", "RegularExpression"]),
                "value": text(maximum: 1024, default: "/"),
            ], default: ["type": "PathPrefix", "value": "/"]),
        "headers": list(field, maximum: 16), "queryParams": list(field, maximum: 16),
        "method": text(
            values: ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]),
    ])

    private static let field = object(
        [
            "type": text(default: "Exact", values: ["Exact", "RegularExpression"]),
            "name": text(maximum: 256),
            "value": text(maximum: 4096),
        ], required: ["name", "value"])

    private static let backend = object(
        [
            "group": text(default: ""), "kind": text(maximum: 63, default: "Service"), "name": text(),
            "namespace": text(maximum: 63), "port": number(1...65535),
            "weight": number(0...1_000_000, default: 1),
            "filters": list(ResourceDefinition.anyObject, maximum: 16),
        ], required: ["name"])
}
