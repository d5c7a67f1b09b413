import Manifest

extension GatewayAPI {
    /// Gateway: where requests come in.
    public static let gateways = approved(
        ResourceDefinition(
            resource("gateways"), kind: "Gateway", shortNames: ["gtw"], categories: ["gateway-api"],
            spec: object(
                [
                    "gatewayClassName": text(), "listeners": list(listener, maximum: 64, minimum: 1),
                    "addresses": list(anyObject, maximum: 16),
                ], required: ["gatewayClassName", "listeners"]),
            status: object([
                "conditions": conditions, "addresses": list(anyObject, maximum: 16),
                "listeners": list(
                    object(["name": text(), "attachedRoutes": ["type": "integer"], "conditions": conditions]),
                    maximum: 64),
            ]),
            columns: [
                .init("Class", path: ".spec.gatewayClassName"),
                .init("Address", path: ".status.addresses[*].value"),
                .init("Programmed", path: ".status.conditions[?(@.type==\"Programmed\")].status"),
                .init("Age", type: "date", path: ".metadata.creationTimestamp"),
            ]))

    private static let anyObject = ResourceDefinition.anyObject

    private static let listener = object(
        [
            "name": text(), "hostname": text(), "port": number(1...65535), "protocol": text(maximum: 255),
            "allowedRoutes": object(
                [
                    "namespaces": object(
                        [
                            "from": text(default: "Same", values: ["All", "Selector", "Same"]),
                            "selector": anyObject,
                        ], default: ["from": "Same"])
                ], default: ["namespaces": ["from": "Same"]]),
        ], required: ["name", "port", "protocol"])
}
