/// What a person may decide about the whole on one machine; everything has a default.
public struct Settings: Sendable, Hashable {
    /// Where the parts listen.
    public struct Listen: Sendable, Hashable {
        /// Pages, git, logs, webhooks, the identity of runs, the development authority and log.
        public var web = Endpoint(host: "127.0.0.1", port: 8080)
        /// The Kubernetes API.
        public var api = Endpoint(host: "127.0.0.1", port: 6443)
        /// Images.
        public var registry = Endpoint(host: "127.0.0.1", port: 5000)
        /// The gateway through which requests come to services.
        public var traffic = Endpoint(host: "127.0.0.1", port: 8000)
        /// The router's metrics.
        public var metrics = Endpoint(host: "127.0.0.1", port: 9464)
        /// This machine's Prometheus, where it runs along.
        public var prometheus = Endpoint(host: "127.0.0.1", port: 9465)

        /// The addresses on loopback.
        public init() {}
    }

    /// The cluster of this machine.
    public struct Cluster: Sendable, Hashable {
        /// The name of the node.
        public var node = "slipway"
        /// The runtimes to choose from, best first.
        public var runtimes = Self.knownRuntimes
        /// The bridge that pods are connected to, at most 15 characters.
        public var bridge = "slipway0"
        /// The range of the pods' addresses.
        public var podSubnet = "10.244.0.0/16"
        /// Whether pods get addresses of their own where the machine allows it.
        public var connectsPods = true

        /// What can run containers, best first.
        public static let knownRuntimes = ["runc", "crun", "bubblewrap", "process"]

        /// The cluster of a machine of its own.
        public init() {}
    }

    /// How pipelines run.
    public struct Pipeline: Sendable, Hashable {
        /// The most runs at a time.
        public var runs = 2
        /// The most steps of one run at a time.
        public var steps = 4

        /// Pipelines for a small machine.
        public init() {}
    }

    /// Everything of the installation is kept below this directory.
    public var data = ".slipway"
    /// Where the parts listen.
    public var listen = Listen()
    /// The URL under which others reach ``Listen/web``; nil for host and port.
    public var publicURL: String?
    /// Whether API, pages and registry are served over TLS, with certificates of the installation's own authority.
    public var usesTLS = false
    /// Where Slipway's own objects live.
    public var namespace = "slipway"
    /// More users, a line each: `token,user,uid,"group1,group2"`; a relative path is below the data directory.
    public var users = "keys/users.csv"
    /// Whether this machine's Prometheus runs along where it is installed.
    public var usesPrometheus = true
    /// The cluster of this machine.
    public var cluster = Cluster()
    /// How pipelines run.
    public var pipeline = Pipeline()

    /// The defaults.
    public init() {}

    /// What somebody who sees the network may take, and what to do about it.
    var exposures: [String] {
        guard !usesTLS else { return [] }
        return [("web", listen.web), ("api", listen.api), ("registry", listen.registry)].compactMap {
            name, endpoint in
            endpoint.isLoopback
                ? nil
                : "listen.\(name) is \(endpoint) without TLS: whoever sees the network sees tokens; set tls: true, or "
                    + "listen on 127.0.0.1 behind a proxy with TLS"
        }
    }
}
