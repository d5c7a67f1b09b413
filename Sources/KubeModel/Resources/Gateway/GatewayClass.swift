import Manifest

extension GatewayAPI {
    /// The annotation of a GatewayClass that tells where its router serves metrics to Prometheus, a URL.
    public static let metricsAnnotation = "slipway.dev/metrics"

    /// GatewayClass: which controller serves gateways.
    public static let gatewayClasses = approved(
        ResourceDefinition(
            resource("gatewayclasses"), kind: "GatewayClass", shortNames: ["gc"], categories: ["gateway-api"],
            scope: .cluster,
            spec: object(
                ["controllerName": text(), "description": text(maximum: 64)], required: ["controllerName"]),
            status: object(["conditions": conditions]),
            columns: [
                .init("Controller", path: ".spec.controllerName"),
                .init("Accepted", path: ".status.conditions[?(@.type==\"Accepted\")].status"),
                .init("Age", type: "date", path: ".metadata.creationTimestamp"),
            ]))
}
