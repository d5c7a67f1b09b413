/// What the containers of a pod share: their network, host name, name resolution and volumes in memory.
public struct PodSandboxSpec: Sendable, Hashable, Codable {
    /// `metadata.uid`.
    public var uid: String
    /// The namespace of the pod.
    public var namespace: String
    /// The name of the pod.
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

    /// A pod whose host name is its own name.
    public init(uid: String, namespace: String, name: String) {
        self.uid = uid
        self.namespace = namespace
        self.name = name
        self.hostname = name
    }
}

/// A TCP port of a pod, as its manifest declares it.
public struct PodPort: Sendable, Hashable, Codable {
    /// The port's name, if it has one.
    public var name: String?
    /// The port on which the container says it listens.
    public var containerPort: UInt16
    /// The port on the machine that the manifest insists on (`hostPort`).
    public var hostPort: UInt16?

    /// A port that a container declares.
    public init(name: String? = nil, _ containerPort: UInt16, hostPort: UInt16? = nil) {
        self.name = name
        self.containerPort = containerPort
        self.hostPort = hostPort
    }
}

/// Names of one address in `/etc/hosts`.
public struct HostAlias: Sendable, Hashable, Codable {
    /// The address that the names stand for.
    public let address: String
    /// The names, the canonical one first.
    public let hostnames: [String]

    /// A line of a hosts file.
    public init(_ address: String, _ hostnames: [String]) {
        self.address = address
        self.hostnames = hostnames
    }
}

/// The lines of resolv.conf(5).
public struct ResolverConfiguration: Sendable, Hashable, Codable {
    /// Addresses of name servers, in the order they are asked.
    public var nameservers: [String] = []
    /// Domains that are tried behind names.
    public var searches: [String] = []
    /// As `ndots:5`.
    public var options: [String] = []

    /// Names that are resolved by nobody.
    public init() {}
}

/// A file system in memory that containers of one pod share.
public struct MemoryVolume: Sendable, Hashable, Codable {
    /// The volume's name.
    public let name: String
    /// In bytes; nil lets it grow to half of the machine's memory.
    public let sizeLimit: Int?

    /// A volume in memory.
    public init(_ name: String, sizeLimit: Int? = nil) {
        self.name = name
        self.sizeLimit = sizeLimit
    }
}
