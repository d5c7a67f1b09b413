import Manifest

/// The Gateway API (gateway.networking.k8s.io), as far as the router and the roll-outs speak it.
///
/// The schemas hold the defaults and the limits of the upstream definitions (v1.2); fields that they do not name are
/// kept.
public enum GatewayAPI {
    public static let group = "gateway.networking.k8s.io"

    /// All definitions, in an order in which they can be installed.
    public static let definitions = [gatewayClasses, gateways, httpRoutes, referenceGrants]

    static func resource(_ name: String, version: String = "v1") -> GroupVersionResource {
        GroupVersionResource(group: group, version: version, resource: name)
    }

    /// What definitions of Kubernetes' own groups need before a server takes them.
    static func approved(_ definition: ResourceDefinition) -> ResourceDefinition {
        var definition = definition
        definition.annotations = [
            "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api/pull/3328",
            "gateway.networking.k8s.io/bundle-version": "v1.2.1",
            "gateway.networking.k8s.io/channel": "standard",
        ]
        return definition
    }

    // MARK: Parts of schemas

    static func text(maximum: Int64 = 253, default fallback: Value? = nil, values: [Value] = []) -> Value {
        var schema: Object = ["type": "string", "maxLength": .integer(maximum)]
        if let fallback { schema["default"] = fallback }
        if !values.isEmpty { schema["enum"] = .array(values) }
        return .object(schema)
    }

    static func number(_ range: ClosedRange<Int64>, default fallback: Value? = nil) -> Value {
        var schema: Object = [
            "type": "integer", "format": "int32", "minimum": .integer(range.lowerBound),
            "maximum": .integer(range.upperBound),
        ]
        if let fallback { schema["default"] = fallback }
        return .object(schema)
    }

    /// An object that keeps fields which the schema does not name.
    static func object(_ properties: Object, required: [Value] = [], default fallback: Value? = nil) -> Value
    {
        var schema: Object = [
            "type": "object", "properties": .object(properties), "x-kubernetes-preserve-unknown-fields": true,
        ]
        if !required.isEmpty { schema["required"] = .array(required) }
        if let fallback { schema["default"] = fallback }
        return .object(schema)
    }

    static func list(_ items: Value, maximum: Int64, minimum: Int64 = 0, default fallback: Value? = nil)
        -> Value
    {
        var schema: Object = ["type": "array", "items": items, "maxItems": .integer(maximum)]
        if minimum > 0 { schema["minItems"] = .integer(minimum) }
        if let fallback { schema["default"] = fallback }
        return .object(schema)
    }

    /// `status.conditions`, keyed by type so that several appliers can share the list.
    static let conditions: Value = [
        "type": "array", "maxItems": 8,
        "items": [
            "type": "object", "required": ["type", "status", "lastTransitionTime", "reason", "message"],
            "properties": [
                "type": ["type": "string", "maxLength": 316],
                "status": ["type": "string", "enum": ["True", "False", "Unknown"]],
                "reason": ["type": "string", "maxLength": 1024, "minLength": 1],
                "message": ["type": "string", "maxLength": 32768],
                "lastTransitionTime": ["type": "string", "format": "date-time"],
                "observedGeneration": ["type": "integer", "format": "int64", "minimum": 0],
            ],
        ],
        "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
    ]
}
