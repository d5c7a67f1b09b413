import KubeModel
import Manifest

extension PodSandboxSpec {
    /// What a pod's manifest asks of its sandbox.
    init(_ pod: Value) {
        let spec = pod["spec"] ?? .emptyObject
        self.init(uid: pod.metadata.uid, namespace: pod.metadata.namespace, name: pod.metadata.name)
        let wanted = spec.text("hostname")
        // A pod's name may be longer than a host's.
        hostname = String((wanted.isEmpty ? name : wanted).prefix(63))
        while hostname.hasSuffix("-") || hostname.hasSuffix(".") { hostname.removeLast() }
        usesHostNetwork = spec["hostNetwork"]?.boolValue == true
        let sidecars = spec.list("initContainers").filter { $0.text("restartPolicy") == "Always" }
        ports = (spec.list("containers") + sidecars).flatMap { $0.list("ports") }.compactMap { port in
            guard ["", "TCP"].contains(port.text("protocol")),
                let number = port["containerPort"]?.integerValue.flatMap(UInt16.init(exactly:))
            else { return nil }
            let hostPort = port["hostPort"]?.integerValue.flatMap(UInt16.init(exactly:))
            let name = port.text("name")
            return PodPort(
                name: name.isEmpty ? nil : name, number, hostPort: hostPort == 0 ? nil : hostPort)
        }
        hostAliases = spec.list("hostAliases").map { alias in
            HostAlias(alias.text("ip"), alias.list("hostnames").compactMap(\.stringValue))
        }
        memoryVolumes = PodVolumes.memoryVolumes(of: pod)
        resolver = Self.resolver(spec)
    }

    /// The machine's own lines with what `dnsConfig` adds, or these alone; nil for the machine's own.
    private static func resolver(_ spec: Value) -> ResolverConfiguration? {
        let isAlone = spec.text("dnsPolicy") == "None"
        guard let wanted = spec.present("dnsConfig") else { return nil }
        var resolver =
            isAlone ? ResolverConfiguration() : ResolverConfiguration(Disk.text("/etc/resolv.conf") ?? "")
        func add(_ texts: [String], to list: inout [String]) {
            for text in texts where !list.contains(text) { list.append(text) }
        }
        add(wanted.list("nameservers").compactMap(\.stringValue), to: &resolver.nameservers)
        add(wanted.list("searches").compactMap(\.stringValue), to: &resolver.searches)
        add(
            wanted.list("options").map { option in
                option.text("value").isEmpty
                    ? option.text("name") : "\(option.text("name")):\(option.text("value"))"
            }, to: &resolver.options)
        return resolver
    }
}

extension ResolverConfiguration {
    /// Reads resolv.conf(5).
    init(_ text: String) {
        self.init()
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            switch words.first {
            case "nameserver": nameservers += words.dropFirst().prefix(1)
            case "search", "domain": searches = Array(words.dropFirst())
            case "options": options += words.dropFirst()
            default: break
            }
        }
    }
}
