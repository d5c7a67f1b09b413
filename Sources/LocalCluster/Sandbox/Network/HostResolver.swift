import NIOCore

/// Finds the addresses of hosts for containers that may reach them by name alone.
public struct HostResolver: Sendable {
    private let lookup: @Sendable (_ name: String, _ port: Int) throws -> SocketAddress

    /// Asks a function, which may block.
    init(_ lookup: @escaping @Sendable (_ name: String, _ port: Int) throws -> SocketAddress) {
        self.lookup = lookup
    }

    /// Asks the machine, as its other programs do. What leads back to the machine's own loopback or to its link is
    /// refused: a name does not open what listens for the machine alone, nor the metadata service of a cloud.
    public static let system = HostResolver { name, port in
        let address = try SocketAddress.makeAddressResolvingHost(name, port: port)
        guard let text = address.ipAddress, !isLocal(text) else {
            throw SandboxError(
                .network,
                "\(name) is at \(address.ipAddress ?? "no address"), which belongs to this machine alone: containers reach"
                    + " only hosts beyond it")
        }
        return address
    }

    func address(of name: String, port: Int) throws -> SocketAddress { try lookup(name, port) }

    /// Whether an address is one of the loopback, of the link, of a group, or of nobody (RFC 6890).
    static func isLocal(_ text: String) -> Bool {
        let text = text.lowercased()
        if let address = IPv4Address(text) {
            let first = address.bits >> 24
            return first == 0 || first == 127 || first >= 224 || address.bits >> 16 == 169 << 8 | 254
        }
        // As getnameinfo(3) writes them; an IPv4 address within keeps its dots.
        if text.hasPrefix("::") {
            guard let within = text.split(separator: ":").last.flatMap({ IPv4Address($0) }) else {
                return true
            }
            return isLocal(within.description)
        }
        return ["fe8", "fe9", "fea", "feb", "ff"].contains { text.hasPrefix($0) }
    }
}
