import Glibc

/// A bridge on the machine to which every pod is connected with an address of its own.
///
/// The machine and the pods reach each other without address translation; the way out of the machine is left to
/// its administrator, since it takes forwarding rules that are not ours to change.
struct BridgeNetwork: Sendable {
    let bridge: String
    let subnet: IPv4Subnet
    private let ip: HostCommand

    /// Nil where the machine has no iproute2.
    init?(bridge: String, subnet: IPv4Subnet) {
        guard let ip = HostCommand(named: "ip") else { return nil }
        self.bridge = bridge
        self.subnet = subnet
        self.ip = ip
    }

    /// Makes the bridge unless it is there.
    ///
    /// - Throws: ``SandboxError`` with code `network`, also where the machine uses the subnet otherwise.
    func create() async throws(SandboxError) {
        if Self.exists(bridge) { return }
        if let other = interfaceOverlapping() {
            throw SandboxError(
                .network,
                "the pods' network \(subnet) overlaps a route through \(other): give the cluster another subnet"
            )
        }
        try await batch(
            [
                "link add name \(bridge) address \(subnet.gateway.hardwareAddress) type bridge",
                "address add \(subnet.gateway)/\(subnet.prefixLength) dev \(bridge)",
                "link set \(bridge) up",
            ], "the bridge \(bridge) cannot be made")
    }

    /// Connects a pod's network namespace, which is new.
    func attach(_ pod: PodDirectory, address: IPv4Address) async throws(SandboxError) {
        let interface = interface(of: pod.uid)
        let namespace = pod.namespace(.net)
        let failure = "pod \(pod.uid) cannot be connected to the bridge \(bridge)"
        // Both ends in one go: an interface is never left without its name, by which it is found and removed.
        try await batch(
            [
                "link add name \(interface) type veth peer name eth0 address \(address.hardwareAddress)"
                    + " netns \"\(namespace)\"",
                "link set \(interface) master \(bridge) up",
            ], failure)
        try await batch(
            [
                "link set lo up", "address add \(address)/\(subnet.prefixLength) dev eth0",
                "link set eth0 up",
                "route add default via \(subnet.gateway)",
            ], failure, namespaces: [namespace])
    }

    /// Removes the pod's interface; does nothing where it has none.
    func detach(_ uid: String) async throws(SandboxError) {
        let interface = interface(of: uid)
        guard Self.exists(interface) else { return }
        do {
            try await batch(
                ["link delete \(interface)"], "interface \(interface) of pod \(uid) cannot be removed")
        } catch {
            // Gone with its namespace meanwhile.
            if Self.exists(interface) { throw error }
        }
    }

    /// Removes the interfaces on the bridge of pods that are not among the ones named.
    func detachAll(except uids: [String]) async throws(SandboxError) {
        let known = Set(uids.map(interface))
        for interface in Disk.entries("/sys/class/net/\(bridge)/brif")
        where interface.hasPrefix(Self.prefix) && !known.contains(interface) {
            try await batch(["link delete \(interface)"], "interface \(interface) cannot be removed")
        }
    }

    /// Removes the bridge itself.
    func remove() async throws(SandboxError) {
        guard Self.exists(bridge) else { return }
        try await batch(["link delete \(bridge)"], "the bridge \(bridge) cannot be removed")
    }

    private static let prefix = "sw"

    /// Whether the pod's end of a connection to this bridge is there.
    func hasInterface(of uid: String) -> Bool { Self.exists(interface(of: uid)) }

    /// Whether the network of this process has an interface; `/sys` may show that of another.
    private static func exists(_ interface: String) -> Bool { if_nametoindex(interface) != 0 }

    private func interface(of uid: String) -> String { Self.interface(of: uid, on: bridge) }

    /// The machine's end of a pod's connection: 2 + 13 digits fill the 15 characters an interface's name may have.
    static func interface(of uid: String, on bridge: String) -> String {
        let digits = String(StableHash(bridge, uid).value, radix: 36)
        return prefix + String(repeating: "0", count: max(0, 13 - digits.count)) + digits
    }

    private func batch(
        _ commands: [String], _ failure: String, namespaces: [String] = []
    ) async throws(SandboxError) {
        do {
            try await ip.run(
                ["-batch", "-"], input: commands.joined(separator: "\n") + "\n", namespaces: namespaces)
        } catch {
            throw SandboxError(.network, "\(failure): see `ip link` and `ip route`", cause: error)
        }
    }

    /// Another interface whose route covers addresses of the subnet (`/proc/net/route`, numbers in host order).
    private func interfaceOverlapping() -> String? {
        for line in (Disk.text("/proc/net/route") ?? "").split(separator: "\n").dropFirst() {
            let fields = line.split(separator: "\t")
            guard fields.count > 7, fields[0] != bridge, let network = UInt32(fields[1], radix: 16),
                let mask = UInt32(fields[7], radix: 16), mask != 0
            else { continue }
            if subnet.overlaps(UInt32(bigEndian: network), mask: UInt32(bigEndian: mask)) {
                return String(fields[0])
            }
        }
        return nil
    }
}
