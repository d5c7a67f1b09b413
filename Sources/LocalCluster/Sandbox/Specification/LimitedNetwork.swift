/// What a container reaches that has a network of its own in place of its pod's.
///
/// It has no interface but the loopback. Each host that it may reach has an address there, under which `/etc/hosts` names
/// it and connections are passed on; the ports of the pod's other containers are passed on from 127.0.0.1. Whatever is
/// not listed has neither a name nor a way.
public struct LimitedNetwork: Sendable, Hashable, Codable {
    /// A host outside, and where on it.
    public struct Host: Sendable, Hashable, Codable, CustomStringConvertible {
        /// Its name in the domain name system.
        public var name: String
        /// The TCP ports.
        public var ports: [Int]

        /// A host with some of its ports.
        public init(_ name: String, ports: [Int]) {
            self.name = name
            self.ports = ports
        }

        /// As in the annotation of a pod: `pypi.org:80+443`.
        public var description: String { "\(name):\(ports.map(String.init).joined(separator: "+"))" }
    }

    /// The hosts that may be reached.
    public var hosts: [Host]
    /// The TCP ports of the pod's other containers.
    public var podPorts: [Int]

    /// Lists all that may be reached.
    public init(hosts: [Host], podPorts: [Int] = []) {
        self.hosts = hosts
        self.podPorts = podPorts
    }

    /// The annotation of a pod by which its container `name` gets such a network: hosts with their ports, separated by
    /// commas; empty for one that reaches nobody outside.
    public static func annotation(for name: String) -> String { "network.slipway.dev/\(name)" }

    /// Reads the value of an annotation; nil where it is none.
    ///
    /// - Parameter podPorts: the TCP ports of the pod's other containers.
    public init?(annotation text: String, podPorts: [Int]) {
        hosts = []
        self.podPorts = podPorts
        for entry in text.split(separator: ",", omittingEmptySubsequences: !text.contains(",")) {
            let parts = entry.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, Self.isName(parts[0]) else { return nil }
            let ports = parts[1].split(separator: "+", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
            guard ports.allSatisfy({ (1...65_535).contains($0) }) else { return nil }
            hosts.append(Host(String(parts[0]), ports: ports))
        }
        if hosts.count > Self.limit { return nil }
    }

    /// The most hosts of one container.
    public static let limit = 250

    /// A name that stands on one line of a hosts file and is no address.
    private static func isName(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253 && IPv4Address(text) == nil
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                    && label.allSatisfy {
                        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
                    }
            }
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
