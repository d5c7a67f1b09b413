import LocalCluster
import Manifest

extension Settings {
    /// The largest configuration file that is read.
    static let maximumSize = 256 << 10

    /// Reads a configuration file.
    ///
    /// - Parameter file: what faults call it.
    /// - Throws: ``SlipwayError`` with code `settings`: every fault of the file, a line each, as `file:line:column: …`.
    public static func read(_ bytes: [UInt8], file: String) throws(SlipwayError) -> Settings {
        let stream: YAMLStream
        do {
            stream = try YAMLStream(bytes, file: nil, limits: .init(depth: 16, bytes: maximumSize))
        } catch {
            let line = error.position.map { ":\($0.line):\($0.column)" } ?? ""
            throw SlipwayError(.settings, "\(file)\(line): \(error.message)")
        }
        var settings = Settings()
        guard let document = stream.documents.first, !document.root.isEmpty else { return settings }
        guard stream.documents.count == 1 else {
            let line = stream.documents[1].root.position.line
            throw SlipwayError(.settings, "\(file):\(line): a second document; keep one and remove the ---")
        }
        var reader = SettingsReader(file: file)
        settings.read(document.root, &reader)
        guard reader.faults.isEmpty else {
            throw SlipwayError(.settings, reader.faults.joined(separator: "\n"))
        }
        return settings
    }

    private mutating func read(_ root: YAMLNode, _ reader: inout SettingsReader) {
        let top = reader.entries(
            root, "the file",
            ["data", "listen", "publicURL", "tls", "namespace", "users", "prometheus", "cluster", "pipeline"])
        reader.text(top["data"], "data", into: &data)
        reader.text(top["namespace"], "namespace", into: &namespace)
        reader.text(top["users"], "users", into: &users)
        reader.flag(top["tls"], "tls", into: &usesTLS)
        reader.flag(top["prometheus"], "prometheus", into: &usesPrometheus)
        if let node = top["namespace"], !Self.isLabel(namespace) {
            reader.report(node, "namespace must be a name of lower-case letters, digits and dashes")
        }
        if let node = top["publicURL"] {
            var url = ""
            reader.text(node, "publicURL", into: &url)
            if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
                reader.report(node, "publicURL must begin with http:// or https://")
            }
            publicURL = url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        if let node = top["listen"] { readListen(node, &reader) }
        if let node = top["cluster"] { readCluster(node, &reader) }
        if let node = top["pipeline"] {
            let entries = reader.entries(node, "pipeline", ["runs", "steps"])
            reader.number(entries["runs"], "pipeline.runs", 1...64, into: &pipeline.runs)
            reader.number(entries["steps"], "pipeline.steps", 1...64, into: &pipeline.steps)
        }
    }

    private mutating func readListen(_ node: YAMLNode, _ reader: inout SettingsReader) {
        let entries = reader.entries(
            node, "listen", ["web", "api", "registry", "traffic", "metrics", "prometheus"])
        reader.endpoint(entries["web"], "listen.web", into: &listen.web)
        reader.endpoint(entries["api"], "listen.api", into: &listen.api)
        reader.endpoint(entries["registry"], "listen.registry", into: &listen.registry)
        reader.endpoint(entries["traffic"], "listen.traffic", into: &listen.traffic)
        reader.endpoint(entries["metrics"], "listen.metrics", into: &listen.metrics)
        reader.endpoint(entries["prometheus"], "listen.prometheus", into: &listen.prometheus)
        if listen.metrics.host != listen.traffic.host {
            reader.report(
                entries["metrics"] ?? node,
                "listen.metrics and listen.traffic are of one router and must have the same host")
        }
        for collision in listen.collisions {
            let other = listen.all.first { $0.name == collision.other }?.endpoint
            // The one that is said is the one to change.
            let place = entries[collision.name] ?? entries[collision.other] ?? node
            reader.report(
                place,
                "listen.\(collision.name) \(collision.endpoint) and listen.\(collision.other) "
                    + "\(other?.description ?? "") collide; choose another port")
        }
    }

    private mutating func readCluster(_ node: YAMLNode, _ reader: inout SettingsReader) {
        let entries = reader.entries(
            node, "cluster", ["node", "runtimes", "bridge", "podSubnet", "hostNetwork"])
        reader.text(entries["node"], "cluster.node", into: &cluster.node)
        reader.text(entries["bridge"], "cluster.bridge", into: &cluster.bridge)
        reader.text(entries["podSubnet"], "cluster.podSubnet", into: &cluster.podSubnet)
        var usesHostNetwork = false
        reader.flag(entries["hostNetwork"], "cluster.hostNetwork", into: &usesHostNetwork)
        cluster.connectsPods = !usesHostNetwork
        if let node = entries["node"], !Self.isLabel(cluster.node) {
            reader.report(node, "cluster.node must be a name of lower-case letters, digits and dashes")
        }
        if let node = entries["bridge"], cluster.bridge.utf8.count > 15 {
            reader.report(node, "cluster.bridge must have 1 to 15 characters, as the kernel asks")
        }
        if let node = entries["podSubnet"], IPv4Subnet(cluster.podSubnet) == nil {
            reader.report(node, "cluster.podSubnet must be a range of IPv4 addresses, such as 10.244.0.0/16")
        }
        guard let list = entries["runtimes"] else { return }
        guard list.kind == .sequence, !list.items.isEmpty else {
            return reader.report(list, "cluster.runtimes must be a list, best first")
        }
        for item in list.items where !Cluster.knownRuntimes.contains(item.target.scalarText) {
            reader.report(
                item,
                "\(item.target.scalarText) is no runtime; known are "
                    + Cluster.knownRuntimes.joined(separator: ", "))
        }
        cluster.runtimes = list.items.map { $0.target.scalarText }
    }

    private static func isLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
            }
    }
}

extension Settings.Listen {
    /// Every address with the name of its setting.
    var all: [(name: String, endpoint: Endpoint)] {
        [
            ("web", web), ("api", api), ("registry", registry), ("traffic", traffic), ("metrics", metrics),
            ("prometheus", prometheus),
        ]
    }

    /// Addresses that cannot be listened on beside one that is named before them.
    var collisions: [(name: String, endpoint: Endpoint, other: String)] {
        let all = all
        return all.indices.flatMap { index in
            all[..<index].filter { $0.endpoint.overlaps(all[index].endpoint) }.map {
                (name: all[index].name, endpoint: all[index].endpoint, other: $0.name)
            }
        }
    }

    /// Sets the address with a name; whether there is one.
    public mutating func set(_ name: String, to endpoint: Endpoint) -> Bool {
        switch name {
        case "web": web = endpoint
        case "api": api = endpoint
        case "registry": registry = endpoint
        case "traffic": traffic = endpoint
        case "metrics": metrics = endpoint
        case "prometheus": prometheus = endpoint
        default: return false
        }
        return true
    }

    /// Sets the port of the address with a name.
    mutating func setPort(_ port: Int, of name: String) {
        switch name {
        case "web": web.port = port
        case "api": api.port = port
        case "registry": registry.port = port
        case "traffic": traffic.port = port
        case "prometheus": prometheus.port = port
        default: metrics.port = port
        }
    }
}
