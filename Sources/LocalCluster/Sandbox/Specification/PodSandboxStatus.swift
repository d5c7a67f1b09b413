/// What a pod got from the machine.
public struct PodSandboxStatus: Sendable, Hashable, Codable {
    /// Where a declared port can be reached.
    public struct Port: Sendable, Hashable, Codable {
        /// The port as the manifest has it.
        public let declared: PodPort
        /// The port to listen on and to connect to: another than the declared one on the machine's network.
        public let number: UInt16
    }

    /// How the pod is connected.
    public enum Network: String, Sendable, Hashable, Codable {
        /// Its own address on the bridge.
        case bridge
        /// The machine's own network.
        case host
    }

    /// The runtime of the pod's containers: `runc`, `crun`, `bubblewrap` or `process`.
    public var runtime: String
    /// How the pod is connected.
    public var network: Network
    /// The pod's IPv4 address: its own or the machine's.
    public var address: String
    /// Every declared port, in the order of the manifest.
    public var ports: [Port]

    /// What tells programs their ports where these were assigned: `PORT` for the first, `PORT_<NAME>` for named ones.
    public var portVariables: [EnvironmentVariable] {
        guard network == .host, let first = ports.first else { return [] }
        let named = ports.compactMap { port in
            port.declared.name.map { EnvironmentVariable("PORT_" + Self.variableName($0), "\(port.number)") }
        }
        return [EnvironmentVariable("PORT", "\(first.number)")] + named
    }

    private static func variableName(_ name: String) -> String {
        String(name.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}
