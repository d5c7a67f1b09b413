import KubeModel
import Manifest

/// A pod as traffic sees it.
struct PodEndpoint: Sendable, Hashable {
    var namespace: String
    var name: String
    var uid: String
    var address: String
    var nodeName: String
    var labels: StringMap
    /// The name the pod has within a headless service of the name ``subdomain``.
    var hostname: String
    var subdomain: String
    var isReady: Bool
    var isTerminating: Bool
    /// Ports by name and protocol (`http/TCP`).
    var namedPorts: [String: Int]
    /// Ports of the machine that stand in for those the containers declare, where the pod has no address of its own.
    var assignedPorts: [Int: Int]
    /// TCP ports of the machine that lead to the pod (`hostPort`), where it has an address of its own.
    var hostPorts: [HostPort]

    /// A port of the machine and the pod's port behind it.
    struct HostPort: Sendable, Hashable {
        /// The machine's address, nil for the one that node ports have.
        var address: String?
        var port: Int
        var containerPort: Int
    }

    /// The annotation that holds ``assignedPorts``: a JSON object, `{"8080": 20001}`.
    static let assignedPortsAnnotation = "slipway.dev/assigned-ports"

    /// Reads a pod; nil where it has no address or has ended.
    init?(_ pod: Value) {
        let status = pod["status"]
        let phase = status?["phase"]?.stringValue
        guard let address = status?["podIP"]?.stringValue, !address.isEmpty, phase != "Succeeded",
            phase != "Failed"
        else { return nil }
        let metadata = pod.metadata
        self.address = address
        namespace = metadata.namespace
        name = metadata.name
        uid = metadata.uid
        labels = metadata.labels
        nodeName = pod["spec"]?["nodeName"]?.stringValue ?? ""
        hostname = pod["spec"]?["hostname"]?.stringValue ?? ""
        subdomain = pod["spec"]?["subdomain"]?.stringValue ?? ""
        isReady = pod.conditions.isTrue("Ready")
        isTerminating = metadata.isDeleting
        namedPorts = Self.ports(of: pod)
        assignedPorts = Self.assigned(metadata.annotations[Self.assignedPortsAnnotation])
        // On the machine's own network the pod itself listens there.
        let isOnHost = pod["spec"]?["hostNetwork"]?.boolValue ?? false
        let hasOwnAddress = !isOnHost && address != status?["hostIP"]?.stringValue && assignedPorts.isEmpty
        hostPorts = hasOwnAddress ? Self.hostPorts(of: pod) : []
    }

    /// What the containers declare that run as long as the pod does.
    private static func declaredPorts(of pod: Value) -> [Value] {
        let sidecars = (pod["spec"]?["initContainers"]?.arrayValue ?? []).filter {
            $0["restartPolicy"]?.stringValue == "Always"
        }
        return ((pod["spec"]?["containers"]?.arrayValue ?? []) + sidecars).flatMap {
            $0["ports"]?.arrayValue ?? []
        }
    }

    private static func hostPorts(of pod: Value) -> [HostPort] {
        declaredPorts(of: pod).compactMap { port in
            guard port["protocol"]?.stringValue ?? "TCP" == "TCP",
                let number = port["hostPort"]?.integerValue.flatMap({ Int(exactly: $0) }), number > 0,
                let containerPort = port["containerPort"]?.integerValue.flatMap({ Int(exactly: $0) })
            else { return nil }
            let address = port["hostIP"]?.stringValue ?? ""
            return HostPort(
                address: address.isEmpty ? nil : address, port: number, containerPort: containerPort)
        }
    }

    private static func ports(of pod: Value) -> [String: Int] {
        var ports: [String: Int] = [:]
        for port in declaredPorts(of: pod) {
            guard let name = port["name"]?.stringValue, !name.isEmpty,
                let number = port["containerPort"]?.integerValue
            else { continue }
            let key = "\(name)/\(port["protocol"]?.stringValue ?? "TCP")"
            if ports[key] == nil { ports[key] = Int(number) }
        }
        return ports
    }

    private static func assigned(_ text: String?) -> [Int: Int] {
        guard let text, let pairs = (try? JSON.parse(Array(text.utf8)))?.objectValue else { return [:] }
        var ports: [Int: Int] = [:]
        for pair in pairs {
            if let declared = Int(pair.key), let number = pair.value.integerValue {
                ports[declared] = Int(number)
            }
        }
        return ports
    }

    /// The port on the pod's address where a service's target is reached; nil where the pod has no such port.
    func port(for target: IntOrString, transport: String) -> Int? {
        let declared: Int?
        switch target {
        case .int(let number): declared = Int(number)
        case .string(let name): declared = namedPorts["\(name)/\(transport)"]
        }
        return declared.map { assignedPorts[$0] ?? $0 }
    }

    var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}
