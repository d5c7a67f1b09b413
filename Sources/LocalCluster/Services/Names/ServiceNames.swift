import KubeClient

/// What the names of services and of pods behind headless ones stand for (Kubernetes' DNS specification 1.1).
struct ServiceNames: Sendable, Hashable {
    static let zone = "cluster.local"

    /// What a name stands for.
    enum Entry: Sendable, Hashable {
        case addresses([String])
        /// Another name, for `ExternalName` services.
        case alias(String)
    }

    /// A port that a name of the form `_http._tcp.web.shop.svc.cluster.local` tells.
    struct Target: Sendable, Hashable {
        var name: String
        var port: Int
    }

    private(set) var entries: [String: Entry] = [:]
    private(set) var targets: [String: [Target]] = [:]
    /// The addresses by which services are reached, for the hosts files of pods.
    private(set) var reachable: [ObjectKey: String] = [:]

    mutating func add(_ service: ServiceState, pods: [PodEndpoint]) {
        let name = Self.name(of: service.key)
        if let external = service.externalName {
            entries[name] = .alias(external.lowercased())
        } else if let address = service.clusterIP {
            entries[name] = .addresses([address])
            reachable[service.key] = address
            for port in service.ports where !port.name.isEmpty {
                add(Target(name: name, port: port.port), port: port.name, transport: port.transport, to: name)
            }
        } else if service.isHeadless {
            addHeadless(service, pods: pods, name)
        }
    }

    /// A headless service stands for its pods, and each of these has a name below it.
    private mutating func addHeadless(_ service: ServiceState, pods: [PodEndpoint], _ name: String) {
        let ready = pods.filter(service.sendsTraffic).sorted { $0.name < $1.name }
        entries[name] = .addresses(ready.map(\.address))
        for pod in ready {
            let isNamed = !pod.hostname.isEmpty && pod.subdomain == service.key.name
            let label = isNamed ? pod.hostname : String(pod.address.map { $0 == "." || $0 == ":" ? "-" : $0 })
            entries["\(label).\(name)"] = .addresses([pod.address])
            for port in service.ports where !port.name.isEmpty {
                guard let number = pod.port(for: port.target, transport: port.transport) else { continue }
                add(
                    Target(name: "\(label).\(name)", port: number), port: port.name,
                    transport: port.transport,
                    to: name)
            }
        }
    }

    private mutating func add(_ target: Target, port: String, transport: String, to name: String) {
        targets["_\(port)._\(transport.lowercased()).\(name)", default: []].append(target)
    }

    static func name(of service: ObjectKey) -> String { "\(service.name).\(service.namespace).svc.\(zone)" }

    /// Whether a name is one that only this cluster can know.
    static func isOurs(_ name: String) -> Bool { name == zone || name.hasSuffix(".\(zone)") }

    /// The lines of a hosts file for pods of a namespace that have no name server.
    func hosts(for namespace: String) -> [HostAlias] {
        reachable.sorted { $0.key < $1.key }.map { key, address in
            var names = key.namespace == namespace ? [key.name] : []
            names += ["\(key.name).\(key.namespace)", "\(key.name).\(key.namespace).svc", Self.name(of: key)]
            return HostAlias(address, names)
        }
    }
}
