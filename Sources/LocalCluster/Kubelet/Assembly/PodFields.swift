import KubeModel
import Manifest

/// What `fieldRef` and `resourceFieldRef` can name: facts of a pod that its containers are told.
struct PodFields: Sendable {
    let pod: Value
    let network: PodSandboxStatus?
    let node: NodeFacts

    /// The text behind a `fieldPath`.
    ///
    /// - Throws: ``ConfigurationFault`` for a path that means nothing.
    func field(_ path: String) throws(ConfigurationFault) -> String {
        let metadata = pod.metadata
        switch path {
        case "metadata.name": return metadata.name
        case "metadata.namespace": return metadata.namespace
        case "metadata.uid": return metadata.uid
        case "metadata.labels": return Self.lines(metadata.labels)
        case "metadata.annotations": return Self.lines(metadata.annotations)
        case "spec.nodeName": return node.name
        case "spec.serviceAccountName": return pod["spec", "serviceAccountName"]?.stringValue ?? "default"
        case "status.hostIP", "status.hostIPs": return node.address
        case "status.podIP", "status.podIPs": return network?.address ?? ""
        default: break
        }
        for (prefix, map) in [
            ("metadata.labels['", metadata.labels), ("metadata.annotations['", metadata.annotations),
        ] where path.hasPrefix(prefix) && path.hasSuffix("']") {
            return map[String(path.dropFirst(prefix.count).dropLast(2))] ?? ""
        }
        throw ConfigurationFault("field label not supported: \(path)")
    }

    /// The number behind a `resourceFieldRef`.
    ///
    /// - Parameter container: whose resources are meant where the reference names none.
    func resource(_ reference: Value, container: String) throws(ConfigurationFault) -> String {
        let name = reference.text("containerName").isEmpty ? container : reference.text("containerName")
        let spec = pod["spec"] ?? .emptyObject
        let containers = spec.list("containers") + spec.list("initContainers")
        guard let container = containers.first(where: { $0.text("name") == name }) else {
            throw ConfigurationFault("container \(name) not found")
        }
        let path = reference.text("resource").split(separator: ".", maxSplits: 1).map(String.init)
        guard path.count == 2, path[0] == "limits" || path[0] == "requests" else {
            throw ConfigurationFault("unsupported container resource : \(reference.text("resource"))")
        }
        let amount = (container["resources"]?[path[0]]?[path[1]]).flatMap { try? Quantity(reading: $0) }
        // A container without a limit may take what the node has.
        let fallback = path[0] == "limits" ? node.allocatable[path[1]] : nil
        let value = amount ?? fallback ?? .zero
        let divisor = reference.present("divisor").flatMap { try? Quantity(reading: $0) } ?? .zero
        let isCPU = path[1] == "cpu"
        let unit = divisor.isZero ? Quantity(1) : divisor
        let (whole, part) = isCPU ? (value.milliValue, unit.milliValue) : (value.value, unit.value)
        return String(part <= 0 ? whole : (whole + part - 1) / part)
    }

    /// Labels or annotations, one a line, as the downward API writes them.
    private static func lines(_ map: StringMap) -> String {
        map.map { ($0.name, $0.text) }.sorted { $0.0 < $1.0 }
            .map { "\($0)=\(GoFormat.quoted($1))" }.joined(separator: "\n")
    }
}

/// What pods are told of their node.
struct NodeFacts: Sendable {
    var name: String
    var address: String
    var allocatable: [String: Quantity]
}
