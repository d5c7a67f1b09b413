import KubeClient
import KubeModel
import Manifest

/// The EndpointSlice and Endpoints objects that tell of the pods behind a service.
enum EndpointSlices {
    static let serviceLabel = "kubernetes.io/service-name"
    static let managerLabel = "endpointslice.kubernetes.io/managed-by"
    static let manager = "endpointslice-controller.k8s.io"
    static let headlessLabel = "service.kubernetes.io/headless"
    static let endpointsManagerLabel = "endpoints.kubernetes.io/managed-by"
    static let endpointsManager = "endpoint-controller"
    /// Endpoints in one slice.
    static let size = 100

    /// The slices of a service. Addresses of the loopback interface are left out, as the API refuses them.
    static func slices(_ service: ServiceState, _ endpoints: ServiceEndpoints, owner: Value) -> [Value] {
        var slices: [Value] = []
        for group in endpoints.groups {
            for (type, pods) in byFamily(group.pods) {
                for (number, part) in parts(of: pods).enumerated() {
                    slices.append(slice(service, group.ports, part, type: type, number: number, owner: owner))
                }
            }
        }
        if slices.isEmpty {
            slices.append(slice(service, [], [], type: "IPv4", number: 0, owner: owner))
        }
        return slices
    }

    private static func byFamily(_ pods: [PodEndpoint]) -> [(String, [PodEndpoint])] {
        let told = pods.filter { !$0.isLoopback }
        let version6 = told.filter { $0.address.contains(":") }
        let version4 = told.filter { !$0.address.contains(":") }
        return [("IPv4", version4), ("IPv6", version6)].filter { !$0.1.isEmpty }
    }

    private static func parts(of pods: [PodEndpoint]) -> [[PodEndpoint]] {
        stride(from: 0, to: pods.count, by: size).map { Array(pods[$0..<min($0 + size, pods.count)]) }
    }

    private static func slice(
        _ service: ServiceState, _ ports: [ServiceEndpoints.Port], _ pods: [PodEndpoint], type: String,
        number: Int,
        owner: Value
    ) -> Value {
        let spelling = ports.map { "\($0.name)/\($0.transport)/\($0.number)" }.joined(separator: ",")
        // The name follows from what the slice holds, so that writing it twice makes one.
        let suffix = TemplateHash.of(
            [.string(spelling), .string(type), .integer(Int64(number))], collisions: nil)
        var metadata = ObjectMetadata(Object())
        metadata.name = "\(service.key.name)-\(suffix)"
        metadata.namespace = service.key.namespace
        var labels = service.labels
        labels[serviceLabel] = service.key.name
        labels[managerLabel] = manager
        labels[headlessLabel] = service.isHeadless ? "" : nil
        metadata.labels = labels
        metadata.ownerReferences = [OwnerReference(controller: owner)]
        return [
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": .object(metadata.fields),
            "addressType": .string(type), "endpoints": .array(pods.map { endpoint($0, service) }),
            "ports": .array(ports.map(port)),
        ]
    }

    private static func endpoint(_ pod: PodEndpoint, _ service: ServiceState) -> Value {
        var fields: Object = [
            "addresses": [.string(pod.address)],
            "conditions": [
                "ready": .bool(service.sendsTraffic(to: pod)),
                "serving": .bool(pod.isReady || service.publishesNotReady),
                "terminating": .bool(pod.isTerminating),
            ],
        ]
        if !pod.hostname.isEmpty, pod.subdomain == service.key.name {
            fields["hostname"] = .string(pod.hostname)
        }
        fields["targetRef"] = reference(to: pod)
        if !pod.nodeName.isEmpty { fields["nodeName"] = .string(pod.nodeName) }
        return .object(fields)
    }

    private static func reference(to pod: PodEndpoint) -> Value {
        [
            "kind": "Pod", "namespace": .string(pod.namespace), "name": .string(pod.name),
            "uid": .string(pod.uid),
        ]
    }

    private static func port(_ port: ServiceEndpoints.Port) -> Value {
        var fields: Object = [
            "name": .string(port.name), "protocol": .string(port.transport),
            "port": .integer(Int64(port.number)),
        ]
        if let application = port.application { fields["appProtocol"] = .string(application) }
        return .object(fields)
    }

    /// The Endpoints object of a service, for programs that do not know slices.
    static func endpoints(_ service: ServiceState, _ endpoints: ServiceEndpoints) -> Value {
        var metadata = ObjectMetadata(Object())
        metadata.name = service.key.name
        metadata.namespace = service.key.namespace
        var labels = service.labels
        labels[endpointsManagerLabel] = endpointsManager
        labels[headlessLabel] = service.isHeadless ? "" : nil
        metadata.labels = labels
        let subsets = endpoints.groups.compactMap { group -> Value? in
            let pods = group.pods.filter { !$0.isLoopback && !$0.isTerminating }
            guard !pods.isEmpty else { return nil }
            let ready = pods.filter(service.sendsTraffic)
            let others = pods.filter { !service.sendsTraffic(to: $0) }
            var fields = Object()
            if !ready.isEmpty { fields["addresses"] = .array(ready.map(address)) }
            if !others.isEmpty { fields["notReadyAddresses"] = .array(others.map(address)) }
            if !group.ports.isEmpty {
                fields["ports"] = .array(
                    group.ports.map { port in
                        var fields = Object()
                        if !port.name.isEmpty { fields["name"] = .string(port.name) }
                        fields["port"] = .integer(Int64(port.number))
                        fields["protocol"] = .string(port.transport)
                        return .object(fields)
                    })
            }
            return .object(fields)
        }
        var object: Object = ["apiVersion": "v1", "kind": "Endpoints", "metadata": .object(metadata.fields)]
        if !subsets.isEmpty { object["subsets"] = .array(subsets) }
        return .object(object)
    }

    private static func address(_ pod: PodEndpoint) -> Value {
        var fields: Object = ["ip": .string(pod.address)]
        if !pod.nodeName.isEmpty { fields["nodeName"] = .string(pod.nodeName) }
        fields["targetRef"] = reference(to: pod)
        return .object(fields)
    }
}
