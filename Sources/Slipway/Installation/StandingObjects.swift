import KubeClient
import KubeModel
import Manifest

/// The objects that every installation has from its first start on.
struct StandingObjects: Sendable {
    let settings: Settings
    let addresses: KnownAddresses

    init(_ settings: Settings, _ addresses: KnownAddresses) {
        self.settings = settings
        self.addresses = addresses
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

    /// Images of the installation's own registry must be signed by its own pipelines, as candidates of a merge queue,
    /// whichever address registry and issuer had when that was done.
    private var policy: Value {
        get throws {
            let registries = addresses.registries + [InstallationParts.registryName]
            let authorities = addresses.web.enumerated().map { index, issuer in
                SignaturePolicySpec.Authority(
                    name: index == 0 ? "pipelines" : "pipelines at \(issuer)",
                    identityRegExp: "\(Self.escaped(issuer))/.*@candidate", issuer: issuer,
                    trustedRoot: SignaturePolicySpec.developmentRoot)
            }
            let spec = SignaturePolicySpec(
                images: registries.map { "\($0)/**" }, authorities: authorities)
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
