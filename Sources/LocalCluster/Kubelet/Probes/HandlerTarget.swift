import KubeModel
import Manifest

/// Where the handlers of a container, probes and hooks, find it.
struct HandlerTarget: Sendable {
    let container: Value
    let id: ContainerID
    let network: PodSandboxStatus

    /// A port of a handler on the machine or the pod's own address: by number, or by the name it was declared with.
    ///
    /// - Throws: ``ConfigurationFault``.
    func port(_ value: Value?) throws(ConfigurationFault) -> Int {
        guard let value else { throw ConfigurationFault("the handler has no port") }
        let number: Int64?
        if let plain = value.integerValue ?? value.stringValue.flatMap({ Int64($0) }) {
            number = plain
        } else {
            let declared = container.list("ports").first { $0.text("name") == value.stringValue }
            number = declared?["containerPort"]?.integerValue
        }
        guard let number, (1...65_535).contains(number) else {
            throw ConfigurationFault(
                "couldn't find port: \(value.stringValue ?? "") in the container's ports")
        }
        // On the machine's network ports are assigned.
        let assigned = network.ports.first { Int64($0.declared.containerPort) == number }
        return assigned.map { Int($0.number) } ?? Int(number)
    }

    /// The host a handler names, or the pod's address.
    func host(_ handler: Value) -> String {
        let wanted = handler.text("host")
        return wanted.isEmpty ? network.address : wanted
    }
}
