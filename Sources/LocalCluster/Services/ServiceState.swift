import KubeClient
import KubeModel
import Manifest

/// A Service as traffic sees it.
struct ServiceState: Sendable, Hashable {
    struct Port: Sendable, Hashable {
        var name: String
        var transport: String
        var port: Int
        var target: IntOrString
        var nodePort: Int?
        var application: String?
    }

    var key: ObjectKey
    var labels: StringMap
    /// Nil for services whose endpoints somebody else names.
    var selector: LabelSelector?
    /// The address the service is reached by; nil for headless and external ones.
    var clusterIP: String?
    var isHeadless: Bool
    /// The name an `ExternalName` service stands for.
    var externalName: String?
    var publishesNotReady: Bool
    var ports: [Port]
    var hasAffinity: Bool

    /// Reads a Service object.
    init(_ service: Value) {
        key = ObjectKey(service)
        labels = service.metadata.labels
        let spec = service["spec"]
        let type = spec?["type"]?.stringValue ?? "ClusterIP"
        let selection = spec?["selector"]?.objectValue ?? Object()
        selector = selection.isEmpty ? nil : LabelSelector(StringMap(selection))
        let address = spec?["clusterIP"]?.stringValue ?? ""
        isHeadless = address == "None"
        externalName = type == "ExternalName" ? spec?["externalName"]?.stringValue : nil
        clusterIP = address.isEmpty || isHeadless || type == "ExternalName" ? nil : address
        publishesNotReady = spec?["publishNotReadyAddresses"]?.boolValue ?? false
        hasAffinity = spec?["sessionAffinity"]?.stringValue == "ClientIP"
        ports = (spec?["ports"]?.arrayValue ?? []).map { port in
            let number = port["port"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
            let nodePort = port["nodePort"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
            return Port(
                name: port["name"]?.stringValue ?? "", transport: port["protocol"]?.stringValue ?? "TCP",
                port: number,
                target: port["targetPort"].flatMap(IntOrString.init) ?? .int(Int32(clamping: number)),
                nodePort: nodePort > 0 ? nodePort : nil, application: port["appProtocol"]?.stringValue)
        }
    }

    /// Whether a pod belongs to the service.
    func selects(_ pod: PodEndpoint) -> Bool {
        guard let selector, pod.namespace == key.namespace else { return false }
        return selector.matches(pod.labels)
    }
}
