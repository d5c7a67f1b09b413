import Glibc

extension LocalCluster {
    /// What a cluster may use of its machine, and what it is called.
    public struct Configuration: Sendable {
        /// Keeps what must outlive the program: records of running containers, logs, images. Nil for a directory
        /// that is made for this run and removed after it.
        public var directory: String?
        /// The node's name; pods name it in `spec.nodeName`.
        public var nodeName: String = "slipway"
        /// Further labels of the node.
        public var nodeLabels: [String: String] = [:]
        /// How many pods the node takes.
        public var podLimit: Int = 250
        /// Where images come from; nil for the image `host`, the directory `images` of ``directory``, and registries.
        public var images: (any ImageProvider)?
        /// How registries are spoken to where ``images`` is nil.
        public var registries = RegistryImages.Settings()
        /// The runtimes to choose from, best first.
        public var runtimes: [String] = ["runc", "crun", "bubblewrap", "process"]
        /// Whether pods get addresses of their own where the machine allows it.
        public var connectsPods: Bool = true
        /// The bridge that pods are connected to: at most 15 characters, of this cluster alone.
        public var bridge: String = "slipway0"
        /// The pods' addresses.
        public var podSubnet: IPv4Subnet?
        /// Whether Deployments, ReplicaSets, Jobs and the scheduler run here; false where others do that.
        public var runsControllers: Bool = true
        /// Whether Services, Gateways and names are served here; false where others do that.
        public var servesTraffic: Bool = true
        /// Where gateways and node ports are listened on.
        public var trafficAddress: String = "127.0.0.1"
        /// The port of the router's metrics on ``trafficAddress``; 0 for a free one.
        public var metricsPort: Int = 0
        /// Directories that containers of the image `host` see empty.
        public var hiddenDirectories: [String] = []
        /// What all pods together are given to end when the cluster stops.
        public var shutdownGracePeriod: Duration = .seconds(10)
        /// The wait before a container is restarted the second time; it doubles each time up to five minutes.
        public var restartDelay: Duration = .seconds(10)

        /// A cluster in a directory for this run alone, on the best that the machine offers.
        public init() {}

        /// Where the images of registries are kept: an image that is put there needs no registry. Nil without
        /// ``directory``.
        public var imageStore: String? { directory.map { RegistryImages.store(in: "\($0)/registry-images") } }

        func sandboxes(in directory: String) -> SandboxConfiguration {
            var configuration = SandboxConfiguration(runDirectory: "\(directory)/run")
            configuration.runtimes = runtimes
            configuration.connectsPods = connectsPods
            configuration.bridge = bridge
            if let podSubnet { configuration.subnet = podSubnet }
            configuration.hiddenDirectories = hiddenDirectories + [directory]
            return configuration
        }

        func kubelet(in directory: String, gateway: String?) -> Kubelet.Configuration {
            var settings = PodMachine.Settings()
            settings.restarts.base = restartDelay
            settings.shutdownGracePeriod = shutdownGracePeriod
            return Kubelet.Configuration(
                nodeName: nodeName, address: gateway ?? "127.0.0.1", directory: directory,
                podLimit: podLimit, labels: nodeLabels, settings: settings)
        }
    }
}

/// The directory of a cluster: one that was named, or one for this run alone.
struct ClusterDirectory: Sendable {
    let path: String
    let isTemporary: Bool

    /// - Throws: ``SandboxError`` with code `storage`.
    init(_ wanted: String?) throws(SandboxError) {
        isTemporary = wanted == nil
        if let wanted {
            path = wanted
            do throws(SystemCallFailure) {
                try Disk.makeDirectory(wanted, mode: 0o700)
            } catch {
                throw SandboxError(
                    .storage,
                    "the data directory \(wanted) cannot be made: make its parent writable or choose another",
                    cause: error)
            }
            return
        }
        var template = Array("/tmp/slipway-cluster-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SandboxError(
                .storage, "no directory can be made in /tmp", cause: SystemCallFailure("mkdtemp", "/tmp"))
        }
        path = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Removes a directory that was for this run alone.
    func release() {
        if isTemporary { try? Disk.remove(path) }
    }
}
