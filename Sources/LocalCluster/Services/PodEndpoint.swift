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
    }

    private static func ports(of pod: Value) -> [String: Int] {
        var ports: [String: Int] = [:]
        let sidecars = (pod["spec"]?["initContainers"]?.arrayValue ?? []).filter {
            $0["restartPolicy"]?.stringValue == "Always"
        }
        for container in (pod["spec"]?["containers"]?.arrayValue ?? []) + sidecars {
            for port in container["ports"]?.arrayValue ?? [] {
                guard let name = port["name"]?.stringValue, !name.isEmpty,
                    let number = port["containerPort"]?.integerValue
                else { continue }
                let key = "\(name)/\(port["protocol"]?.stringValue ?? "TCP")"
                if ports[key] == nil { ports[key] = Int(number) }
            }
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
