import KubeModel
import Manifest

// Services and what leads traffic to them.

extension TablePrinter {
    static let services = TablePrinter([
        .name,
        .text("Type") { $0.text("spec", "type") },
        .text("Cluster-IP") { $0.texts("spec", "clusterIPs").first ?? "<none>" },
        .text("External-IP", externalAddress),
        .text("Port(s)") { service in
            let ports = service.items("spec", "ports").map { port in
                let node = port.number("nodePort")
                let number = "\(port.number("port"))\(node > 0 ? ":\(node)" : "")"
                return "\(number)/\(port.text("protocol"))"
            }
            return ports.isEmpty ? "<none>" : ports.joined(separator: ",")
        },
        .age,
        .wide("Selector") { CellText.labels($0["spec", "selector"]) },
    ])

    @Sendable private static func externalAddress(of service: Value) -> String {
        let external = service.texts("spec", "externalIPs")
        switch service.text("spec", "type") {
        case "LoadBalancer":
            let addresses = balancerAddresses(service) + external
            return addresses.isEmpty ? "<pending>" : addresses.joined(separator: ",")
        case "ExternalName": return service.text("spec", "externalName")
        case "ClusterIP", "NodePort": return external.isEmpty ? "<none>" : external.joined(separator: ",")
        default: return "<unknown>"
        }
    }

    private static func balancerAddresses(_ object: Value) -> [String] {
        object.items("status", "loadBalancer", "ingress").compactMap { entry in
            let address = entry.text("ip", absent: entry.text("hostname"))
            return address.isEmpty ? nil : address
        }
    }

    static let ingresses = TablePrinter([
        .name,
        .text("Class") { $0.text("spec", "ingressClassName", absent: "<none>") },
        .text("Hosts") { ingress in
            let rules = ingress.items("spec", "rules")
            var hosts: [String] = []
            var isCut = false
            for rule in rules {
                if hosts.count == 3 { isCut = true }
                let host = rule.text("host")
                if !isCut, !host.isEmpty { hosts.append(host) }
            }
            if hosts.isEmpty { return "*" }
            let shown = hosts.joined(separator: ",")
            return isCut ? "\(shown) + \(rules.count - 3) more..." : shown
        },
        .text("Address") { balancerAddresses($0).joined(separator: ",") },
        .text("Ports") { $0.items("spec", "tls").isEmpty ? "80" : "80, 443" },
        .age,
    ])

    static let ingressClasses = TablePrinter([
        .name,
        .text("Controller") { $0.text("spec", "controller") },
        .text("Parameters") { ingressClass in
            guard let parameters = ingressClass["spec", "parameters"] else { return "<none>" }
            let group = parameters.text("apiGroup")
            let kind = parameters.text("kind")
            return "\(group.isEmpty ? kind : "\(kind).\(group)")/\(parameters.text("name"))"
        },
        .age,
    ])

    static let networkPolicies = TablePrinter([
        .name, .text("Pod-Selector") { CellText.selector($0["spec", "podSelector"]) }, .age,
    ])

    static let endpoints = TablePrinter([
        .name,
        .text("Endpoints") { endpoints in
            let addresses = endpoints.items("subsets").flatMap { subset -> [String] in
                let hosts = subset.items("addresses").map { $0.text("ip") }
                let ports = subset.items("ports").map { $0.number("port") }
                if ports.isEmpty { return hosts }
                return ports.flatMap { port in
                    hosts.map { $0.contains(":") ? "[\($0)]:\(port)" : "\($0):\(port)" }
                }
            }
            return CellText.list(addresses)
        },
        .age,
    ])

    static let endpointSlices = TablePrinter([
        .name,
        .text("AddressType") { $0.text("addressType") },
        .text("Ports") { slice in
            CellText.list(
                slice.items("ports").map { $0.scalarText("port", absent: "*") }, absent: "<unset>")
        },
        .text("Endpoints") { slice in
            CellText.list(slice.items("endpoints").flatMap { $0.texts("addresses") }, absent: "<unset>")
        },
        .age,
    ])

    static let ipAddresses = TablePrinter([
        .name,
        .text("ParentRef") { address in
            guard let parent = address["spec", "parentRef"] else { return "<none>" }
            let parts = [parent.text("resource"), parent.text("namespace"), parent.text("name")]
            let text = parts.filter { !$0.isEmpty }.joined(separator: "/")
            let group = parent.text("group")
            return group.isEmpty ? text : "\(group)/\(text)"
        },
        .age,
    ])

    static let serviceCIDRs = TablePrinter([
        .name, .text("CIDRs") { $0.texts("spec", "cidrs").joined(separator: ",") }, .age,
    ])
}
