/// Where pods are kept on a machine, and what they may use of it.
public struct SandboxConfiguration: Sendable {
    /// Holds all state; no two programs may use it at a time.
    public var runDirectory: String
    /// Directories that containers of the image `host` see empty, besides the run directory and our user's home.
    public var hiddenDirectories: [String] = []
    /// The runtimes to choose from, best first.
    public var runtimes: [String] = ["runc", "crun", "bubblewrap", "process"]
    /// Whether pods get addresses of their own where the machine allows it.
    public var connectsPods: Bool = true
    /// The bridge that pods are connected to: at most 15 characters, of this program alone.
    public var bridge: String = "slipway0"
    /// The pods' addresses; the first is the machine's. Must not overlap the machine's routes.
    public var subnet: IPv4Subnet
    /// The address of pods on the machine's own network.
    public var hostAddress: String = "127.0.0.1"
    /// Finds the hosts that containers with a network of their own may reach.
    public var resolver = HostResolver.system

    /// A configuration with the range `10.244.0.0/16` for pods.
    public init(runDirectory: String) {
        self.runDirectory = runDirectory
        subnet = IPv4Subnet(base: IPv4Address(bits: 10 << 24 | 244 << 16), prefixLength: 16)
    }
}
