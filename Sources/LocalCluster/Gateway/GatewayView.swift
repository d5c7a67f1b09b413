import KubeClient
import KubeModel
import Manifest

/// Everything that decides where the router sends requests, at one moment.
struct GatewayView: Sendable {
    /// The name under which this controller is asked for.
    static let controller = "slipway.dev/gateway-controller"

    var classes: [Value] = []
    var gateways: [Value] = []
    var routes: [Value] = []
    var grants: [Value] = []
    var namespaces: [Value] = []
    var services: [ObjectKey: ServiceState] = [:]
    /// The pods behind the services.
    var pods: [ObjectKey: [PodEndpoint]] = [:]
    /// Pods that ask for ports of the machine.
    var hostPortPods: [PodEndpoint] = []
    /// Addresses behind services that select no pods, from their slices.
    var external: [ObjectKey: [ExternalEndpoint]] = [:]

    /// The names of the classes that are ours.
    var classNames: Set<String> {
        Set(
            classes.filter { $0["spec"]?["controllerName"]?.stringValue == Self.controller }
                .map(\.metadata.name))
    }

    /// Whether a listener lets routes of a namespace attach.
    func allows(_ source: GatewayState.Listener.Source, _ namespace: String, gateway: ObjectKey) -> Bool {
        switch source {
        case .same: namespace == gateway.namespace
        case .all: true
        case .selected(let selector):
            namespaces.first { $0.metadata.name == namespace }.map { selector.matches($0.metadata.labels) }
                ?? false
        }
    }

    /// Whether a route may refer to a service of another namespace.
    func grants(_ route: ObjectKey, to service: ObjectKey) -> Bool {
        if route.namespace == service.namespace { return true }
        return grants.contains { grant in
            guard grant.metadata.namespace == service.namespace else { return false }
            let from = (grant["spec"]?["from"]?.arrayValue ?? []).contains {
                $0["group"]?.stringValue == GatewayAPI.group && $0["kind"]?.stringValue == "HTTPRoute"
                    && $0["namespace"]?.stringValue == route.namespace
            }
            let to = (grant["spec"]?["to"]?.arrayValue ?? []).contains {
                ($0["group"]?.stringValue ?? "").isEmpty && $0["kind"]?.stringValue == "Service"
                    && ($0["name"]?.stringValue.map { $0 == service.name } ?? true)
            }
            return from && to
        }
    }

    /// Where a service's port is served now; nil where there is no such port.
    func endpoints(of key: ObjectKey, port: Int) -> [RoutingTable.Endpoint]? {
        guard let service = services[key],
            let declared = service.ports.first(where: { $0.port == port && $0.transport == "TCP" })
        else { return nil }
        if service.selector == nil {
            return (external[key] ?? []).filter { $0.portName == declared.name }.map {
                RoutingTable.Endpoint(address: $0.address, port: $0.port)
            }
        }
        return (pods[key] ?? []).filter(service.sendsTraffic).compactMap { pod in
            pod.port(for: declared.target, transport: "TCP").map { number in
                RoutingTable.Endpoint(
                    address: pod.address, port: number, pod: pod.name,
                    podTemplateHash: Self.hash(of: pod))
            }
        }
    }

    /// The label that tells a pod's version: that of Deployments, or of Argo Rollouts.
    static func hash(of pod: PodEndpoint) -> String {
        pod.labels[DeploymentAnnotations.hashLabel] ?? pod.labels["rollouts-pod-template-hash"] ?? ""
    }
}

/// An address that an EndpointSlice names for a service without a selector.
struct ExternalEndpoint: Sendable, Hashable {
    var address: String
    var portName: String
    var port: Int

    /// The ready endpoints of a slice.
    static func all(in slice: Value) -> [ExternalEndpoint] {
        var found: [ExternalEndpoint] = []
        for endpoint in slice["endpoints"]?.arrayValue ?? []
        where endpoint["conditions"]?["ready"]?.boolValue ?? true {
            guard let address = endpoint["addresses"]?[0]?.stringValue else { continue }
            for port in slice["ports"]?.arrayValue ?? [] {
                guard let number = port["port"]?.integerValue else { continue }
                found.append(
                    ExternalEndpoint(
                        address: address, portName: port["name"]?.stringValue ?? "", port: Int(number)))
            }
        }
        return found
    }
}
