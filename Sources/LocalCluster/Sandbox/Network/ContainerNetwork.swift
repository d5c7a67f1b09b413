import CSandbox

/// The network of a container that does not share its pod's: a namespace with nothing but a loopback, kept by a file.
struct ContainerNetwork: Sendable {
    let container: ContainerDirectory

    /// Makes the network anew.
    func create() throws(SystemCallFailure) {
        try remove()
        try PodNamespaces.pin([(.net, container.network)], hostname: "")
        let number = csandbox_raise_loopback(container.network)
        if number != 0 { throw SystemCallFailure("raise the loopback of", container.id.name, number) }
    }

    /// Lets go of it; it is gone when no process uses it. Does nothing where there is none.
    func remove() throws(SystemCallFailure) {
        guard Disk.exists(container.network) else { return }
        try Mounts.unmount(container.network)
        try Disk.remove(container.network)
    }

    /// Writes the files by which the container knows names, and says where they are mounted.
    ///
    /// - Parameter aliases: further names of the pod itself.
    func writeFiles(
        _ network: LimitedNetwork, hostname: String, aliases: [HostAlias]
    ) throws(SystemCallFailure) -> [ContainerMount] {
        let local = [
            HostAlias("127.0.0.1", ["localhost", hostname]),
            HostAlias("::1", ["localhost", "ip6-localhost"]),
        ]
        // No server to ask: names that are not listed are unknown at once.
        let files = [
            ("hosts", PodFiles.hosts(local + aliases + network.names)),
            (
                "resolv.conf",
                "# \(network.hosts.count) hosts are named in /etc/hosts; no others can be reached.\n"
            ),
        ]
        return try files.map { name, text throws(SystemCallFailure) in
            let path = "\(container.path)/\(name)"
            try Disk.overwrite(Array(text.utf8), to: path)
            return ContainerMount(.path(path), at: "/etc/\(name)", isReadOnly: true)
        }
    }
}
