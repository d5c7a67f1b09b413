import KubeModel
import Manifest

/// What containers are told of services in their environment: `SHOP_SERVICE_HOST`, and the links of Docker.
enum ServiceVariables {
    /// The variables for a pod of a namespace: its own services unless it declines, and the API server's always.
    static func variables(
        _ services: [Value], namespace: String, links: Bool
    ) -> [EnvironmentVariable] {
        let told = services.filter { service in
            let (space, name) = (service.metadata.namespace, service.metadata.name)
            if space == "default", name == "kubernetes" { return true }
            return links && space == namespace
        }
        return told.sorted { $0.metadata.name < $1.metadata.name }.flatMap(variables)
    }

    private static func variables(_ service: Value) -> [EnvironmentVariable] {
        let spec = service["spec"] ?? .emptyObject
        let address = spec.text("clusterIP")
        let ports = spec.list("ports")
        guard !address.isEmpty, address != "None", let first = ports.first else { return [] }
        let name = variableName(service.metadata.name)
        var result = [
            EnvironmentVariable("\(name)_SERVICE_HOST", address),
            EnvironmentVariable("\(name)_SERVICE_PORT", number(first)),
        ]
        for port in ports where !port.text("name").isEmpty {
            result.append(
                EnvironmentVariable("\(name)_SERVICE_PORT_\(variableName(port.text("name")))", number(port)))
        }
        let firstProtocol = (first["protocol"]?.stringValue ?? "TCP").lowercased()
        result.append(
            EnvironmentVariable("\(name)_PORT", "\(firstProtocol)://\(address):\(number(first))"))
        for port in ports {
            let kind = port["protocol"]?.stringValue ?? "TCP"
            let prefix = "\(name)_PORT_\(number(port))_\(kind.uppercased())"
            result += [
                EnvironmentVariable(prefix, "\(kind.lowercased())://\(address):\(number(port))"),
                EnvironmentVariable("\(prefix)_PROTO", kind.lowercased()),
                EnvironmentVariable("\(prefix)_PORT", number(port)),
                EnvironmentVariable("\(prefix)_ADDR", address),
            ]
        }
        return result
    }

    private static func number(_ port: Value) -> String { String(port["port"]?.integerValue ?? 0) }

    private static func variableName(_ name: String) -> String {
        String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }
}
