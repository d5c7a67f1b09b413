import Manifest

/// The addresses and ports that the server itself assigns to services.
enum ServiceAddress {
    /// Whether the service can be reached from outside the cluster.
    static func isExternallyAccessible(_ spec: Value) -> Bool {
        switch spec.text("type") {
        case "LoadBalancer", "NodePort": true
        case "ClusterIP": spec["externalIPs"]?.arrayValue?.isEmpty == false
        default: false
        }
    }

    /// Gives a service the address, families and node ports it needs and does not have.
    ///
    /// - Parameter old: the stored spec, whose assignments are kept; nil for a new service.
    static func assign(to spec: inout Value, old: Value?, context: KindContext) {
        let type = spec.text("type")
        guard type != "ExternalName" else {
            dropWhatTheOldTypeHad(&spec, old: old)
            return
        }
        if let old, old.text("type") != "ExternalName" { keep(&spec, old: old) }
        assignAddress(to: &spec, context: context)
        if type == "NodePort" || type == "LoadBalancer" {
            let wantsPorts = type == "NodePort" || spec["allocateLoadBalancerNodePorts"]?.boolValue != false
            if wantsPorts { assignNodePorts(to: &spec, context: context) }
        }
        let needsHealthCheck = type == "LoadBalancer" && spec.text("externalTrafficPolicy") == "Local"
        if needsHealthCheck, (spec["healthCheckNodePort"]?.integerValue ?? 0) == 0,
            let port = context.allocateNodePort()
        {
            spec["healthCheckNodePort"] = .integer(Int64(port))
        }
    }

    /// Keeps what an update does not mention.
    private static func keep(_ spec: inout Value, old: Value) {
        spec.fill("clusterIP", old["clusterIP"] ?? .null)
        if spec["clusterIP"] == old["clusterIP"] {
            spec.fill("clusterIPs", old["clusterIPs"] ?? .null)
        } else if let first = spec["clusterIP"], spec["clusterIPs"] == old["clusterIPs"],
            var addresses = spec["clusterIPs"]?.arrayValue,
            !addresses.isEmpty
        {
            // Who changes the one address by a patch means the first of all.
            addresses[0] = first
            spec["clusterIPs"] = .array(addresses)
        }
        spec.fill("ipFamilies", old["ipFamilies"] ?? .null)
        spec.fill("ipFamilyPolicy", old["ipFamilyPolicy"] ?? .null)
        keepNodePorts(&spec, old: old)
        let isLocal = spec.text("externalTrafficPolicy") == "Local" && spec.text("type") == "LoadBalancer"
        if isLocal, (spec["healthCheckNodePort"]?.integerValue ?? 0) == 0 {
            spec["healthCheckNodePort"] = old["healthCheckNodePort"]
        }
        // Node ports that the new type does not use go, unless the user asks for others.
        if ["NodePort", "LoadBalancer"].contains(old.text("type")), spec.text("type") == "ClusterIP",
            ports(spec) == ports(old)
        {
            spec.updateItems("ports") { $0["nodePort"] = nil }
        }
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] where spec[field] == .null {
            spec[field] = nil
        }
    }

    private static func ports(_ spec: Value) -> [Int64] {
        (spec["ports"]?.arrayValue ?? []).map { $0["nodePort"]?.integerValue ?? 0 }
    }

    private static func keepNodePorts(_ spec: inout Value, old: Value) {
        guard ["NodePort", "LoadBalancer"].contains(spec.text("type")) else { return }
        let stored = old["ports"]?.arrayValue ?? []
        let used = Set(ports(spec))
        spec.updateItems("ports") { port in
            guard (port["nodePort"]?.integerValue ?? 0) == 0 else { return }
            let twin = stored.first { $0["port"] == port["port"] && $0["protocol"] == port["protocol"] }
            if let number = twin?["nodePort"]?.integerValue, number != 0, !used.contains(number) {
                port["nodePort"] = .integer(number)
            }
        }
    }

    private static func assignAddress(to spec: inout Value, context: KindContext) {
        if let first = spec["clusterIPs"]?[0], spec.text("clusterIP").isEmpty { spec["clusterIP"] = first }
        if spec.text("clusterIP").isEmpty, let address = context.allocateClusterIP() {
            spec["clusterIP"] = .string(address)
        }
        let address = spec.text("clusterIP")
        if !address.isEmpty, spec["clusterIPs"]?.arrayValue?.isEmpty != false {
            spec["clusterIPs"] = [.string(address)]
        }
        if address == "None", spec["selector"]?.objectValue?.isEmpty != false {
            return assignEveryFamily(to: &spec)
        }
        let isVersion6 = IPAddress(address)?.isVersion6 == true
        if spec["ipFamilies"]?.arrayValue?.isEmpty != false {
            spec["ipFamilies"] = [isVersion6 ? "IPv6" : "IPv4"]
        }
        spec.fill("ipFamilyPolicy", "SingleStack")
    }

    /// A headless service without a selector stands for endpoints that somebody else keeps, of whatever family.
    private static func assignEveryFamily(to spec: inout Value) {
        spec.fill("ipFamilyPolicy", "RequireDualStack")
        var families = spec["ipFamilies"]?.arrayValue ?? []
        if families.isEmpty { families = ["IPv4"] }
        if families.count == 1, spec.text("ipFamilyPolicy") != "SingleStack" {
            families.append(families == ["IPv4"] ? "IPv6" : "IPv4")
        }
        spec["ipFamilies"] = .array(families)
    }

    private static func assignNodePorts(to spec: inout Value, context: KindContext) {
        // Ports of different protocols on one number share their node port too.
        var assigned: [Int64: Int64] = [:]
        spec.updateItems("ports") { port in
            let number = port["port"]?.integerValue ?? 0
            if let nodePort = port["nodePort"]?.integerValue, nodePort != 0 {
                assigned[number] = nodePort
            } else if let nodePort = assigned[number] ?? context.allocateNodePort().map(Int64.init) {
                assigned[number] = nodePort
                port["nodePort"] = .integer(nodePort)
            }
        }
    }

    private static func dropWhatTheOldTypeHad(_ spec: inout Value, old: Value?) {
        guard let old, old.text("type") != "ExternalName" else { return }
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]
        where spec[field] == old[field] {
            spec[field] = nil
        }
        if ports(spec) == ports(old) { spec.updateItems("ports") { $0["nodePort"] = nil } }
    }
}
