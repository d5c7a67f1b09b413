/// What the containers of a pod share: their network, host name, name resolution and volumes in memory.
public struct PodSandboxSpec: Sendable, Hashable, Codable {
    /// `metadata.uid`.
    public var uid: String
    public var namespace: String
    public var name: String
    /// What `hostname` says in the pod's containers.
    public var hostname: String
    /// Whether the pod asks for the machine's own network (`spec.hostNetwork`).
    public var usesHostNetwork: Bool = false
    /// The ports the pod's containers declare.
    public var ports: [PodPort] = []
    /// Further lines for `/etc/hosts` (`spec.hostAliases`).
    public var hostAliases: [HostAlias] = []
    /// What `/etc/resolv.conf` says; nil copies the machine's own.
    public var resolver: ResolverConfiguration?
    /// Volumes kept in memory (`emptyDir` with `medium: Memory`).
    public var memoryVolumes: [MemoryVolume] = []

    public init(uid: String, namespace: String, name: String) {
        self.uid = uid
        self.namespace = namespace
        self.name = name
        self.hostname = name
    }
}

/// A TCP port of a pod, as its manifest declares it.
public struct PodPort: Sendable, Hashable, Codable {
    public var name: String?
    public var containerPort: UInt16
    /// The port on the machine that the manifest insists on (`hostPort`).
    public var hostPort: UInt16?

    public init(name: String? = nil, _ containerPort: UInt16, hostPort: UInt16? = nil) {
        self.name = name
        self.containerPort = containerPort
        self.hostPort = hostPort
    }
}

/// Names of one address in `/etc/hosts`.
public struct HostAlias: Sendable, Hashable, Codable {
    public let address: String
    public let hostnames: [String]

    public init(_ address: String, _ hostnames: [String]) {
        self.address = address
        self.hostnames = hostnames
    }
}

/// The lines of resolv.conf(5).
public struct ResolverConfiguration: Sendable, Hashable, Codable {
    public var nameservers: [String] = []
    public var searches: [String] = []
    /// As `ndots:5`.
    public var options: [String] = []

    public init() {}
}

/// A file system in memory that containers of one pod share.
public struct MemoryVolume: Sendable, Hashable, Codable {
    public let name: String
    /// In bytes; nil lets it grow to half of the machine's memory.
    public let sizeLimit: Int?

    public init(_ name: String, sizeLimit: Int? = nil) {
        self.name = name
        self.sizeLimit = sizeLimit
    }
}
