/// The files in `/etc` by which a pod's containers know names.
struct PodFiles: Sendable {
    let pod: PodDirectory

    /// The containers' paths, each with the file that is mounted there.
    var mounts: [ContainerMount] {
        ["hosts", "resolv.conf", "hostname"].map {
            ContainerMount(.path("\(pod.etc)/\($0)"), at: "/etc/\($0)", isReadOnly: $0 == "hostname")
        }
    }

    /// Writes the files in place, since running containers have them mounted.
    ///
    /// - Parameter names: further lines for `hosts`, after the pod's own.
    func write(_ spec: PodSandboxSpec, status: PodSandboxStatus, names: [HostAlias]) throws(SystemCallFailure)
    {
        try Disk.makeDirectory(pod.etc, mode: 0o755)
        try writeHosts(spec, status: status, names: names)
        try Disk.overwrite(Array((spec.hostname + "\n").utf8), to: "\(pod.etc)/hostname")
        let resolver = spec.resolver.map(Self.text) ?? Disk.text("/etc/resolv.conf").map { $0 + "\n" } ?? ""
        try Disk.overwrite(Array(resolver.utf8), to: "\(pod.etc)/resolv.conf")
    }

    func writeHosts(
        _ spec: PodSandboxSpec, status: PodSandboxStatus, names: [HostAlias]
    ) throws(SystemCallFailure) {
        let local = [
            HostAlias("127.0.0.1", ["localhost"]), HostAlias("::1", ["localhost", "ip6-localhost"]),
            HostAlias(status.address, [spec.hostname]),
        ]
        try Disk.overwrite(
            Array(Self.hosts(local + spec.hostAliases + names).utf8), to: "\(pod.etc)/hosts")
    }

    /// The text of a hosts file.
    static func hosts(_ aliases: [HostAlias]) -> String {
        aliases.map { "\($0.address)\t\($0.hostnames.joined(separator: "\t"))\n" }.joined()
    }

    private static func text(_ resolver: ResolverConfiguration) -> String {
        var lines = resolver.nameservers.map { "nameserver \($0)\n" }
        if !resolver.searches.isEmpty { lines.append("search \(resolver.searches.joined(separator: " "))\n") }
        if !resolver.options.isEmpty { lines.append("options \(resolver.options.joined(separator: " "))\n") }
        return lines.joined()
    }
}
