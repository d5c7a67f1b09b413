import Manifest

extension GatewayAPI {
    /// ReferenceGrant: which objects of other namespaces may refer to those of this one.
    public static let referenceGrants = approved(
        ResourceDefinition(
            resource("referencegrants", version: "v1beta1"), kind: "ReferenceGrant", shortNames: ["refgrant"],
            categories: ["gateway-api"],
            spec: object(
                [
                    "from": list(
                        object(
                            ["group": text(), "kind": text(maximum: 63), "namespace": text(maximum: 63)],
                            required: ["group", "kind", "namespace"]), maximum: 16, minimum: 1),
                    "to": list(
                        object(
                            ["group": text(), "kind": text(maximum: 63), "name": text()],
                            required: ["group", "kind"]),
                        maximum: 16, minimum: 1),
                ], required: ["from", "to"]),
            columns: [.init("Age", type: "date", path: ".metadata.creationTimestamp")]))
}
