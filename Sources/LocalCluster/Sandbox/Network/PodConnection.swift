import Glibc

/// Whether a machine can give pods addresses of their own, and what it lacks for that.
struct PodConnection: Sendable, Hashable {
    /// What decides it, as it was found on the machine.
    struct Facts: Sendable, Hashable {
        var isRoot: Bool
        /// Whether the kernel lets us make interfaces, which it does not let root in most containers.
        var administersNetworks: Bool
        var hasIproute2: Bool

        /// Those of this machine.
        static func ofMachine() -> Facts {
            Facts(
                isRoot: geteuid() == 0, administersNetworks: hasCapability(Self.netAdmin),
                hasIproute2: HostCommand(named: "ip") != nil)
        }

        /// CAP_NET_ADMIN (capabilities(7)).
        private static let netAdmin: UInt64 = 12

        /// Whether a capability is in effect for this process, by `CapEff` of proc(5).
        private static func hasCapability(_ number: UInt64) -> Bool {
            let lines = (Disk.text("/proc/self/status") ?? "").split(separator: "\n")
            guard let line = lines.first(where: { $0.hasPrefix("CapEff:") }),
                let bits = UInt64(line.dropFirst("CapEff:".count).filter { $0.isHexDigit }, radix: 16)
            else { return false }
            return bits >> number & 1 == 1
        }
    }

    /// What keeps pods on the machine's own network.
    enum Obstacle: String, Sendable {
        case notRoot = "NotRoot"
        case notPermitted = "NotPermitted"
        case noIproute2 = "NoIproute2"

        /// What is missing and what to do about it.
        var message: String {
            let effect = "pods share this machine's network and get ports in place of addresses"
            let remedy =
                switch self {
                case .notRoot: "run the cluster as root to give each an address of its own"
                case .notPermitted:
                    "root may not make network interfaces here; allow it the capability CAP_NET_ADMIN"
                case .noIproute2: "install iproute2 (the program ip) and start the cluster again"
                }
            return "\(effect): \(remedy)"
        }
    }

    /// Nil where nothing stands in the way.
    var obstacle: Obstacle?

    init(_ facts: Facts) {
        obstacle =
            if !facts.isRoot {
                .notRoot
            } else if !facts.hasIproute2 {
                .noIproute2
            } else if !facts.administersNetworks {
                .notPermitted
            } else {
                nil
            }
    }
}
