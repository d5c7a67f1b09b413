public import KubeModel

/// What a plan looks at of one of a rollout's ReplicaSets.
public struct ReplicaSetState: Sendable, Hashable {
    /// Unique in its namespace.
    public var name: String
    /// The hash of its pod template, as its label tells it.
    public var hash: String
    /// Of the rollout, from 1; the newest is the greatest.
    public var revision: Int
    /// By which earlier versions are told from later ones.
    public var created: Timestamp
    /// The pods that are wanted, `spec.replicas`.
    public var wanted: Int
    /// The pods that are there.
    public var present = 0
    /// The pods that are ready.
    public var ready = 0
    /// The pods that have been ready for `minReadySeconds`.
    public var available = 0
    /// When its pods go, nil where no end is set.
    public var scaleDownDeadline: Timestamp?
    /// Whether the last attempt at the version was aborted, by an analysis, its pods, its deadline or somebody.
    public var isRejected = false
    /// Whether its controller has seen its latest specification.
    public var isObserved = true
    /// A `ReplicaFailure` it reports: reason and message.
    public var failure: Failure?

    /// Why pods cannot be made.
    public struct Failure: Sendable, Hashable {
        /// A word for programs.
        public var reason: String
        /// A sentence for people.
        public var message: String
    }

    /// Describes a ReplicaSet without pods.
    public init(name: String, hash: String, revision: Int, created: Timestamp, wanted: Int) {
        (self.name, self.hash, self.revision) = (name, hash, revision)
        (self.created, self.wanted) = (created, wanted)
    }
}

/// What a plan looks at of a new version's pods, beyond their number.
public struct CanaryPod: Sendable, Hashable {
    /// Unique in its namespace.
    public var name: String
    /// How often a container ended with a failure.
    public var failures = 0
    /// Whether a container waits to be started again after it failed.
    public var isCrashLooping = false
    /// Whether a container was ended because it took more memory than it may have.
    public var isOutOfMemory = false
    /// Whether an image is still on its way; such a pod makes no progress it could be blamed for.
    public var isPulling = false
    /// The bytes that are here and those of the whole image, where known.
    public var pulled: (bytes: Int64, total: Int64)? {
        pulledBytes.flatMap { bytes in totalBytes.map { (bytes, $0) } }
    }
    /// The bytes of the image that are here, nil where nobody tells.
    public var pulledBytes: Int64?
    /// Those of the whole image, nil where nobody tells.
    public var totalBytes: Int64?
    /// Since when a pod that was ready no longer is.
    public var unreadySince: Timestamp?
    /// What its last failure said.
    public var reason = ""

    /// Describes a pod without faults.
    public init(name: String) { self.name = name }
}
