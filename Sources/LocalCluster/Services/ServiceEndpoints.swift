import KubeModel
import Manifest

/// The pods behind a service, in groups that have the same ports (upstream: the endpoint slice reconciler).
struct ServiceEndpoints: Sendable, Hashable {
    /// A port as the pods of a group have it.
    struct Port: Sendable, Hashable {
        var name: String
        var transport: String
        var number: Int
        var application: String?
    }

    /// Pods that have the same numbers for the service's ports.
    struct Group: Sendable, Hashable {
        var ports: [Port]
        var pods: [PodEndpoint]
    }

    /// The groups, by their ports; pods by name.
    var groups: [Group]

    init(_ service: ServiceState, pods: [PodEndpoint]) {
        var byPorts: [[Port]: [PodEndpoint]] = [:]
        for pod in pods where service.selects(pod) {
            let ports = service.ports.compactMap { port in
                pod.port(for: port.target, transport: port.transport).map {
                    Port(
                        name: port.name, transport: port.transport, number: $0, application: port.application)
                }
            }
            // A pod that has none of the ports can answer nobody, unless the service has none either.
            if ports.isEmpty, !service.ports.isEmpty { continue }
            byPorts[ports, default: []].append(pod)
        }
        groups = byPorts.map { Group(ports: $0.key, pods: $0.value.sorted { $0.name < $1.name }) }
            .sorted { Self.order($0.ports, $1.ports) }
    }

    private static func order(_ left: [Port], _ right: [Port]) -> Bool {
        left.map { "\($0.name)/\($0.transport)/\($0.number)" }.joined(separator: ",")
            < right.map { "\($0.name)/\($0.transport)/\($0.number)" }.joined(separator: ",")
    }
}

extension ServiceState {
    /// Whether traffic may be sent to a pod: it is ready, or the service does not ask, and it is not on its way out.
    func sendsTraffic(to pod: PodEndpoint) -> Bool {
        (pod.isReady || publishesNotReady) && !pod.isTerminating
    }
}
