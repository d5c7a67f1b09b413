import KubeClient
import KubeModel
import Manifest

/// Where all traffic goes, decided from one view of services, pods and routes.
struct TrafficPlan: Sendable {
    /// Something about a service that people should know.
    struct Note: Sendable, Hashable {
        var service: ObjectKey
        var reason: String
        var message: String
    }

    let gateway: GatewayPlan
    private(set) var proxy = ProxyTable()
    /// The addresses the machine takes connections to.
    private(set) var clusterIPs: Set<String> = []
    private(set) var names = ServiceNames()
    private(set) var notes: [Note] = []
    /// What the router may send requests to, by pod.
    private(set) var routed: [String: Set<RoutingTable.Endpoint>] = [:]

    /// - Parameters:
    ///   - nodeAddress: where node ports are listened on.
    ///   - servesClusterIPs: whether connections to cluster IPs reach this program.
    init(_ view: GatewayView, nodeAddress: String, servesClusterIPs: Bool) {
        gateway = GatewayPlan(view)
        var uids: [RoutingTable.Endpoint: String] = [:]
        for (key, service) in view.services {
            let pods = view.pods[key] ?? []
            for pod in pods {
                for endpoint in Self.endpoints(of: pod, service) { uids[endpoint] = pod.uid }
            }
            names.add(service, pods: pods)
            addPorts(
                of: service, pods: pods, external: view.external[key] ?? [], nodeAddress, servesClusterIPs)
        }
        for endpoint in gateway.tables.values.flatMap(\.endpoints) {
            if let uid = uids[endpoint] { routed[uid, default: []].insert(endpoint) }
        }
    }

    /// Every pod that gets traffic in any way.
    var pods: Set<String> { proxy.pods.union(routed.keys) }

    private static func endpoints(of pod: PodEndpoint, _ service: ServiceState) -> [RoutingTable.Endpoint] {
        service.ports.compactMap { port in
            pod.port(for: port.target, transport: port.transport).map { number in
                RoutingTable.Endpoint(
                    address: pod.address, port: number, pod: pod.name,
                    podTemplateHash: GatewayView.hash(of: pod))
            }
        }
    }

    private mutating func addPorts(
        of service: ServiceState, pods: [PodEndpoint], external: [ExternalEndpoint], _ nodeAddress: String,
        _ servesClusterIPs: Bool
    ) {
        guard let address = service.clusterIP, !address.contains(":") else { return }
        if servesClusterIPs { clusterIPs.insert(address) }
        if service.hasAffinity {
            note(
                service, "SessionAffinityNotSupported",
                "sessionAffinity ClientIP is not supported by the local cluster; connections go to all pods in turn"
            )
        }
        for port in service.ports {
            guard port.transport == "TCP" else {
                note(
                    service, "ProtocolNotSupported",
                    "port \(port.port)/\(port.transport) is not served: the local cluster forwards TCP alone; connect to "
                        + "the pods, whose addresses a headless service gives")
                continue
            }
            let endpoints = Self.targets(service, port, pods, external)
            if servesClusterIPs { proxy.ports[.init(host: address, port: port.port)] = endpoints }
            if let nodePort = port.nodePort {
                proxy.ports[.init(host: nodeAddress, port: nodePort)] = endpoints
            }
        }
    }

    private static func targets(
        _ service: ServiceState, _ port: ServiceState.Port, _ pods: [PodEndpoint],
        _ external: [ExternalEndpoint]
    ) -> [ProxyTable.Endpoint] {
        guard service.selector != nil else {
            return external.filter { $0.portName == port.name }.map {
                ProxyTable.Endpoint(address: $0.address, port: $0.port, pod: "")
            }
        }
        return pods.filter(service.sendsTraffic).compactMap { pod in
            pod.port(for: port.target, transport: port.transport).map {
                ProxyTable.Endpoint(address: pod.address, port: $0, pod: pod.uid)
            }
        }
    }

    private mutating func note(_ service: ServiceState, _ reason: String, _ message: String) {
        notes.append(Note(service: service.key, reason: reason, message: message))
    }
}
