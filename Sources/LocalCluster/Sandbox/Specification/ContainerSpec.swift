/// One container, ready to start: everything a pod's manifest leaves open is decided here.
public struct ContainerSpec: Sendable, Hashable, Codable {
    /// Which run of which container it is.
    public var id: ContainerID
    /// What the container sees as `/`.
    public var root: RootFileSystem
    /// The program and its arguments; the program is looked up on the environment's `PATH` unless it has a slash.
    public var arguments: [String]
    /// Later entries win over earlier ones of the same name. `PATH`, `HOME` and `HOSTNAME` have defaults.
    public var environment: [EnvironmentVariable] = []
    /// An absolute path, made where the root file system lacks it and can be written.
    public var workingDirectory: String = "/"
    /// Whom the program runs as.
    public var user: ContainerUser = .root
    /// What is mounted over the root, later ones over earlier ones.
    public var mounts: [ContainerMount] = []
    /// What root may do in the container.
    public var capabilities: LinuxCapabilities = .standard
    /// Whether the root file system is read-only; that of the machine itself always is.
    public var isRootReadOnly: Bool = false
    /// Whether set-user-id programs work (`allowPrivilegeEscalation`). Bubblewrap never lets them.
    public var allowsNewPrivileges: Bool = true
    /// A network of its own with all that it reaches; nil where it shares the pod's.
    public var network: LimitedNetwork?
    /// How many bytes of the newest output are kept at least; twice as many at most.
    public var logLimit: Int = 10 << 20

    /// A container with the defaults of Docker.
    public init(id: ContainerID, root: RootFileSystem, arguments: [String]) {
        self.id = id
        self.root = root
        self.arguments = arguments
    }
}

/// A name and its value in a program's environment.
public struct EnvironmentVariable: Sendable, Hashable, Codable {
    /// The variable's name.
    public let name: String
    /// The variable's value, as it is.
    public let value: String

    /// A variable of a name and a value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a container sees as its root directory.
public enum RootFileSystem: Sendable, Hashable, Codable {
    /// The machine's own root, read-only, with private `/tmp` and `/run` and without its secrets.
    case host
    /// Unpacked image layers, lowest first; a deletion is a character device 0/0, as overlayfs has it.
    case layers([String])
}

/// Files that a container sees somewhere in its root.
public struct ContainerMount: Sendable, Hashable, Codable {
    /// Where the files come from.
    public enum Source: Sendable, Hashable, Codable {
        /// A directory or a file of the host.
        case path(String)
        /// An empty file system in memory, of this container alone.
        case memory(sizeLimit: Int?)
    }

    /// An absolute path in the container.
    public let destination: String
    /// What is mounted.
    public let source: Source
    /// Whether the container may only read it.
    public let isReadOnly: Bool

    /// Something that is mounted at a path of the container.
    public init(_ source: Source, at destination: String, isReadOnly: Bool = false) {
        self.destination = destination
        self.source = source
        self.isReadOnly = isReadOnly
    }
}

/// The identity a container's processes start with.
public struct ContainerUser: Sendable, Hashable, Codable {
    /// The user 0 with the group 0.
    public static let root = ContainerUser(user: 0, group: 0)

    /// The user's number.
    public var user: UInt32
    /// The number of the primary group.
    public var group: UInt32
    /// The supplementary groups.
    public var groups: [UInt32]

    /// A user by numbers; names are looked up in the image before.
    public init(user: UInt32, group: UInt32, groups: [UInt32] = []) {
        self.user = user
        self.group = group
        self.groups = groups
    }
}
