public import KubeModel

/// What a container reaches that has a network of its own in place of its pod's.
///
/// It has no interface but the loopback. Each host that it may reach has an address there, under which `/etc/hosts` names
/// it and connections are passed on; the ports of the pod's other containers are passed on from 127.0.0.1. Whatever is
/// not listed has neither a name nor a way.
public struct LimitedNetwork: Sendable, Hashable, Codable {
    /// The hosts that may be reached.
    public var hosts: [AllowedHost]
    /// The TCP ports of the pod's other containers.
    public var podPorts: [Int]

    /// Lists all that may be reached.
    public init(hosts: [AllowedHost], podPorts: [Int] = []) {
        self.hosts = hosts
        self.podPorts = podPorts
    }

    // MARK: Doors

    /// A place on the container's loopback, and where connections to it lead.
    struct Door: Sendable, Hashable {
        enum Target: Sendable, Hashable {
            /// The same port of the pod.
            case pod
            case host(String)
        }

        var address: IPv4Address
        var port: Int
        var target: Target
    }

    private static let loopback = IPv4Address(bits: 127 << 24 | 1)

    /// Addresses that nobody else uses: 127.64.0.1 and those after it.
    private static func address(ofHost number: Int) -> IPv4Address {
        IPv4Address(bits: 127 << 24 | 64 << 16 | UInt32(number + 1))
    }

    var doors: [Door] {
        podPorts.map { Door(address: Self.loopback, port: $0, target: .pod) }
            + hosts.enumerated().flatMap { number, host in
                host.ports.map {
                    Door(address: Self.address(ofHost: number), port: $0, target: .host(host.name))
                }
            }
    }

    /// What `/etc/hosts` says of the hosts.
    var names: [HostAlias] {
        hosts.enumerated().map { HostAlias(Self.address(ofHost: $0).description, [$1.name]) }
    }
}
