import Manifest

/// The objects that every installation has from its first start on.
struct StandingObjects: Sendable {
    let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    /// In the order in which they are made.
    var all: [Value] { [namespace, gateway] }

    private var namespace: Value {
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(settings.namespace)]]
    }

    /// The gateway that routes of all namespaces may name as their parent.
    private var gateway: Value {
        [
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
            "metadata": ["name": "edge", "namespace": .string(settings.namespace)],
            "spec": [
                "gatewayClassName": "slipway",
                "listeners": [
                    [
                        "name": "http", "protocol": "HTTP",
                        "port": .integer(Int64(settings.listen.traffic.port)),
                        "allowedRoutes": ["namespaces": ["from": "All"]],
                    ]
                ],
            ],
        ]
    }
}
