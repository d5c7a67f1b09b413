/// A way to run a container's processes apart from the rest of the machine.
///
/// A runtime only says what to start and how to find it again; starting, watching and keeping account are the
/// same for all and done by ``PodSandboxes``.
protocol SandboxRuntime: Sendable {
    /// What a pod's status calls it.
    var name: String { get }

    /// Whether containers get file systems of their own: images, mounts, and a private root.
    var isolatesFiles: Bool { get }

    /// Whether commands are run in a container by entering the namespaces of its first process.
    var hasNamespaces: Bool { get }

    /// Writes what the runtime reads into the container's directory, and says how to start it.
    func launch(_ container: PreparedContainer) throws -> Launch

    /// The container's first process on the machine, nil until the program itself is about to run or runs.
    func firstProcess(of directory: ContainerDirectory) -> Int32?

    /// Why the program never ran, where the runtime says that of a container that has ended.
    func startFailure(of directory: ContainerDirectory) -> String?

    /// Ends what a container has left running, and removes what the runtime has kept of it.
    ///
    /// Called when the first process has ended and when a container is removed whose monitor may be dead.
    func sweep(_ directory: ContainerDirectory) async throws
}

/// What a monitor is to start.
struct Launch: Sendable {
    var arguments: [String]
    var environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    var directory = "/"
    /// Whether the program gets the container's output itself, and the monitor so has to take it from a pipe.
    var pipesOutput = true
    /// Whether descriptors 3 and 4 are open on the files `status` and `options`.
    var opensFiles = false
    /// Whether the monitor itself runs in the pod's namespaces, and hence all below it.
    var entersPodNamespaces = true
}

/// A container whose files are in place and whose open questions are answered.
struct PreparedContainer: Sendable {
    let spec: ContainerSpec
    let directory: ContainerDirectory
    let pod: PodDirectory
    /// The namespaces that the pod has of its own.
    let namespaces: [PodNamespaces.Kind]
    let hostname: String
    /// The complete environment, one value a name.
    let environment: [EnvironmentVariable]
    let root: Root
    /// All mounts, the pod's files included, those nearer the root first.
    let mounts: [ContainerMount]

    enum Root: Sendable {
        /// The container's own directory, which may be written to.
        case directory(String)
        case host(HostTree)
    }

    /// The file that keeps a namespace which the container is to be in.
    func path(of kind: PodNamespaces.Kind) -> String {
        kind == .net && spec.network != nil ? directory.network : pod.namespace(kind)
    }

    var isRootReadOnly: Bool {
        if case .host = root { true } else { spec.isRootReadOnly }
    }

    /// Where the container's paths lie on the machine.
    var view: ContainerView { view(without: nil) }

    /// Where paths would lie if nothing were mounted at `destination`.
    func view(without destination: String?) -> ContainerView {
        let mounts = mounts.filter { $0.destination != destination }
        var places: [(destination: String, source: String?)] = mounts.map { mount in
            if case .path(let path) = mount.source {
                (mount.destination, path)
            } else {
                (mount.destination, nil)
            }
        }
        switch root {
        case .directory(let path):
            return ContainerView(root: path, mounts: places)
        case .host(let tree):
            for directory in tree.privateDirectories where !places.contains(where: { $0.0 == directory.path })
            {
                places.append((directory.path, directory.source))
            }
            return ContainerView(root: "/", mounts: places)
        }
    }

    func value(of variable: String) -> String? { environment.first { $0.name == variable }?.value }
}
