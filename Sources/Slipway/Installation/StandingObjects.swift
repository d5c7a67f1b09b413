import KubeClient
import KubeModel
import Manifest

/// The objects that every installation has from its first start on.
struct StandingObjects: Sendable {
    let settings: Settings
    /// Who vouches for the identities of runs.
    let issuer: String

    init(_ settings: Settings, issuer: String) {
        self.settings = settings
        self.issuer = issuer
    }

    /// In the order in which they are made.
    var all: [(resource: GroupVersionResource, object: Value)] {
        get throws {
            [
                (.namespaces, namespace), (GatewayAPI.gateways.resource, gateway),
                (.signaturePolicies, try policy),
            ]
        }
    }

    /// Images of the installation's own registry must be signed by its own pipelines, as candidates of a merge queue.
    private var policy: Value {
        get throws {
            let registry = settings.listen.registry.local.description
            let pattern = "\(Self.escaped(issuer))/.*@candidate"
            let spec = SignaturePolicySpec(
                images: ["\(registry)/**", "\(InstallationParts.registryName)/**"],
                authorities: [
                    .init(
                        name: "pipelines", identityRegExp: pattern, issuer: issuer,
                        trustedRoot: SignaturePolicySpec.developmentRoot)
                ])
            return [
                "apiVersion": "slipway.dev/v1alpha1", "kind": "SignaturePolicy",
                "metadata": ["name": "own-registry"], "spec": try ValueEncoder().encode(spec),
            ]
        }
    }

    private static func escaped(_ text: String) -> String {
        text.map { ".+*?()[]{}|^$\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

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
