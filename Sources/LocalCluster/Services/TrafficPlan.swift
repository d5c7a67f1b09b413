import KubeClient
import KubeModel
import Manifest

/// Where all traffic goes, decided from one view of services, pods and routes.
struct TrafficPlan: Sendable {
    /// Something about a service or a pod that people should know.
    struct Note: Sendable, Hashable {
        enum Subject: Sendable, Hashable {
            case service(ObjectKey)
            case pod(ObjectKey)
        }

        var subject: Subject
        var reason: String
        var message: String
    }

    let gateway: GatewayPlan
    private(set) var proxy = ProxyTable()
    /// Which pods asked for addresses of the machine.
    private(set) var hostPorts: [ProxyTable.Address: ObjectKey] = [:]
    /// The addresses the machine takes connections to.
    private(set) var clusterIPs: Set<String> = []
    private(set) var names = ServiceNames()
    private(set) var notes: [Note] = []
    /// What the router may send requests to, by pod.
    private(set) var routed: [String: Set<RoutingTable.Endpoint>] = [:]

    /// - Parameters:
    ///   - nodeAddress: where node ports, and host ports that name no address, are listened on.
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
        for pod in view.hostPortPods where !pod.isTerminating { addHostPorts(of: pod, nodeAddress) }
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

    /// Has the machine's ports lead to the pod, ready or not, as its containers asked.
    private mutating func addHostPorts(of pod: PodEndpoint, _ nodeAddress: String) {
        let key = ObjectKey(namespace: pod.namespace, name: pod.name)
        for port in pod.hostPorts {
            let place = ProxyTable.Address(host: port.address ?? nodeAddress, port: port.port)
            guard proxy.ports[place] == nil else {
                let other = hostPorts[place].map { "pod \($0)" } ?? "the node port of a service"
                notes.append(
                    Note(
                        subject: .pod(key), reason: "HostPortFailed",
                        message: "\(place) already leads to \(other): choose another hostPort"))
                continue
            }
            proxy.ports[place] = [.init(address: pod.address, port: port.containerPort, pod: pod.uid)]
            hostPorts[place] = key
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
        notes.append(Note(subject: .service(service.key), reason: reason, message: message))
    }
}
