/// A host and a port, as `127.0.0.1:8080`, `[::1]:8080` or `:8080` spell them.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address, without brackets.
    public var host: String
    /// 0 for any free one.
    public var port: Int

    /// An endpoint of known parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil for what is no address with a port from 0 to 65535. Without a host it is every address of the machine.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }

    /// As addresses are written, IPv6 in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The address under which a client on this machine reaches the server.
    public var local: Endpoint {
        switch host {
        case "0.0.0.0": Endpoint(host: "127.0.0.1", port: port)
        case "::": Endpoint(host: "::1", port: port)
        default: self
        }
    }

    /// Whether one server cannot listen on this while another listens on the other, as far as names tell.
    func overlaps(_ other: Endpoint) -> Bool {
        guard port == other.port, port != 0 else { return false }
        let hosts: Set = [host, other.host]
        if hosts.count == 1 || hosts.contains("::") { return true }
        if hosts.contains("0.0.0.0") { return hosts.allSatisfy { !$0.contains(":") } }
        return hosts.contains("localhost") && (hosts.contains("127.0.0.1") || hosts.contains("::1"))
    }

    /// Whether nobody but this machine can reach it.
    public var isLoopback: Bool { host == "::1" || host == "localhost" || host.hasPrefix("127.") }
}
